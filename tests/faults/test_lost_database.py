"""F02 and F05: PostgreSQL is not there when the service starts, goes away under load, and comes back."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest

from app.main import create_app
from app.settings import Settings
from tests.api.conftest import serving
from tests.api.wire import get, post
from tests.faults.ledger import verified
from tests.faults.load import calling, soon
from tests.faults.rounds import rounds
from tests.postgres import empty_database, killed, started

pytestmark = pytest.mark.postgres

QUESTION = {"facts": {}, "measures": [38], "explain": "none"}
#: What a call may come to while the database is away; it was never an answer without a receipt.
REFUSALS = {"database_unavailable", "database_timeout"}
#: On a machine that does other things as well, a promise in seconds is looked at with so much patience.
PATIENCE = 3


@pytest.fixture(scope="module")
def lost(postgres_server, tmp_path_factory):
    """A service that was started while its database was away."""
    folder = tmp_path_factory.mktemp("lost")
    files = {"key_file": folder / "key", "anchor_file": folder / "anchors", "data_dir": folder / "data"}
    with empty_database(postgres_server) as url:
        told = {"database_url": url, "refresh_seconds": 0.5, "log_level": "warning", **files}
        settings = Settings(_env_file=None, auth="open", **told)
        killed(postgres_server)
        try:
            app = create_app(settings)
            with serving(app, settings) as port:
                yield SimpleNamespace(server=postgres_server, settings=settings, port=port)
        finally:
            started(postgres_server)


def test_f05_absent_at_the_start_and_recovered_without_help(lost):
    assert get(lost.port, "/healthz").status == 200
    ready = get(lost.port, "/readyz")
    assert (ready.status, ready.json["code"]) == (503, "not_ready")
    assert "database" in ready.json["detail"]
    refused = post(lost.port, "/v1/eligibility", QUESTION)
    assert (refused.status, refused.json["code"]) == (503, "database_unavailable")
    assert refused.seconds < 3
    assert get(lost.port, "/v1/facts").json["code"] == "database_unavailable"
    started(lost.server)
    soon(lambda: get(lost.port, "/readyz").status == 200, 10 * PATIENCE)
    assert post(lost.port, "/v1/eligibility", QUESTION).status == 200


def test_f02_f05_killed_under_load_and_every_acknowledged_receipt_is_there(lost):
    started(lost.server)
    soon(lambda: get(lost.port, "/readyz").status == 200, 10 * PATIENCE)
    back = []
    with calling(lost.port, 8) as callers:
        for turn in range(rounds(2, 10)):
            callers.wait_for(30)
            time.sleep(0.05 * turn)
            before = len(callers.lost)
            killed(lost.server)
            soon(lambda before=before: len(callers.lost) > before)
            assert get(lost.port, "/healthz").status == 200
            started(lost.server)
            back.append(callers.wait_for(1))
        callers.wait_for(30)
    assert {one.word for one in callers.lost} <= REFUSALS
    assert max(one.seconds for one in callers.lost) < 3 + PATIENCE
    assert max(back) < 10 * PATIENCE
    kept = verified(lost.settings)
    assert callers.decisions <= set(kept)
    assert len(kept) == len(set(kept))
    print(f"{len(back)} rounds, {len(callers.decisions)} acknowledged, back within {max(back):.1f} s")
