"""F23: copies made by the product's own command while the service writes."""

from __future__ import annotations

import shutil

import pytest

from app.main import create_app
from app.settings import Settings
from tests.api.conftest import serving
from tests.faults.ledger import verified
from tests.faults.load import calling
from tests.faults.rounds import rounds

COPIES = rounds(3, 15)


@pytest.fixture
def settings(tmp_path, monkeypatch):
    address = f"sqlite:///{tmp_path}/beizeng.db"
    monkeypatch.setenv("BEIZENG_DATABASE_URL", address)
    return Settings(_env_file=None, auth="open", database_url=address, log_level="warning")


def test_f23_each_copy_opens_verifies_and_holds_what_was_acknowledged_before_it(settings, tmp_path, command):
    app = create_app(settings)
    sizes = []
    with serving(app, settings) as port, calling(port, 4) as callers:
        for number in range(COPIES):
            callers.wait_for(20)
            anchors = tmp_path / f"{number}.anchors"  # as they were before the copy
            if settings.anchor_path.exists():
                shutil.copy(settings.anchor_path, anchors)
            before, target = set(callers.decisions), tmp_path / f"{number}.db"
            done = command("db", "backup", target)
            assert (done.code, done.err) == (0, "")
            told = {"database_url": f"sqlite:///{target}", "anchor_file": anchors, "key_file": settings.key_path}
            kept = verified(settings.model_copy(update=told))
            assert before <= set(kept)
            sizes.append(len(kept))
    assert callers.lost == []
    assert sizes == sorted(set(sizes))
    assert callers.decisions <= set(verified(settings))
