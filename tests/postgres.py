"""Databases on a PostgreSQL server of the tests' own, and its end by force."""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from pathlib import Path

import psutil
from sqlalchemy.engine import make_url

from tests.fault_proxy import FaultProxy

__all__ = ["behind_proxy", "empty_database", "killed", "started"]


@contextmanager
def empty_database(server):
    """The address of an empty database, gone after the block."""
    name = f"t{uuid.uuid4().hex}"
    server.psql(f"CREATE DATABASE {name};")
    yield server.get_uri(database=name)
    server.psql(f"DROP DATABASE {name} WITH (FORCE);")


@contextmanager
def behind_proxy(address):
    """A proxy before the server, and the address of the database behind it."""
    url = make_url(address)
    (path,) = Path(str(url.query["host"])).glob(".s.PGSQL.[0-9]*[0-9]")
    with FaultProxy(str(path)) as proxy:
        yield proxy, f"postgresql://postgres@127.0.0.1:{proxy.port}/{url.database}"


def killed(server):
    """``kill -9`` of every process of the server, the first one first, so that it replaces none."""
    first = psutil.Process(server.get_pid())
    processes = [first, *first.children(recursive=True)]
    for process in processes:
        process.kill()
    psutil.wait_procs(processes, timeout=10)


def started(server):
    """The server runs again, recovered from its log."""
    server.ensure_postgres_running()
