"""F20: one of two processes of the service is killed. Only what it was answering is lost, and it is replaced."""

from __future__ import annotations

import contextlib
import signal

import psutil

from app.settings import Settings
from tests.faults.ledger import verified
from tests.faults.load import calling, soon
from tests.faults.rounds import rounds
from tests.service import running

CALLERS = 20
#: A promise in seconds is looked at with so much patience on a machine that does other things as well.
PATIENCE = 3


def workers(service, holds=lambda _: True):
    """The processes that answer, or soon will; the one that only watches over shared memory is none of them."""
    found = set()
    for child in psutil.Process(service.process.pid).children():
        with contextlib.suppress(psutil.NoSuchProcess):
            if "spawn_main" in " ".join(child.cmdline()) and holds(child):
                found.add(child.pid)
    return found


def serving(service):
    """Those of them that have opened the database."""
    return workers(service, lambda child: any(".db" in file.path for file in child.open_files()))


def busy(pid):
    """How many connections a process has; all those that are kept may be with one."""
    return len(psutil.Process(pid).net_connections())


def test_f20_a_killed_worker_loses_its_calls_alone_and_is_replaced(tmp_path):
    address = f"sqlite:///{tmp_path}/beizeng.db"
    told = {"BEIZENG_DATABASE_URL": address, "BEIZENG_LOG_LEVEL": "warning"}
    with running(tmp_path, "--workers", "2", **told) as service:
        service.wait_until("/readyz", 200)
        soon(lambda: len(serving(service)) == 2, 60)
        before = workers(service)
        with calling(service.port, CALLERS, pause=0.05) as callers:
            for _ in range(rounds(1, 2)):  # after the long form only those answer that came later
                callers.wait_for(50)
                first = max(before & workers(service), key=busy)
                lost = len(callers.lost)
                psutil.Process(first).send_signal(signal.SIGKILL)
                soon(lambda first=first: len(workers(service) - {first}) == 2, 5 * PATIENCE)
                soon(lambda first=first: len(serving(service) - {first}) == 2, 60)
                assert len(callers.lost) - lost <= CALLERS
            callers.wait_for(50)
    assert callers.lost
    assert {one.status for one in callers.lost} == {0}  # connections that broke, no answer that was wrong
    settings = Settings(_env_file=None, auth="open", database_url=address)
    assert callers.decisions <= set(verified(settings))
