"""F03: one disk sync for each commit, as the operating system and the server themselves count them."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import textwrap

import pytest
from sqlalchemy import text

from app.clock import system_clock
from app.services.master_key import load_master_key
from app.services.receipts import ReceiptWriter
from tests.services.test_receipts import Ledger, draft

COMMITS = 100
#: Keeps receipts one after the other, so that each is a commit of its own.
WRITER = f"""
    import sys
    from tests.faults.test_f03_disk_syncs import keep_one_by_one
    from app.settings import Settings
    from app.storage.session import Database

    url, key, anchors = sys.argv[1:]
    settings = Settings(database_url=url, key_file=key, anchor_file=anchors)
    keep_one_by_one(Database(url), settings, {COMMITS})
"""


def keep_one_by_one(database, settings, count):
    async def keep(writer):
        for number in range(count):
            await writer.keep(draft(number))

    writer = ReceiptWriter(database, settings, load_master_key(settings), system_clock)
    asyncio.run(keep(writer))
    writer.close()
    database.close()


@pytest.mark.parts
def test_f03_sqlite_syncs_its_log_for_each_commit(sqlite_url, tmp_path):
    ledger, trace = Ledger(sqlite_url, tmp_path), tmp_path / "trace"
    settings = ledger.settings
    watch = ["strace", "-f", "-y", "-e", "trace=fsync,fdatasync", "-o", trace]
    write = [sys.executable, "-c", textwrap.dedent(WRITER), settings.database_url, settings.key_path]
    subprocess.run([*map(str, [*watch, *write, settings.anchor_path])], check=True, timeout=120)
    synced = [line for line in trace.read_text().splitlines() if "sync(" in line and "-wal>" in line]
    assert len(synced) >= COMMITS
    assert len(ledger.rows()) == COMMITS
    ledger.database.close()


@pytest.mark.postgres
def test_f03_postgresql_syncs_its_log_for_each_commit(postgres_url, tmp_path):
    ledger = Ledger(postgres_url, tmp_path)

    def syncs():
        with ledger.database.reading() as session:
            session.execute(text("SELECT pg_stat_force_next_flush()"))
            session.commit()
            return session.execute(text("SELECT sum(fsyncs) FROM pg_stat_io WHERE object = 'wal'")).scalar_one()

    before = syncs()
    ledger.keep(draft(-1))
    assert syncs() > before
    before = syncs()
    keep_one_by_one(ledger.database, ledger.settings, COMMITS)
    assert syncs() - before >= COMMITS
    ledger.database.close()
