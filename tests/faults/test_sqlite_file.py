"""F04 and F08: the disk of the SQLite file is full, or another process holds its write lock."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager

import pytest

from app.main import create_app
from app.settings import Settings
from tests.api.conftest import serving
from tests.disk import small_disk
from tests.faults.ledger import verified
from tests.faults.load import call, connect, decide, soon, watching_health
from tests.faults.rounds import rounds

HELD_SECONDS = rounds(4, 10)
HOLDER = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
time.sleep(float(sys.argv[2]))
"""


@contextmanager
def served(file, **changes):
    told = {"database_url": f"sqlite:///{file}", "log_level": "warning", **changes}
    settings = Settings(_env_file=None, auth="open", **told)
    with serving(create_app(settings), settings) as port, connect(port) as connection:
        yield settings, port, connection


def page(connection):
    return call(connection, "GET", "/v1/decisions?limit=200")


def test_f08_a_lock_held_by_another_process_stops_writers_in_time_and_nobody_else(tmp_path):
    file = tmp_path / "beizeng.db"
    with served(file) as (settings, port, connection):
        assert decide(connection).status == 200
        command = [sys.executable, "-c", HOLDER, str(file), str(HELD_SECONDS)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
            assert holder.stdout.readline() == "held\n"
            with watching_health(port) as health:
                refused = decide(connection)
                assert holder.poll() is None
                read = page(connection)
        assert (refused.word, read.word) == ("database_timeout", "200")
        assert refused.seconds < settings.database_lock_seconds + 1
        assert read.seconds < 1
        assert sorted(health)[len(health) // 2] < 0.1
        soon(lambda: decide(connection).status == 200)
    assert len(verified(settings)) >= 2


@pytest.fixture
def disk(tmp_path):
    """A folder with a disk of its own, and a way to mount it again with other options."""
    folder = tmp_path / "disk"
    folder.mkdir()
    with small_disk(folder) as remount:
        yield folder, remount


def test_f04_a_full_disk_stops_writers_alone_and_writing_resumes_by_itself(disk, tmp_path):
    folder, remount = disk
    files = {"key_file": tmp_path / "key", "anchor_file": tmp_path / "anchors", "data_dir": tmp_path}
    with served(folder / "beizeng.db", **files) as (settings, _, connection):
        kept = {decide(connection).decision for _ in range(3)}
        filler = folder / "filler"
        with filler.open("wb", buffering=0) as file:
            size = 65536
            while size:
                try:
                    file.write(bytes(size))
                except OSError:
                    size //= 2
        seen = set()
        while not seen & {"storage_full"}:
            found = decide(connection)
            seen.add(found.word)
            kept |= {found.decision} - {""}
            assert len(kept) < 5000
        assert seen <= {"200", "storage_full"}
        assert page(connection).word == "200"
        assert call(connection, "GET", "/readyz").word == "not_ready"
        assert call(connection, "GET", "/healthz").word == "200"
        assert remount("size=12m")
        soon(lambda: decide(connection).status == 200)
        soon(lambda: call(connection, "GET", "/readyz").status == 200)
    assert kept <= set(verified(settings))
