"""The database that the settings name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.storage.session import Database, Waits

if TYPE_CHECKING:
    from app.settings import Settings

__all__ = ["open_database"]


def open_database(settings: Settings) -> Database:
    """The database; nothing is connected yet.

    Raises:
        StorageError: the folder of an SQLite file cannot be made.
    """
    waits = Waits(
        connect=settings.database_connect_seconds,
        statement=settings.database_statement_seconds,
        lock=settings.database_lock_seconds,
        pool_size=settings.database_pool_size,
    )
    return Database(settings.database_url, waits)
