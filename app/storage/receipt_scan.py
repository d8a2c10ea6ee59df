"""Receipts as they lie in the file, also where it is damaged: for the audit, which must not stop at the first fault."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import text

from app.storage.failures import named_failures
from app.storage.repositories import Receipts, StoredReceipt

if TYPE_CHECKING:
    from collections.abc import Iterator
    from sqlite3 import Connection as SqliteConnection

    from app.storage.session import Database

__all__ = ["scan_receipts", "structure_faults"]

_NAMES: Final = ", ".join(StoredReceipt._fields)
_QUERY: Final = f"SELECT {_NAMES} FROM receipts ORDER BY number"  # noqa: S608 - names of our own class


def structure_faults(database: Database) -> tuple[str, ...]:
    """What SQLite's own check finds; nothing on PostgreSQL, which checks its pages as it reads them.

    Raises:
        StorageError: the file cannot be read at all.
    """
    if database.file is None:
        return ()
    with database.reading() as session:
        found = [str(row[0]) for row in session.execute(text("PRAGMA integrity_check(20)"))]
    return () if found == ["ok"] else tuple(found)


def scan_receipts(database: Database) -> Iterator[StoredReceipt]:
    """Every row in the order of its number; bytes that are no text come as what cannot be authenticated.

    Raises:
        StorageError: the file cannot be read to the end.
    """
    if database.file is None:
        with database.reading() as session:
            yield from Receipts(session.connection()).walk()
        return
    with named_failures(), database.engine.connect() as connection:
        driver: SqliteConnection = connection.connection.driver_connection  # type: ignore[assignment]
        driver.text_factory = _lenient
        try:
            for row in driver.execute(_QUERY):
                yield StoredReceipt(*row)
        finally:
            driver.text_factory = str


def _lenient(raw: bytes) -> str:
    return raw.decode("utf-8", "backslashreplace")
