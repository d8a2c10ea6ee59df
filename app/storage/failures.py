"""From what a driver raises to the one word for it; anything else is a defect of ours and stays what it is."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import psycopg
from sqlalchemy import exc

from app.storage.errors import (
    DatabaseDamagedError,
    DatabaseTimeoutError,
    DatabaseUnavailableError,
    SchemaTooOldError,
    StorageError,
    StorageFullError,
    StorageReadOnlyError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["failure_of", "named_failures"]

#: By SQLite's result code: the whole name first, then its family (SQLITE_IOERR_WRITE is of SQLITE_IOERR).
_SQLITE: Final[Mapping[str, type[StorageError]]] = {
    "SQLITE_BUSY": DatabaseTimeoutError,
    "SQLITE_LOCKED": DatabaseTimeoutError,
    "SQLITE_FULL": StorageFullError,
    "SQLITE_IOERR_SHMSIZE": StorageFullError,
    "SQLITE_READONLY": StorageReadOnlyError,
    "SQLITE_CANTOPEN": DatabaseUnavailableError,
    "SQLITE_IOERR": DatabaseUnavailableError,
    "SQLITE_CORRUPT": DatabaseDamagedError,
    "SQLITE_NOTADB": DatabaseDamagedError,
}
#: By SQLSTATE, the whole code first, then its class (PostgreSQL, Appendix A).
_POSTGRESQL: Final[Mapping[str, type[StorageError]]] = {
    "57014": DatabaseTimeoutError,  # query_canceled: statement_timeout
    "55P03": DatabaseTimeoutError,  # lock_not_available
    "25006": StorageReadOnlyError,  # read_only_sql_transaction
    "53100": StorageFullError,  # disk_full
    "42P01": SchemaTooOldError,  # undefined_table
    "42703": SchemaTooOldError,  # undefined_column
    "08": DatabaseUnavailableError,  # connection exceptions
    "28": DatabaseUnavailableError,  # not let in
    "3D": DatabaseUnavailableError,  # no such database
    "40": DatabaseTimeoutError,  # given up for another transaction
    "53": DatabaseUnavailableError,  # insufficient resources
    "57": DatabaseUnavailableError,  # operator intervention: shutting down, starting up
    "58": DatabaseUnavailableError,  # system errors
    "XX": DatabaseDamagedError,  # data_corrupted, index_corrupted, internal_error
}


@contextmanager
def named_failures() -> Iterator[None]:
    """Turn failures of the driver into :class:`StorageError`."""
    try:
        yield
    except (exc.DBAPIError, exc.TimeoutError, sqlite3.Error) as error:
        failure = failure_of(error)
        if failure is None:
            raise
        raise failure from error


def failure_of(error: Exception) -> StorageError | None:
    """The failure that the driver's error stands for; None when it is a defect."""
    if isinstance(error, exc.TimeoutError):
        return DatabaseTimeoutError()
    origin = error.orig if isinstance(error, exc.DBAPIError) else error
    if isinstance(origin, sqlite3.Error):
        return _of_sqlite(origin)
    if isinstance(origin, psycopg.Error):
        return _of_postgresql(origin)
    return None


def _of_sqlite(error: sqlite3.Error) -> StorageError | None:
    name = getattr(error, "sqlite_errorname", "")
    family = "_".join(name.split("_")[:2])
    kind = _SQLITE.get(name) or _SQLITE.get(family)
    if kind is None:
        return SchemaTooOldError() if "no such table" in str(error) or "no such column" in str(error) else None
    return kind(detail=name) if kind is DatabaseDamagedError else kind()


def _of_postgresql(error: psycopg.Error) -> StorageError | None:
    state = error.sqlstate
    if isinstance(error, psycopg.errors.ConnectionTimeout):
        return DatabaseTimeoutError()
    if state is None:
        lost = isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError))
        return DatabaseUnavailableError() if lost else None
    kind = _POSTGRESQL.get(state) or _POSTGRESQL.get(state[:2])
    return None if kind is None else kind(detail=state) if kind is DatabaseDamagedError else kind()
