"""The real application over real HTTP on this machine, on a port of its own."""

from __future__ import annotations

import contextlib
import threading
import time
from datetime import datetime
from functools import cache

import httpx
import pytest
import uvicorn

from app.api.deps import Services
from app.api.protocol import protocol_for
from app.clock import fixed_clock
from app.deadlines import SHANGHAI
from app.main import create_app
from app.services.calendars import build_calendar
from app.services.packs import load_policy
from app.services.registry import Registry
from app.settings import Settings

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=SHANGHAI)


@cache
def registry():
    return Registry({"zuoquan-2022": load_policy("zuoquan-2022")}, "zuoquan-2022", build_calendar())


def make_services(settings, **changes):
    return Services(
        **{"settings": settings, "registry": registry(), "clock": fixed_clock(NOW), "missing": tuple, **changes}
    )


@contextlib.contextmanager
def serving(app, settings):
    """The application behind the product's own protocol."""
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=0,
        http=protocol_for(settings),
        ws="none",
        log_config=None,
        server_header=False,
        timeout_keep_alive=5,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
        assert thread.is_alive(), "the server did not start"
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="session")
def application():
    settings = Settings(auth="open")
    return create_app(settings, make_services(settings))


@pytest.fixture(scope="session")
def port(application):
    with serving(application, application.state.services.settings) as port:
        yield port


@pytest.fixture(scope="session")
def client(port):
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=60) as client:
        yield client


@pytest.fixture
def serve():
    """Further servers, with settings or services of their own; gone after the test."""
    with contextlib.ExitStack() as stack:

        def start(services=None, **options):
            settings = Settings(**{"auth": "open", **options})
            app = create_app(settings, make_services(settings, **(services or {})))
            return stack.enter_context(serving(app, settings))

        yield start
