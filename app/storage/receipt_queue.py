"""One writer of the chain at a time, in the order in which they came."""

from __future__ import annotations

import errno
import fcntl
import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from app.storage.errors import DatabaseTimeoutError, DatabaseUnavailableError, StorageFullError
from app.storage.session import KeptConnection

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy.engine import Connection

    from app.storage.session import Database

__all__ = ["WriterQueue"]

_LOCK_NUMBER: Final = 0x62657263
_POLL_SECONDS: Final = 0.0005


class WriterQueue:
    """Gives one unit of work after the other the end of the chain, across processes and replicas.

    On SQLite two lock files stand before the database's own lock, which knows no queue: who waits for the second holds
    the first, so that a writer that comes back at once has to stand behind it. The operating system releases the locks
    of a process that dies. On PostgreSQL the server's advisory lock serves in order of arrival.
    """

    def __init__(self, database: Database) -> None:
        """Nothing is opened yet."""
        self._database = database
        self._kept = KeptConnection(database)
        self._descriptors: list[int] = []

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A unit of work that no other writer of the chain is inside of; for one thread at a time.

        Raises:
            StorageError: not in time, or no database.
        """
        if self._database.file is None:
            with self._database.writing_again(self._kept) as connection:
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK_NUMBER})")
                yield connection
            return
        turnstile, turn = self._open(self._database.file)
        until = time.monotonic() + self._database.waits.lock
        _wait(turnstile, until)
        try:
            _wait(turn, until)
        finally:
            fcntl.flock(turnstile, fcntl.LOCK_UN)
        try:
            with self._database.writing_again(self._kept) as connection:
                yield connection
        finally:
            fcntl.flock(turn, fcntl.LOCK_UN)

    def close(self) -> None:
        """Close the connection and the lock files."""
        self._kept.close()
        while self._descriptors:
            os.close(self._descriptors.pop())

    def _open(self, file: Path) -> list[int]:
        while len(self._descriptors) < len(_SUFFIXES):
            path = file.with_name(file.name + _SUFFIXES[len(self._descriptors)])
            try:
                descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            except OSError as error:
                raise (StorageFullError() if error.errno == _NO_SPACE else DatabaseUnavailableError()) from error
            self._descriptors.append(descriptor)
        return self._descriptors


_SUFFIXES: Final = (".receipts-next", ".receipts-turn")
_NO_SPACE: Final = errno.ENOSPC


def _wait(descriptor: int, until: float) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise DatabaseTimeoutError from None
            time.sleep(_POLL_SECONDS)
        else:
            return
