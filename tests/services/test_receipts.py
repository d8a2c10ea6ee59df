"""Receipts: written together, one chain for all processes, and every tampering found."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.clock import fixed_clock, system_clock
from app.services.audit import export_receipts, prune_receipts, verify_chain
from app.services.master_key import load_master_key
from app.services.receipt_chain import GENESIS, ReceiptKeys
from app.services.receipts import Draft, ReceiptWriter
from app.settings import Settings
from app.storage.errors import StorageError
from app.storage.migrating import migrate
from app.storage.receipt_queue import WriterQueue
from app.storage.repositories import Receipts, StoredReceipt
from app.storage.session import Database
from tests.faults.rounds import rounds

NOW = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)


def draft(number, at=NOW):
    words = dict.fromkeys(("operation", "subject", "policy_id", "policy_version", "policy_sha256", "figures"), "a")
    more = dict.fromkeys(("calendar", "revision", "on_date", "known_at", "language", "personal", "answer"), "b")
    return Draft(id=f"d-{number}", application="open", request_id="r", at=at, body=b"{}", **words, **more)


class Ledger:
    """A database with receipts, and what the audit says of it."""

    def __init__(self, url, folder):
        self.settings = Settings(database_url=url, key_file=folder / "key", anchor_file=folder / "anchors")
        self.key = load_master_key(self.settings)
        self.keys = ReceiptKeys(self.key)
        self.database = Database(url)
        migrate(self.database)

    def keep(self, *drafts):
        async def all_at_once(writer):
            await asyncio.gather(*map(writer.keep, drafts))

        writer = ReceiptWriter(self.database, self.settings, self.key, fixed_clock(NOW))
        try:
            asyncio.run(all_at_once(writer))
        finally:
            writer.close()

    def faults(self):
        found = verify_chain(self.database, self.key, self.settings.anchor_path, system_clock)
        return [(fault.kind, fault.number) for fault in found.faults]

    def rows(self):
        with self.database.reading() as session:
            return list(Receipts(session.connection()).walk())

    def tamper(self, *statements):
        """As one who owns the database would: without the guards."""
        with self.database.writing() as session:
            if self.database.file is None:
                session.execute(text("ALTER TABLE receipts DISABLE TRIGGER ALL"))
            else:
                for (name,) in session.execute(
                    text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'receipts'")
                ).all():
                    session.execute(text(f"DROP TRIGGER {name}"))
            for statement in statements:
                session.execute(text(statement))

    def insert(self, row):
        with self.database.writing() as session:
            Receipts(session.connection()).add([row])


@pytest.fixture
def ledger(database_url, tmp_path):
    made = Ledger(database_url, tmp_path)
    made.keep(*map(draft, range(12)))
    yield made
    made.database.close()


class TestChain:
    def test_is_gapless_linked_and_whole(self, ledger):
        rows = ledger.rows()
        assert [row.number for row in rows] == list(range(1, 13))
        assert {row.id for row in rows} == {f"d-{number}" for number in range(12)}
        assert [row.previous for row in rows] == [GENESIS, *(row.mac for row in rows[:-1])]
        assert ledger.faults() == []

    def test_goes_on_after_a_restart(self, ledger):
        ledger.keep(draft(50))
        assert ledger.rows()[-1].number == 13
        assert ledger.faults() == []

    @pytest.mark.parametrize(
        "statement",
        ["UPDATE receipts SET answer = 'x'", "DELETE FROM receipts WHERE number = 12", "DELETE FROM receipts"],
    )
    def test_the_database_refuses_changes(self, ledger, statement):
        with pytest.raises(DBAPIError, match="never change"), ledger.database.writing() as session:
            session.execute(text(statement))
        assert ledger.faults() == []

    def test_two_that_write_in_turns_do_not_fork_it(self, ledger):
        first, second = (ReceiptWriter(ledger.database, ledger.settings, ledger.key, fixed_clock(NOW)) for _ in "12")

        async def in_turns():
            for number in range(50, 60):
                await first.keep(draft(number))
                await first.keep(draft(f"{number}-again"))
                await second.keep(draft(f"{number}-other"))

        asyncio.run(in_turns())
        first.close()
        second.close()
        assert [row.number for row in ledger.rows()] == list(range(1, 43))
        assert ledger.faults() == []

    def test_what_another_has_written_meanwhile_cannot_be_written_over(self, ledger):
        queue, rows = WriterQueue(ledger.database), ledger.rows()
        following = [rows[-1]._replace(number=number, id=f"d-{number}-late") for number in (13, 14)]
        taken = [rows[-1]._replace(number=number, id=f"d-{number}-late") for number in (11, 12)]
        try:
            assert not queue.add_next(taken)
            assert ledger.rows() == rows
            assert queue.add_next(following) == (ledger.database.file is not None)
        finally:
            queue.close()
        assert ledger.rows() == rows + (following if ledger.database.file is not None else [])

    def test_another_key_adds_nothing(self, ledger, tmp_path):
        ledger.settings = Settings(**{**ledger.settings.model_dump(), "key_file": tmp_path / "other"})
        ledger.key = load_master_key(ledger.settings)
        with pytest.raises(StorageError):
            ledger.keep(draft(50))


class TestTampering:
    def test_every_edited_column_is_found(self, ledger):
        numbers = range(1, len(StoredReceipt._fields))
        ledger.keep(*(draft(100 + number) for number in numbers))
        for number, name in zip(numbers, [name for name in StoredReceipt._fields if name != "number"], strict=True):
            new = (
                "'x'"
                if name not in ("sealed", "previous", "mac")
                else "CAST('xyz' AS BLOB)"
                if ledger.database.file
                else "'xyz'::bytea"
            )
            ledger.tamper(f"UPDATE receipts SET {name} = {new} WHERE number = {number}")  # noqa: S608
            assert ("changed", number) in ledger.faults(), name

    def test_removed_swapped_inserted(self, ledger):
        ledger.tamper("DELETE FROM receipts WHERE number = 5")
        assert ledger.faults() == [("missing", 5)]

    def test_swapped(self, ledger):
        ledger.tamper(
            "UPDATE receipts SET number = 99 WHERE number = 3",
            "UPDATE receipts SET number = 3 WHERE number = 7",
            "UPDATE receipts SET number = 7 WHERE number = 99",
        )
        assert {("changed", 3), ("changed", 7)} <= set(ledger.faults())

    def test_inserted_with_the_stolen_key(self, ledger):
        ledger.tamper("DELETE FROM receipts WHERE number = 6")
        forged = draft_row(ledger, 6)._replace(previous=ledger.rows()[4].mac)
        ledger.insert(forged._replace(mac=ledger.keys.mac_of(forged)))
        assert ledger.faults() == [("reordered", 7)]

    def test_the_tail_cut_behind_the_last_anchor(self, ledger):
        ledger.tamper("DELETE FROM receipts WHERE number > 8")
        assert ledger.faults() == [("cut", 12)]

    def test_rebuilt_with_the_stolen_key(self, ledger):
        rows, previous = ledger.rows(), GENESIS
        ledger.tamper("DELETE FROM receipts")
        for row in rows:
            forged = row._replace(answer="c", previous=previous)
            forged = forged._replace(mac=ledger.keys.mac_of(forged))
            ledger.insert(forged)
            previous = forged.mac
        assert ledger.faults() == [("rebuilt", 12)]

    def test_an_anchor_changed(self, ledger):
        path = ledger.settings.anchor_path
        path.write_bytes(path.read_bytes().replace(b'"number":12', b'"number":11'))
        assert ("anchor_changed", 11) in ledger.faults()


def draft_row(ledger, number):
    return ledger.rows()[0]._replace(number=number, id="d-forged")


class TestBitFlips:
    def test_sixty_of_them_are_found_or_touch_no_receipt(self, sqlite_url, tmp_path):
        ledger = Ledger(sqlite_url, tmp_path)
        ledger.keep(*map(draft, range(60)))
        rows, file = ledger.rows(), ledger.database.file
        with sqlite3.connect(file) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            pages = (
                [page for (page,) in connection.execute("SELECT pageno FROM dbstat WHERE name = 'receipts'")]
                if _has_dbstat(connection)
                else []
            )
            (size,) = connection.execute("PRAGMA page_size").fetchone()
        connection.close()
        ledger.database.close()
        whole, chance = file.read_bytes(), random.Random(7)  # noqa: S311 - where to damage, no secret
        found = 0
        for _ in range(60):
            start = (chance.choice(pages) - 1) * size if pages else 0
            place = start + chance.randrange(size if pages else len(whole))
            damaged = bytearray(whole)
            damaged[place] ^= 1 << chance.randrange(8)
            for suffix in ("-wal", "-shm"):
                file.with_name(file.name + suffix).unlink(missing_ok=True)
            file.write_bytes(damaged)
            ledger.database = Database(sqlite_url)
            try:
                seen = bool(ledger.faults())
                assert seen or ledger.rows() == rows
            except StorageError:
                seen = True
            finally:
                ledger.database.close()
            found += seen
        assert found >= 30


def _has_dbstat(connection):
    try:
        connection.execute("SELECT 1 FROM dbstat LIMIT 1").fetchone()
    except sqlite3.OperationalError:
        return False
    return True


class TestPruning:
    def test_only_what_was_exported_and_the_chain_stays_whole(self, database_url, tmp_path):
        ledger = Ledger(database_url, tmp_path)
        old = NOW - timedelta(days=400)
        ledger.keep(*(draft(number, old) for number in range(5)))
        ledger.keep(*(draft(number + 5) for number in range(3)))
        before = NOW - timedelta(days=1)
        assert prune_receipts(ledger.database, before) == 0
        target = tmp_path / "old.jsonl"
        assert export_receipts(ledger.database, ledger.key, target, before, system_clock) == 5
        assert len(target.read_bytes().splitlines()) == 5
        assert prune_receipts(ledger.database, before) == 5
        assert [row.number for row in ledger.rows()] == [6, 7, 8]
        assert ledger.faults() == []
        ledger.keep(draft(9))
        assert ledger.faults() == []
        ledger.tamper("DELETE FROM receipts WHERE number = 6")
        assert ("missing", 6) in ledger.faults()
        ledger.database.close()


#: Keeps receipts as fast as it can, 8 at a time, and says each id once it is durable.
WRITER = """
    import asyncio, os, sys, time
    from tests.services.test_receipts import draft
    from app.clock import system_clock
    from app.services.master_key import load_master_key
    from app.services.receipts import ReceiptWriter
    from app.settings import Settings
    from app.storage.session import Database

    url, key, anchors, seconds, name = sys.argv[1:]
    settings = Settings(database_url=url, key_file=key, anchor_file=anchors)
    writer = ReceiptWriter(Database(url), settings, load_master_key(settings), system_clock)

    async def caller(place, until):
        turn = 0
        while time.monotonic() < until:
            made = draft(f"{name}-{place}-{turn}")
            await writer.keep(made)
            os.write(1, made.id.encode() + b"\\n")
            turn += 1

    async def main():
        os.write(1, b"ready\\n")
        sys.stdin.readline()
        until = time.monotonic() + float(seconds)
        await asyncio.gather(*(caller(place, until) for place in range(8)))

    asyncio.run(main())
    writer.close()
"""


def start(ledger, name, seconds):
    settings = ledger.settings
    args = (settings.database_url, settings.key_path, settings.anchor_path, seconds, name)
    command = [sys.executable, "-c", textwrap.dedent(WRITER), *map(str, args)]
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    return subprocess.Popen(command, **pipes, text=True)


def let_go(*processes):
    """All of them at once, when the last is ready."""
    for process in processes:
        assert process.stdout.readline() == "ready\n", process.stderr.read()
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()


@pytest.fixture
def empty(database_url, tmp_path):
    """A ledger without a receipt."""
    made = Ledger(database_url, tmp_path)
    yield made
    made.database.close()


class TestKilled:
    def test_every_acknowledged_receipt_is_there(self, empty):
        acknowledged, chance = set(), random.Random(1)  # noqa: S311 - when to kill, no secret
        for turn in range(rounds(3, 30)):
            with start(empty, f"k{turn}", 30) as process:
                let_go(process)
                first = process.stdout.readline()
                time.sleep(0.15 + 0.35 * chance.random())
                os.kill(process.pid, signal.SIGKILL)
                acknowledged |= set((first + process.stdout.read()).split("\n")[:-1])
        assert len(acknowledged) > 30
        assert acknowledged <= {row.id for row in empty.rows()}
        assert empty.faults() == []


class TestFourProcesses:
    def test_share_one_chain_fairly(self, empty):
        processes = [start(empty, f"p{number}", rounds(3, 5)) for number in range(4)]
        let_go(*processes)
        kept = Counter()
        for process in processes:
            out, errors = process.communicate(timeout=60)
            assert process.returncode == 0, errors
            kept[out.split("-")[1]] = out.count("\n")
        rows = empty.rows()
        assert len(rows) == sum(kept.values())
        assert len({row.previous for row in rows}) == len(rows)
        assert empty.faults() == []
        assert min(kept.values()) >= max(kept.values()) / 2, kept
