"""Migrations: one process does it, a killed one leaves nothing behind, and the tables are those of the models."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.engine import make_url

from app.storage import migrating
from app.storage.errors import MigrationBusyError, SchemaTooNewError, StorageReadOnlyError, WeakDurabilityError
from app.storage.migrating import migrate
from app.storage.models import Base
from app.storage.repositories import Policies

TABLES = {
    "alembic_version",
    "application_secrets",
    "applications",
    "failed_calls",
    "holiday_notices",
    "idempotency_keys",
    "parameter_values",
    "policy_versions",
    "quotas",
    "receipt_exports",
    "receipts",
    "screening_jobs",
    "screening_tasks",
    "used_nonces",
}

#: Migrates and says whether it did anything.
ONE_START = """
import sys
from app.storage.migrating import migrate
from app.storage.session import Database
print(migrate(Database(sys.argv[1])), flush=True)
"""

#: For each statement of the migration: a child is killed right after it; at last one is left alone.
KILLED_AT_EVERY_STEP = """
import os, signal, sys
from sqlalchemy import event
from app.storage.migrating import migrate
from app.storage.session import Database

def child(url, step):
    database = Database(url)
    seen = 0

    @event.listens_for(database.engine, "after_cursor_execute")
    def kill(*_):
        nonlocal seen
        seen += 1
        if seen == step:
            os.kill(os.getpid(), signal.SIGKILL)

    migrate(database)
    os._exit(0)

steps = 0
while True:
    steps += 1
    pid = os.fork()
    if pid == 0:
        child(sys.argv[1], steps)
    _, status = os.waitpid(pid, 0)
    if os.WIFEXITED(status):
        assert os.WEXITSTATUS(status) == 0
        break
print(steps, flush=True)
"""


def run(script, *args):
    command = [sys.executable, "-W", "error", "-c", textwrap.dedent(script), *args]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=300).stdout.split()


class TestMigrate:
    def test_an_empty_database_gets_its_tables(self, empty_database):
        assert migrate(empty_database)
        assert set(inspect(empty_database.engine).get_table_names()) == TABLES

    def test_again_does_nothing(self, database):
        assert not migrate(database)

    def test_the_tables_are_those_of_the_models(self, database):
        with database.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, Base.metadata) == []

    def test_what_is_stored_stays(self, database, version):
        with database.writing() as session:
            Policies(session).publish(version(), b"{}")
        assert not migrate(database)
        with database.reading() as session:
            assert Policies(session).history() == (version(),)


class TestSteps:
    def test_the_names_of_the_files_are_the_revisions_in_order(self):
        scripts = ScriptDirectory(str(migrating._SCRIPTS))
        in_order = [script.revision for script in reversed(list(scripts.walk_revisions()))]
        assert migrating._steps() == in_order
        assert scripts.get_current_head() == in_order[-1]


class TestSeveralAtOnce:
    def test_four_processes_start_and_one_migrates(self, database_url, open_database):
        with ThreadPoolExecutor(4) as pool:
            outcomes = [line for lines in pool.map(lambda _: run(ONE_START, database_url), range(4)) for line in lines]
        assert sorted(outcomes) == ["False", "False", "False", "True"]
        assert set(inspect(open_database(database_url).engine).get_table_names()) == TABLES

    def test_one_that_waits_too_long_says_so(self, database_url, open_database, monkeypatch):
        monkeypatch.setattr(migrating, "_WAIT_SECONDS", 0.2)
        holder, other = open_database(database_url), open_database(database_url)
        with migrating._alone(holder), holder.migrating() as connection:
            migrating._lock(holder, connection)
            with pytest.raises(MigrationBusyError):
                migrate(other)
        assert migrate(other)


class TestKilled:
    def test_at_every_step_and_the_next_start_completes(self, database_url, open_database, version):
        (steps,) = run(KILLED_AT_EVERY_STEP, database_url)
        assert int(steps) > 10
        database = open_database(database_url)
        assert not migrate(database)
        assert set(inspect(database.engine).get_table_names()) == TABLES
        with database.writing() as session:
            assert Policies(session).publish(version(), b"{}")

    def test_while_others_wait(self, database_url, open_database):
        """A holder of the lock that dies sets the others free."""
        script = """
            import os, sys, time
            from app.storage import migrating
            from app.storage.session import Database
            database = Database(sys.argv[1])
            with migrating._alone(database), database.migrating() as connection:
                migrating._lock(database, connection)
                connection.exec_driver_sql("CREATE TABLE half_done (number integer)")
                print("holding", flush=True)
                time.sleep(60)
        """
        command = [sys.executable, "-c", textwrap.dedent(script), database_url]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder, ThreadPoolExecutor(1) as pool:
            assert holder.stdout.readline() == "holding\n"
            waiting = pool.submit(migrate, open_database(database_url))
            os.kill(holder.pid, signal.SIGKILL)
            assert waiting.result(30)
        assert "half_done" not in inspect(open_database(database_url).engine).get_table_names()


class TestRefused:
    def test_tables_of_a_newer_program(self, database):
        with database.writing() as session:
            session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        with pytest.raises(SchemaTooNewError, match="9999"):
            migrate(database)

    @pytest.mark.postgres
    def test_a_server_that_confirms_before_it_keeps(self, postgres_url, postgres_server, open_database):
        name = make_url(postgres_url).database
        postgres_server.psql(f"ALTER DATABASE {name} SET synchronous_commit = off;")
        with pytest.raises(WeakDurabilityError, match="synchronous_commit"):
            migrate(open_database(postgres_url))

    @pytest.mark.postgres
    def test_a_server_that_takes_no_writes(self, postgres_url, postgres_database, postgres_server, open_database):
        name = make_url(postgres_url).database
        postgres_server.psql(f"ALTER DATABASE {name} SET default_transaction_read_only = on;")
        with pytest.raises(StorageReadOnlyError):
            migrate(open_database(postgres_url))


class TestWriteAhead:
    def test_a_database_restored_from_a_copy_is_write_ahead_again(self, sqlite_database):
        with sqlite_database.engine.connect() as connection:
            connection.connection.driver_connection.execute("PRAGMA journal_mode = DELETE")
        sqlite_database.close()
        migrate(sqlite_database)
        with sqlite_database.reading() as session:
            assert session.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
