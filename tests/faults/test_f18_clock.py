"""F18: the clock of the machine jumps. Order and leases do not hang on it, and the skew is told."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from app.clock import Clock, system_clock
from app.main import create_app
from app.services.database import open_database
from app.services.idempotency import Held, Idempotency, Refusal
from app.services.live import LiveRegistry
from app.services.master_key import load_master_key
from app.services.receipts import ReceiptWriter
from app.settings import Settings
from app.storage.migrating import migrate
from tests.api.conftest import make_services, serving
from tests.api.wire import get, post
from tests.faults.ledger import verified

JUMPS = (timedelta(0), timedelta(hours=-1), timedelta(days=1), timedelta(0))


class Jumping:
    """A clock that can be set."""

    def __init__(self):
        self.by = timedelta(0)
        self.clock = Clock(lambda: system_clock.now() + self.by)


@pytest.fixture
def jumping():
    return Jumping()


@pytest.fixture
def settings(database_url, tmp_path):
    files = {"key_file": tmp_path / "key", "anchor_file": tmp_path / "anchors"}
    return Settings(_env_file=None, auth="open", database_url=database_url, log_level="warning", **files)


@pytest.fixture
def database(settings):
    opened = open_database(settings)
    migrate(opened)
    yield opened
    opened.close()


def test_f18_receipts_are_ordered_by_number(settings, database, jumping):
    writer = ReceiptWriter(database, settings, load_master_key(settings), jumping.clock)
    app = create_app(settings, make_services(settings, clock=jumping.clock, database=database, receipts=writer))
    made = []
    with serving(app, settings) as port:
        for jump in JUMPS:
            jumping.by = jump
            made.append(post(port, "/v1/eligibility", {"facts": {}, "measures": [38]}).headers["x-decision-id"])
        listed = get(port, "/v1/decisions").json["items"]
    writer.close()
    assert [item["id"] for item in listed] == made[::-1]
    assert [item["number"] for item in listed] == [4, 3, 2, 1]
    assert len({item["at"][:13] for item in listed}) >= 3
    assert verified(settings) == made


def test_f18_a_lease_goes_by_the_clock_of_the_database(settings, database, monkeypatch):
    keys, real = Idempotency(database, settings), time.time
    held = keys.begin("a", "k", "r")
    for hours in (-1, 24):
        monkeypatch.setattr(time, "time", lambda hours=hours: real() + hours * 3600)
        assert keys.begin("a", "k", "r") is Refusal.IN_PROGRESS
        assert isinstance(keys.begin("a", f"k{hours}", "r"), Held)
    keys.finish(held, 200, "[]", b"answer")
    assert keys.begin("a", "k", "r").body == b"answer"


@pytest.mark.parametrize("jump", JUMPS[1:])
def test_f18_the_skew_is_a_metric(settings, database, jumping, jump):
    jumping.by = jump
    live = LiveRegistry(database, settings, jumping.clock)
    assert live.clock_skew is None
    live.refresh()
    app = create_app(settings, make_services(settings, clock_skew=lambda: live.clock_skew))
    with serving(app, settings) as port:
        lines = get(port, "/metrics").body.decode().splitlines()
    (shown,) = [line.split()[1] for line in lines if line.startswith("beizeng_clock_skew_seconds")]
    assert abs(float(shown) + jump.total_seconds()) < 30
