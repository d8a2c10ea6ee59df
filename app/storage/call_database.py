"""The connection for what is counted of calls: rows that need not outlive a power cut, written without a disk sync.

They do outlive the end of any process. Everything that a caller is told to be stored goes through the other
connections, which sync at each commit.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import event

from app.storage.receipt_queue import WriterQueue
from app.storage.session import Database, KeptConnection, Waits

if TYPE_CHECKING:
    from collections.abc import Iterator
    from sqlite3 import Connection as SqliteConnection

    from sqlalchemy.engine import Connection

__all__ = ["CallDatabase"]


class CallDatabase:
    """One connection of its own. On SQLite its writers stand in the same queue as those of receipts."""

    def __init__(self, database: Database) -> None:
        """Nothing is connected yet."""
        waits = database.waits
        address = database.engine.url.render_as_string(hide_password=False)
        if database.file is not None:
            address = f"sqlite:///{database.file}"
        self._database = Database(address, Waits(waits.connect, waits.statement, waits.lock, pool_size=1))
        self._queue = WriterQueue(self._database)
        self._kept = KeptConnection(self._database)
        if self._database.file is not None:

            @event.listens_for(self._database.engine, "connect")
            def relax(connection: SqliteConnection, _record: Any) -> None:
                connection.execute("PRAGMA synchronous = NORMAL")

    def connect(self) -> None:
        """Connect beforehand, as receipts do."""
        if self._database.file is not None:
            self._queue.connect()
        else:
            self._database.connect(self._kept)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A unit of work.

        Raises:
            StorageError: not in time, or no database.
        """
        if self._database.file is not None:
            with self._queue.writing() as connection:
                yield connection
            return
        with self._database.writing_again(self._kept) as connection:
            connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
            yield connection

    def close(self) -> None:
        """Close the connection."""
        self._queue.close()
        self._kept.close()
        self._database.close()
