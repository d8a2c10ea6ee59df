"""Between SIGTERM and the end: who is still answered."""

from __future__ import annotations

import asyncio

import pytest

from app.api import facts
from app.main import create_app
from app.settings import Settings
from tests.api.conftest import make_services, serving
from tests.api.wire import get, post


@pytest.fixture
def application():
    settings = Settings(_env_file=None, auth="open", log_level="warning")
    return create_app(settings, make_services(settings))


def test_new_calls_are_refused_and_health_is_not(application):
    with serving(application, application.state.services.settings) as port:
        assert get(port, "/v1/facts").status == 200
        application.drain.under_way = True
        for answer in (get(port, "/readyz"), get(port, "/v1/facts"), post(port, "/v1/eligibility", {"facts": {}})):
            assert (answer.status, answer.json["code"], answer.headers["connection"]) == (503, "draining", "close")
            assert int(answer.headers["retry-after"]) > 0
        assert get(port, "/healthz").status == 200
        assert get(port, "/metrics").status == 200


class Exchange:
    """One request to the application without a server; ``sent`` is what it answered."""

    def __init__(self, application):
        self.application, self.sent = application, []

    async def receive(self):
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(self, message):
        self.sent.append(message)

    def start(self):
        scope = {"type": "http", "method": "GET", "path": "/v1/facts", "query_string": b"", "headers": []}
        return asyncio.create_task(self.application({**scope, "client": ("127.0.0.1", 1)}, self.receive, self.send))


def test_a_call_that_outlasts_the_shutdown_is_told_so(application, monkeypatch):
    begun = asyncio.Event()

    async def endless(_call):
        begun.set()
        await asyncio.sleep(60)

    endless.needed_scope = facts.list_facts.needed_scope
    route = next(route for route in facts.router.routes if route.path == "/v1/facts")
    monkeypatch.setattr(route, "endpoint", endless)
    settings = application.state.services.settings
    exchange = Exchange(create_app(settings, make_services(settings)))

    async def cancelled():
        task = exchange.start()
        await begun.wait()
        task.cancel()
        await task

    asyncio.run(cancelled())
    assert exchange.sent[0]["status"] == 503
    assert b"draining" in exchange.sent[1]["body"]
