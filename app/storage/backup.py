"""A copy of the database while it is in use."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from app.storage.errors import BackupExistsError, BackupFolderError, BackupUnsupportedError, DatabaseDamagedError
from app.storage.failures import named_failures

if TYPE_CHECKING:
    from pathlib import Path

    from app.storage.session import Database

__all__ = ["backup"]


def backup(database: Database, target: Path) -> None:
    """Write one self-contained, checked file; it appears under its name only when it is whole.

    Raises:
        StorageError: PostgreSQL, a file that is there already, no folder, no space, a damaged database.
    """
    if database.file is None:
        raise BackupUnsupportedError(path=target)
    if target.exists():
        raise BackupExistsError(path=target)
    if not target.parent.is_dir() or not os.access(target.parent, os.W_OK):
        raise BackupFolderError(path=target.parent)
    partial = target.with_name(f"{target.name}.part")
    partial.unlink(missing_ok=True)
    try:
        with named_failures():
            _copy(database, partial)
        partial.rename(target)
        _sync(target.parent)
    finally:
        partial.unlink(missing_ok=True)


def _copy(database: Database, partial: Path) -> None:
    with database.engine.connect() as connection, closing(sqlite3.connect(partial)) as copy:
        source = connection.connection.driver_connection
        source.backup(copy)  # type: ignore[union-attr]  # a connection that is open has one
        # not write-ahead: the copy is one file, whoever opens it
        copy.execute("PRAGMA journal_mode = DELETE")
        found = copy.execute("PRAGMA integrity_check").fetchone()[0]
        if found != "ok":
            raise DatabaseDamagedError(detail=found)
    with partial.open("rb") as file:
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
