"""F21: SIGTERM under load. What was accepted is answered, the rest is told to go elsewhere, and the process ends."""

from __future__ import annotations

import socket
import time

import pytest

from app.settings import Settings
from tests.api.wire import head, read_answer
from tests.faults.ledger import verified
from tests.faults.load import calling
from tests.faults.rounds import rounds
from tests.service import running

HALF_SENT = rounds(100, 500)
CALLERS = 16
#: An answer, the refusal, or a connection that the end of the process closed.
ALLOWED = {"200", "draining", "ConnectionRefusedError", "ConnectionResetError", "BrokenPipeError", "RemoteDisconnected"}
BODY = b'{"facts":{}}'
BEGUN = head("POST /v1/eligibility", {"Content-Type": "application/json", "Content-Length": len(BODY)}) + BODY[:5]


@pytest.fixture
def told(tmp_path):
    """What two services on one database are told."""
    return {"BEIZENG_DATABASE_URL": f"sqlite:///{tmp_path}/beizeng.db", "BEIZENG_LOG_LEVEL": "warning"}


def half_a_body(port):
    connection = socket.create_connection(("127.0.0.1", port), timeout=20)
    connection.sendall(BEGUN)
    return connection


def test_f21_with_one_retry_nothing_is_lost_and_half_sent_bodies_do_not_hold_the_end(tmp_path, told):
    with running(tmp_path, **told, BEIZENG_DRAIN_SECONDS="3") as ending, running(tmp_path, **told) as other:
        for service in (ending, other):
            service.wait_until("/readyz", 200)
        half = [half_a_body(ending.port) for _ in range(HALF_SENT)]
        with calling(ending.port, CALLERS, other.port, pause=0.05) as callers, half_a_body(ending.port) as begun:
            callers.wait_for(50)
            started = time.monotonic()
            ending.process.terminate()
            refused = ending.wait_until("/readyz", 503)
            alive = ending.client.get("/healthz")
            begun.sendall(BODY[5:])  # had begun to arrive before, and is whole in time
            answered = read_answer(begun, 0)
            _, log = ending.process.communicate(timeout=30)
            seconds = time.monotonic() - started
            callers.wait_for(50)
        words = [read_answer(connection, 0).json["code"] for connection in half]
        for connection in half:
            connection.close()
    assert seconds < 30
    assert "Traceback" not in log
    assert (refused.json()["code"], refused.headers["connection"]) == ("draining", "close")
    assert (alive.status_code, answered.status) == (200, 200)
    assert words == ["draining"] * HALF_SENT
    assert callers.lost == []
    assert callers.words().keys() <= ALLOWED
    assert callers.words()["draining"] > 0
    settings = Settings(_env_file=None, auth="open", database_url=told["BEIZENG_DATABASE_URL"])
    assert callers.decisions | {answered.headers["x-decision-id"]} <= set(verified(settings))
