"""Durability, waiting, and what a failing database is called."""

from __future__ import annotations

import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from sqlalchemy import event, exc, text

from app.storage.errors import (
    DatabaseDamagedError,
    DatabaseTimeoutError,
    DatabaseUnavailableError,
    SchemaTooOldError,
    StorageFullError,
    StorageReadOnlyError,
)
from app.storage.failures import failure_of
from app.storage.migrating import migrate
from app.storage.repositories import Policies
from app.storage.session import Database, Waits


def publish(database, version, document=b"{}"):
    with database.writing() as session:
        return Policies(session).publish(version, document)


class TestSqlite:
    def test_makes_the_folder(self, tmp_path, open_database):
        open_database(f"sqlite:///{tmp_path}/a/b/c.db")
        assert (tmp_path / "a" / "b").is_dir()

    def test_every_pooled_connection_is_durable(self, sqlite_database):
        """One sync of the disk for each commit (synchronous 2 is FULL), whichever connection it takes."""
        gate = threading.Barrier(5)

        def pragmas(_):
            with sqlite_database.reading() as session:
                gate.wait(5)
                names = ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
                return [session.execute(text(f"PRAGMA {name}")).scalar_one() for name in names]

        with ThreadPoolExecutor(5) as pool:
            assert list(pool.map(pragmas, range(5))) == [["wal", 2, 2000, 1]] * 5

    def test_a_writer_waits_its_time_and_readers_do_not(self, sqlite_url, open_database, version):
        database = open_database(sqlite_url, waits=Waits(lock=0.3))
        migrate(database)
        with sqlite3.connect(database.file, isolation_level=None) as other:
            other.execute("BEGIN IMMEDIATE")
            started = time.monotonic()
            with database.reading() as session:
                assert Policies(session).history() == ()
            assert time.monotonic() - started < 0.2
            with pytest.raises(DatabaseTimeoutError):
                publish(database, version())
            assert 0.25 < time.monotonic() - started < 1.5
            other.execute("ROLLBACK")
        other.close()
        assert publish(database, version())

    def test_a_full_disk_is_said_and_writing_resumes(self, sqlite_database, version):
        with sqlite_database.reading() as session:
            pages = session.execute(text("PRAGMA page_count")).scalar_one()

        def limit(to):
            with sqlite_database.engine.connect() as connection:
                connection.exec_driver_sql(f"PRAGMA max_page_count = {to}")

        limit(pages + 2)
        with pytest.raises(StorageFullError):
            publish(sqlite_database, version(), b"x" * 100_000)
        with sqlite_database.reading() as session:
            assert Policies(session).history() == ()
        limit(1_000_000)
        assert publish(sqlite_database, version(), b"x" * 100_000)

    def test_threads_that_read_and_write_never_fork_or_fail(self, sqlite_database, version):
        """Four writers at once, each reading first: none is refused and none overwrites another."""

        def write(number):
            for step in range(10):
                publish(sqlite_database, version(version=f"{number}.{step}"))

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(write, range(4)))
        with sqlite_database.reading() as session:
            assert len(Policies(session).history()) == 40

    def test_a_file_that_is_no_database_is_damaged(self, tmp_path, open_database):
        file = tmp_path / "x.db"
        file.write_bytes(b"no database at all, but long enough to be taken for one" * 20)
        with pytest.raises(DatabaseDamagedError):
            migrate(open_database(f"sqlite:///{file}"))

    def test_a_file_in_the_way_of_the_folder(self, tmp_path):
        (tmp_path / "var").write_text("")
        with pytest.raises(DatabaseUnavailableError):
            Database(f"sqlite:///{tmp_path}/var/x.db")

    def test_a_read_only_file_is_refused_at_the_start(self, sqlite_database):
        """As on a disk that is mounted read-only: what is there can be read, and nothing can be written."""
        sqlite_database.close()

        database = Database(f"sqlite:///{sqlite_database.file}")
        address = f"file:{sqlite_database.file}?mode=ro"

        @event.listens_for(database.engine, "do_connect")
        def connect(*_):
            return sqlite3.connect(address, uri=True, check_same_thread=False)

        with pytest.raises(StorageReadOnlyError):
            migrate(database)
        database.close()

    def test_without_tables_it_says_migrate(self, sqlite_url, open_database):
        with pytest.raises(SchemaTooOldError), open_database(sqlite_url).reading() as session:
            Policies(session).history()


@pytest.mark.postgres
class TestPostgresql:
    @pytest.fixture
    def behind(self, proxied, open_database):
        """A migrated database behind the proxy."""
        proxy, url = proxied
        database = open_database(url, waits=Waits(statement=1))
        migrate(database)
        return proxy, database

    def history(self, database):
        with database.reading() as session:
            return Policies(session).history()

    def test_a_statement_ends_in_time(self, behind):
        _, database = behind
        started = time.monotonic()
        with pytest.raises(DatabaseTimeoutError), database.reading() as session:
            session.execute(text("SELECT pg_sleep(20)"))
        assert time.monotonic() - started < 2

    def test_a_server_that_never_answers_ends_in_time_and_the_pool_is_whole_afterwards(self, behind):
        proxy, database = behind
        proxy.hang()
        for _ in range(3):
            started = time.monotonic()
            with pytest.raises((DatabaseTimeoutError, DatabaseUnavailableError)):
                self.history(database)
            assert time.monotonic() - started < 3
        proxy.flow()
        with ThreadPoolExecutor(15) as pool:
            assert list(pool.map(lambda _: self.history(database), range(20))) == [()] * 20

    def test_reset_connections_are_said_and_replaced(self, behind):
        proxy, database = behind
        proxy.reset()
        with pytest.raises(DatabaseUnavailableError):
            self.history(database)
        proxy.flow()
        assert self.history(database) == ()

    def publish_and_lose_the_connection(self, proxy, database, version):
        with database.writing() as session:
            Policies(session).publish(version, b"{}")
            proxy.reset()
            time.sleep(0.05)

    def test_a_reset_under_way_leaves_all_or_nothing(self, behind, version):
        proxy, database = behind
        for round_ in range(5):
            published = version(version=str(round_))
            with pytest.raises(DatabaseUnavailableError):
                self.publish_and_lose_the_connection(proxy, database, published)
            proxy.flow()
            assert publish(database, published)
        assert len(self.history(database)) == 5

    def test_a_server_that_is_not_there(self, open_database):
        with pytest.raises(DatabaseUnavailableError):
            self.history(open_database("postgresql://nobody@127.0.0.1:1/none"))

    def test_commits_are_durable(self, postgres_database):
        with postgres_database.reading() as session:
            assert session.execute(text("SHOW synchronous_commit")).scalar_one() == "on"


class TestFailureOf:
    @pytest.mark.parametrize(
        ("state", "expected"),
        [
            ("57014", DatabaseTimeoutError),
            ("55P03", DatabaseTimeoutError),
            ("40001", DatabaseTimeoutError),
            ("53100", StorageFullError),
            ("53300", DatabaseUnavailableError),
            ("57P01", DatabaseUnavailableError),
            ("08006", DatabaseUnavailableError),
            ("3D000", DatabaseUnavailableError),
            ("28P01", DatabaseUnavailableError),
            ("25006", StorageReadOnlyError),
            ("42P01", SchemaTooOldError),
            ("XX001", DatabaseDamagedError),
        ],
    )
    def test_postgresql_states(self, state, expected):
        origin = psycopg.errors.lookup(state)("text of the server")
        assert type(failure_of(exc.DBAPIError("SELECT 1", None, origin))) is expected

    @pytest.mark.parametrize(
        "origin", [psycopg.errors.UniqueViolation("x"), psycopg.ProgrammingError("x"), KeyError("x")]
    )
    def test_a_defect_of_ours_stays_what_it_is(self, origin):
        assert failure_of(exc.DBAPIError("SELECT 1", None, origin)) is None

    def test_a_pool_without_a_free_connection(self):
        assert isinstance(failure_of(exc.TimeoutError()), DatabaseTimeoutError)
