"""The database: which driver, how durable, how long to wait; one unit of work is one transaction."""

from __future__ import annotations

import errno
import os
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.orm import Session

from app.storage.errors import DatabaseUnavailableError, StorageError, StorageReadOnlyError
from app.storage.failures import named_failures
from app.storage.postgresql import TimedConnection, answered_within

if TYPE_CHECKING:
    from collections.abc import Iterator
    from sqlite3 import Connection as SqliteConnection

    from sqlalchemy.engine import Connection, Dialect, Engine

__all__ = ["OVERFLOW", "Database", "KeptConnection", "Waits"]

_BEGIN: Final = "sqlite_begin"
#: Connections that may be opened beside those that are kept.
OVERFLOW: Final = 10
#: For how long a kept connection is taken to be whole without asking.
_FRESH_SECONDS: Final = 1.0
#: The server gives up a little before the time is over, so that its own words arrive.
_SERVER_SHARE: Final = 0.8
#: Of the time to wait for a connection.
_TURN_SHARE: Final = 1.35
#: libpq waits at least so long for a connection.
_LEAST_CONNECT_SECONDS: Final = 2


@dataclass(frozen=True, slots=True)
class Waits:
    """How long callers wait, in seconds, and how many connections are kept."""

    connect: float = 1
    statement: float = 3
    lock: float = 2
    pool_size: int = 5


class KeptConnection:
    """A connection that its only user keeps: to borrow one for each small unit of work costs more than the work."""

    def __init__(self, database: Database) -> None:
        """Nothing is connected yet."""
        self._engine = database.engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})
        self._connection: Connection | None = None
        self._used = 0.0

    def get(self) -> Connection:
        """The connection; after a pause another, since the server may have gone meanwhile."""
        now = time.monotonic()
        if self._connection is None or now - self._used > _FRESH_SECONDS:
            self.close()
            self._connection = self._engine.connect()
        self._used = now
        return self._connection

    def close(self) -> None:
        """Give the connection back."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


class Database:
    """One SQLite file or one PostgreSQL database. Safe to share between threads."""

    def __init__(self, address: str, waits: Waits | None = None) -> None:
        """Prepare the engine; nothing is opened yet but the folder of an SQLite file, which is made.

        Raises:
            StorageReadOnlyError, DatabaseUnavailableError: an SQLite file cannot be made or written there.
        """
        self.waits = waits or Waits()
        url = make_url(address)
        self.file: Path | None = None
        if url.get_backend_name() == "sqlite":
            self.file = Path(url.database or "").absolute()
            _make_folder(self.file.parent)
            _refuse_unwritable(self.file)
            self.engine = _sqlite_engine(self.file, self.waits)
        else:
            self.engine = _postgresql_engine(url, self.waits)

    @property
    def turn_seconds(self) -> float:
        """How long a caller waits at most until what it brought to a writing thread is written.

        On PostgreSQL little longer than for a connection: who cannot be served shall hear so while it still listens.
        SQLite's writers stand in a queue, and have the time for it.
        """
        waits = self.waits
        return waits.connect * _TURN_SHARE if self.file is None else waits.lock + waits.statement / 4

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A unit of work that changes nothing."""
        with named_failures(), self._in_time(), Session(self.engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A unit of work, committed at its end and undone when it raises.

        On SQLite the write lock is taken first: a transaction that reads and then writes would otherwise fail, or
        write on the ground of what another has changed since.
        """
        engine = self.engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})
        with named_failures(), self._in_time(), Session(engine) as session, session.begin():
            yield session

    @contextmanager
    def writing_again(self, kept: KeptConnection) -> Iterator[Connection]:
        """The same as :meth:`writing` for one thread that writes again and again, on one connection that it keeps."""
        with named_failures(), self._in_time():
            connection = kept.get()
            try:
                with connection.begin():
                    yield connection
            except BaseException:
                kept.close()
                raise

    def connect(self, kept: KeptConnection) -> None:
        """Connect beforehand if it can be done."""
        with suppress(StorageError), self.committing_itself(kept):
            pass

    @contextmanager
    def committing_itself(self, kept: KeptConnection) -> Iterator[Connection]:
        """The connection that a thread keeps, outside a transaction: each statement of SQLite's driver is one."""
        with named_failures(), self._in_time():
            try:
                yield kept.get()
            except BaseException:
                kept.close()
                raise

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """A transaction of its own that may take as long as it needs."""
        with named_failures(), self.engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"}).begin() as connection:
            if self.file is None:
                connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            yield connection

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    @contextmanager
    def _in_time(self) -> Iterator[None]:
        if self.file is not None:
            yield
            return
        with answered_within(self.waits.statement):
            yield


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except PermissionError as error:
        raise StorageReadOnlyError from error
    except OSError as error:
        # EROFS is a read-only disk; anything else (a file in the way) is no place for a database
        raise (StorageReadOnlyError() if error.errno == errno.EROFS else DatabaseUnavailableError()) from error


def _refuse_unwritable(file: Path) -> None:
    """SQLite would only say that it cannot open the file."""
    if not os.access(file.parent, os.W_OK) or (file.exists() and not os.access(file, os.W_OK)):
        raise StorageReadOnlyError


def _sqlite_engine(file: Path, waits: Waits) -> Engine:
    engine = create_engine(
        URL.create("sqlite+pysqlite", database=str(file)),
        pool_size=waits.pool_size,
        max_overflow=OVERFLOW,
        pool_timeout=waits.connect,
        hide_parameters=True,
        connect_args={"timeout": waits.lock},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: SqliteConnection, _record: Any) -> None:
        # The driver must not begin transactions on its own (it never would before DDL); ours are explicit, below.
        connection.isolation_level = None
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # asked itself: SQLAlchemy's way to the driver takes longer than the statement
        driver: Any = connection.connection
        driver.execute(connection.get_execution_options().get(_BEGIN, "BEGIN"))

    return engine


def _postgresql_engine(url: URL, waits: Waits) -> Engine:
    milliseconds = int(waits.statement * _SERVER_SHARE * 1000)
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=waits.pool_size,
        max_overflow=OVERFLOW,
        pool_timeout=waits.connect,
        hide_parameters=True,
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": max(round(waits.connect), _LEAST_CONNECT_SECONDS),
            "options": f"-c statement_timeout={milliseconds} -c timezone=UTC",
            "application_name": "beizeng",
        },
    )

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: Dialect, _record: Any, args: list[Any], params: dict[str, Any]) -> TimedConnection:
        return TimedConnection.open(*args, **params)

    return engine
