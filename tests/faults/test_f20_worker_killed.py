"""F20: one of two processes of the service is killed. Only what it was answering is lost, and it is replaced."""

from __future__ import annotations

import contextlib
import signal
from http.client import HTTPConnection

import psutil

from app.settings import Settings
from tests.faults.ledger import verified
from tests.faults.load import calling, soon
from tests.service import running

CALLERS = 20


def workers(service):
    """The processes that answer; the one that only watches over shared memory is none of them."""
    found = set()
    for child in psutil.Process(service.process.pid).children():
        with contextlib.suppress(psutil.NoSuchProcess):
            if "spawn_main" in " ".join(child.cmdline()):
                found.add(child.pid)
    return found


def answering(port, tries=10):
    """When each process was started that some new connections reach."""
    found = set()
    for _ in range(tries):
        with contextlib.closing(HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
            connection.request("GET", "/metrics")
            lines = connection.getresponse().read().decode().splitlines()
            found |= {line for line in lines if line.startswith("process_start_time_seconds")}
    return found


def test_f20_a_killed_worker_loses_its_calls_alone_and_is_replaced(tmp_path):
    address = f"sqlite:///{tmp_path}/beizeng.db"
    told = {"BEIZENG_DATABASE_URL": address, "BEIZENG_LOG_LEVEL": "warning"}
    with running(tmp_path, "--workers", "2", **told) as service:
        service.wait_until("/readyz", 200)
        soon(lambda: len(answering(service.port)) == 2, 60)
        before = workers(service)
        assert len(before) == 2
        with calling(service.port, CALLERS) as callers:
            callers.wait_for(50)
            psutil.Process(min(before)).send_signal(signal.SIGKILL)
            soon(lambda: len(workers(service) - {min(before)}) == 2, 5)
            callers.wait_for(50)
        soon(lambda: len(answering(service.port)) == 2, 60)
    assert 0 < len(callers.lost) <= CALLERS
    assert {one.status for one in callers.lost} == {0}  # connections that broke, no answer that was wrong
    settings = Settings(_env_file=None, auth="open", database_url=address)
    assert callers.decisions <= set(verified(settings))
