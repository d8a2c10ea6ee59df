"""Bringing the tables up to date: one process does it, the others wait; a dead one leaves nothing half done."""

from __future__ import annotations

import errno
import fcntl
import os
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import inspect, text

from app.storage.errors import (
    MigrationBusyError,
    SchemaTooNewError,
    StorageFullError,
    StorageReadOnlyError,
    WeakDurabilityError,
)
from app.storage.failures import named_failures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.engine import Connection

    from app.storage.session import Database

__all__ = ["migrate"]

#: Beside the package in the source tree and in an installed wheel alike.
_SCRIPTS: Final = Path(__file__).parents[2] / "migrations"
_LOCK_NUMBER: Final = 0x6265697A
_WAIT_SECONDS: Final = 60
_POLL_SECONDS: Final = 0.1


def migrate(database: Database) -> bool:
    """Bring the tables to the state that this program needs; True when this process did it.

    Raises:
        StorageError: no connection, no space, no right to write, a newer schema, a server that loses commits.
    """
    _refuse_weak_durability(database)
    steps = _steps()
    with named_failures(), database.engine.connect() as connection:
        revision = _revision(connection)
    if revision is not None and revision not in steps:
        raise SchemaTooNewError(revision=revision)
    if revision == steps[-1] and _is_write_ahead(database):
        _refuse_read_only(database)
        return False
    with _alone(database):
        _write_ahead(database)
        with database.migrating() as connection:
            _lock(database, connection)
            if _revision(connection) == steps[-1]:
                return False
            _upgrade(connection)
    return True


def _steps() -> list[str]:
    """The revisions in order, by the names of their files."""
    return sorted(path.name.partition("_")[0] for path in (_SCRIPTS / "versions").glob("[0-9]*.py"))


def _revision(connection: Connection) -> str | None:
    """The step that the tables are at; None for an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def _upgrade(connection: Connection) -> None:
    # imported where it is needed: most starts find the tables up to date, and Alembic takes a while to load
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _refuse_weak_durability(database: Database) -> None:
    """A server that confirms commits before they are on disk loses confirmed rows in a crash."""
    if database.file is not None:
        return
    with database.reading() as session:
        for setting in ("synchronous_commit", "fsync"):
            value = session.execute(text(f"SHOW {setting}")).scalar_one()
            if value == "off":
                raise WeakDurabilityError(setting=setting, value=value)


def _refuse_read_only(database: Database) -> None:
    """Better told at the start than by the first write."""
    with database.writing() as session:
        if database.file is not None:
            # the lock alone is given on a read-only file as well; a number that nobody reads takes a real write
            session.execute(text("PRAGMA user_version = 1"))
            session.rollback()
        elif session.execute(text("SHOW transaction_read_only")).scalar_one() == "on":
            raise StorageReadOnlyError


def _is_write_ahead(database: Database) -> bool:
    if database.file is None:
        return True
    with database.reading() as session:
        return bool(session.execute(text("PRAGMA journal_mode")).scalar_one() == "wal")


def _write_ahead(database: Database) -> None:
    """Readers beside a writer. Kept in the file; changed only while nobody else is at it, outside a transaction."""
    if database.file is not None:
        with named_failures(), database.engine.connect() as connection:
            driver = connection.connection.driver_connection
            driver.execute("PRAGMA journal_mode = WAL")  # type: ignore[union-attr]  # a connection that is open has one


@contextmanager
def _alone(database: Database) -> Iterator[None]:
    """On SQLite a lock file beside the database; the operating system releases it when its holder dies."""
    if database.file is None:
        yield
        return
    descriptor = _open_lock_file(database.file.with_name(f"{database.file.name}.lock"))
    try:
        _wait_for(lambda: _try_file_lock(descriptor))
        yield
    finally:
        os.close(descriptor)


def _open_lock_file(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise (StorageFullError() if error.errno == errno.ENOSPC else StorageReadOnlyError()) from error


def _try_file_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _lock(database: Database, connection: Connection) -> None:
    """On PostgreSQL a lock of the transaction; the server releases it when its holder dies."""
    if database.file is None:
        statement = text("SELECT pg_try_advisory_xact_lock(:number)")
        _wait_for(lambda: bool(connection.execute(statement, {"number": _LOCK_NUMBER}).scalar_one()))


def _wait_for(attempt: Callable[[], bool]) -> None:
    until = time.monotonic() + _WAIT_SECONDS
    while not attempt():
        if time.monotonic() >= until:
            raise MigrationBusyError(seconds=_WAIT_SECONDS)
        time.sleep(_POLL_SECONDS)
