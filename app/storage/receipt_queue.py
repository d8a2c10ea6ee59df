"""One writer of the chain at a time, in the order in which they came."""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from app.storage.errors import DatabaseTimeoutError, DatabaseUnavailableError, StorageFullError
from app.storage.repositories import Receipts
from app.storage.session import KeptConnection

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from sqlalchemy.engine import Connection

    from app.storage.repositories import StoredReceipt
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

    def connect(self) -> None:
        """Connect beforehand if it can be done: whoever writes first need not wait for it then."""
        self._database.connect(self._kept)

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
        with self._turn(self._database.file), self._database.writing_again(self._kept) as connection:
            yield connection

    def add_next(self, receipts: Sequence[StoredReceipt]) -> bool:
        """Add rows behind the last one that this process wrote; False when another process has written since.

        One statement that commits itself: the thread gives the interpreter up once, not at each step of a transaction.
        The number, which is the key of the table, is what keeps the chain from forking. Only SQLite does this.

        Raises:
            StorageError: as :meth:`writing`.
        """
        if self._database.file is None:
            return False
        with self._turn(self._database.file), self._database.committing_itself(self._kept) as connection:
            return Receipts(connection).add_at_once(receipts)

    @contextmanager
    def _turn(self, file: Path) -> Iterator[None]:
        turnstile, turn = self._open(file)
        until = time.monotonic() + self._database.waits.lock
        _wait(turnstile, until)
        try:
            _wait(turn, until)
        finally:
            _flock(turnstile, fcntl.LOCK_UN)
        try:
            yield
        finally:
            _flock(turn, fcntl.LOCK_UN)

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


#: The C library's own, called without giving the interpreter up: none of these calls waits, and to get the interpreter
#: back from a busy event loop takes far longer than they do.
_flock: Final = ctypes.PyDLL(None, use_errno=True).flock


def _wait(descriptor: int, until: float) -> None:
    while _flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB):
        failed = ctypes.get_errno()
        if failed == errno.EINTR:
            continue
        if failed != errno.EWOULDBLOCK:
            raise DatabaseUnavailableError from OSError(failed, os.strerror(failed))
        if time.monotonic() >= until:
            raise DatabaseTimeoutError
        time.sleep(_POLL_SECONDS)
