"""The application with a database of its own: first start, ready, refreshed, closed."""

from __future__ import annotations

import asyncio
import time

import pytest

from app.api.lifespan import _report
from app.main import create_app
from app.services import live
from app.settings import Settings
from tests.api.conftest import serving
from tests.api.wire import get, post


def test_a_first_start_publishes_and_answers(sqlite_url):
    settings = Settings(auth="open", database_url=sqlite_url)
    with serving(create_app(settings), settings) as port:
        parts = ["database", "rule_set", "calendar", "receipts"]
        assert get(port, "/readyz").json == {"status": "ready", "parts": parts, "receipts": "required"}
        answer = post(port, "/v1/eligibility", {"facts": {}, "measures": [38], "explain": "none"})
        assert (answer.status, answer.json["policy"]["id"]) == (200, "zuoquan-2022")
        assert (
            post(port, "/v1/approval-targets/m11-refund-72h/deadline", {"started_at": "2026-01-01T00:00:00Z"}).status
            == 200
        )


def test_a_second_start_answers_from_what_is_published(sqlite_url):
    settings = Settings(auth="open", database_url=sqlite_url)
    shas = set()
    for _ in range(2):
        with serving(create_app(settings), settings) as port:
            shas.add(post(port, "/v1/eligibility", {"facts": {}, "measures": [38]}).json["policy"]["sha256"])
    assert len(shas) == 1


def test_without_its_database_it_is_alive_and_says_what_is_missing():
    settings = Settings(auth="open", database_url="postgresql://nobody@127.0.0.1:1/none", refresh_seconds=0.2)
    with serving(create_app(settings), settings) as port:
        assert get(port, "/healthz").status == 200
        answer = get(port, "/readyz")
        assert (answer.status, answer.json["code"]) == (503, "not_ready")
        assert "database" in answer.json["detail"]
        assert post(port, "/v1/eligibility", {"facts": {}}).status == 503


def test_what_is_published_while_it_serves_is_taken_over(sqlite_url, monkeypatch):
    taken = []
    real = live.LiveRegistry.refresh
    monkeypatch.setattr(live.LiveRegistry, "refresh", lambda self: taken.append(time.monotonic()) or real(self))
    settings = Settings(auth="open", database_url=sqlite_url, refresh_seconds=0.05)
    with serving(create_app(settings), settings) as port:
        deadline = time.monotonic() + 5
        while len(taken) < 4 and time.monotonic() < deadline:
            time.sleep(0.02)
        assert get(port, "/readyz").status == 200
    assert len(taken) >= 4


@pytest.mark.parametrize("failure", [RuntimeError("stop"), None])
def test_refreshing_that_stops_is_reported(failure, capsys):
    async def run():
        if failure:
            raise failure

    async def wait():
        task = asyncio.create_task(run())
        await asyncio.wait([task])
        _report(task)

    asyncio.run(wait())
    assert ("refreshing_stopped" in capsys.readouterr().out) is bool(failure)
