"""Settings and database for a command, closed again at its end."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from app.services.database import open_database
from app.services.publishing import load_registry, registry_from_disk
from app.settings import load_settings
from app.storage.migrating import migrate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.services.registry import Registry
    from app.settings import Settings
    from app.storage.session import Database

__all__ = ["answering_registry", "database_for_reading", "database_for_writing"]


@contextmanager
def database_for_writing() -> Iterator[tuple[Database, Settings]]:
    """The database, migrated when it has to be."""
    settings = load_settings()
    database = open_database(settings)
    try:
        migrate(database)
        yield database, settings
    finally:
        database.close()


@contextmanager
def database_for_reading() -> Iterator[tuple[Database | None, Settings]]:
    """The database as it is; None while there is no file yet, which reading must not make."""
    settings = load_settings()
    path = settings.sqlite_path
    if path is not None and not path.exists():
        yield None, settings
        return
    database = open_database(settings)
    try:
        yield database, settings
    finally:
        database.close()


@contextmanager
def answering_registry() -> Iterator[tuple[Registry, Settings]]:
    """What the service would answer from; the packs on disk before there is a database."""
    with database_for_reading() as (database, settings):
        registry = registry_from_disk(settings) if database is None else load_registry(database, settings).registry
        yield registry, settings
