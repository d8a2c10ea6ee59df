"""Receipts: durable before the reply leaves, written together by one thread, one chain for all processes."""

from __future__ import annotations

import sys
import threading
import time
from dataclasses import dataclass
from datetime import UTC
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

import structlog

from app.services.gathering import Inbox
from app.services.receipt_anchors import AnchorFile
from app.services.receipt_chain import GENESIS, ReceiptKeys
from app.storage.errors import DatabaseDamagedError, StorageError
from app.storage.receipt_queue import WriterQueue
from app.storage.repositories import Receipts, StoredReceipt

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from app.clock import Clock
    from app.services.master_key import MasterKey
    from app.settings import Settings
    from app.storage.session import Database

__all__ = ["PROGRAM", "Draft", "ReceiptWriter", "moment_text"]

PROGRAM: Final = version("beizeng")
_PROBE_SECONDS: Final = 1.0
#: Groups up to this size are added by one statement; each size has one, which the driver keeps prepared.
_LARGEST_STATEMENT: Final = 64
#: For how long after another process has written its further writing is reckoned with.
_SHARED_SECONDS: Final = 1.0
#: The driver gives the interpreter up at each statement; with the usual 5 ms it would wait that long to go on.
_SWITCH_SECONDS: Final = 0.0005
_log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Draft:
    """What a receipt says, before it has its place in the chain; ``body`` is sealed, fields as in the table."""

    id: str
    application: str
    request_id: str
    at: datetime
    operation: str
    subject: str
    policy_id: str
    policy_version: str
    policy_sha256: str
    figures: str
    calendar: str
    revision: str
    on_date: str
    known_at: str
    language: str
    personal: str
    body: bytes
    answer: str


def moment_text(moment: datetime) -> str:
    """RFC 3339 in UTC with six decimals: text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


class ReceiptWriter:
    """Takes drafts from the event loop and answers when they are on disk.

    While one batch is being committed the next one gathers, so that the disk sets the pace and nobody waits idly.
    """

    def __init__(self, database: Database, settings: Settings, key: MasterKey, clock: Clock) -> None:
        """Start the thread, which connects; the database is first asked when there is something to keep."""
        self.keys = ReceiptKeys(key)
        self.database = database
        self._anchors = AnchorFile(settings.anchor_path, self.keys, clock)
        self._queue = WriterQueue(database)
        self._waits = database.waits
        self._inbox: Inbox[Draft, None] = Inbox(database.turn_seconds)
        self._failed = False
        self._head: tuple[int, bytes] | None = None
        self._shared_until = 0.0
        self.outcomes = {"kept": 0, "failed": 0}
        """How many receipts callers were told of, one way or the other."""
        sys.setswitchinterval(_SWITCH_SECONDS)
        self._thread = threading.Thread(target=self._run, name="beizeng-receipts", daemon=True)
        self._thread.start()

    @property
    def working(self) -> bool:
        """Whether the last attempt to write went well."""
        return not self._failed

    @property
    def waiting(self) -> int:
        """How many receipts wait for the writer."""
        return self._inbox.waiting

    async def keep(self, draft: Draft) -> None:
        """Return when the receipt is durable.

        Raises:
            StorageError: it could not be kept, or not in time; in the latter case it may still be.
        """
        try:
            await self._inbox.ask(draft)
            self.outcomes["kept"] += 1
        except StorageError:
            self.outcomes["failed"] += 1
            raise

    def close(self) -> None:
        """Keep what waits, anchor the chain, and end."""
        self._inbox.end()
        self._thread.join(self._waits.lock + self._waits.statement)
        self._anchor_at_end()
        self._queue.close()

    def _run(self) -> None:
        self._queue.connect()
        ending = False
        while not ending:
            taken, ending = self._inbox.take(_PROBE_SECONDS if self._failed else None)
            if taken:
                self._inbox.tell(taken, self._settled([asked.item for asked in taken]))
            elif self._failed and not ending:
                self._probe()

    def _settled(self, drafts: Sequence[Draft]) -> list[None] | Exception:
        """One transaction for the group: what those who wait are told."""
        try:
            self._commit(drafts)
        except Exception as error:  # noqa: BLE001 - whatever it is, those who wait are told, and the thread lives on
            self._failed = True
            self._head = None
            _log.error("receipts_not_kept", count=len(drafts), exc_info=None if _is_known(error) else error)
            return error
        self._failed = False
        return [None] * len(drafts)

    def _commit(self, drafts: Sequence[Draft]) -> None:
        last = self._added_next(drafts) or self._added_in_turn(drafts)
        self._head = last
        try:
            self._anchors.passed(*last)
        except OSError as error:
            _log.error("anchor_not_written", reason=str(error.strerror))

    def _added_next(self, drafts: Sequence[Draft]) -> tuple[int, bytes] | None:
        """Add to the end that this process left; None when that is not known, or no longer the end."""
        if self._head is None or len(drafts) > _LARGEST_STATEMENT or time.monotonic() < self._shared_until:
            return None
        rows = self._rows(drafts, self._head)
        if self._queue.add_next(rows):
            return rows[-1].number, rows[-1].mac
        self._shared_until = time.monotonic() + _SHARED_SECONDS
        return None

    def _added_in_turn(self, drafts: Sequence[Draft]) -> tuple[int, bytes]:
        with self._queue.writing() as connection:
            receipts = Receipts(connection)
            rows = self._rows(drafts, self._checked_head(receipts))
            receipts.add(rows)
        return rows[-1].number, rows[-1].mac

    def _checked_head(self, receipts: Receipts) -> tuple[int, bytes]:
        """The end of the chain; one that another writer left is authenticated before anything is added to it."""
        head = receipts.head()
        if head is None:
            return 0, GENESIS
        if head != self._head:
            last = receipts.at(head[0])
            if last is not None and self.keys.mac_of(last) != head[1]:
                raise DatabaseDamagedError(detail=f"receipt {head[0]}")
        return head

    def _rows(self, drafts: Sequence[Draft], head: tuple[int, bytes]) -> list[StoredReceipt]:
        """The drafts, each in its place behind the end of the chain."""
        (number, previous), rows = head, []
        sealed = self.keys.seal_each([(draft.body, draft.id) for draft in drafts])
        for draft, body in zip(drafts, sealed, strict=True):
            number += 1
            rows.append(self._row(draft, body, number, previous))
            previous = rows[-1].mac
        return rows

    def _row(self, draft: Draft, sealed: bytes, number: int, previous: bytes) -> StoredReceipt:
        row = StoredReceipt(
            number,
            draft.id,
            draft.application,
            draft.request_id,
            moment_text(draft.at),
            draft.operation,
            draft.subject,
            draft.policy_id,
            draft.policy_version,
            draft.policy_sha256,
            draft.figures,
            draft.calendar,
            PROGRAM,
            draft.revision,
            draft.on_date,
            draft.known_at,
            draft.language,
            draft.personal,
            sealed,
            draft.answer,
            previous,
            mac=b"",
        )
        return StoredReceipt(*row[:-1], self.keys.mac_of(row))

    def _probe(self) -> None:
        """While writing fails and nobody asks: find out whether it works again."""
        try:
            with self._queue.writing() as connection:
                self._checked_head(Receipts(connection))
            self._failed = False
        except StorageError:
            self._failed = True

    def _anchor_at_end(self) -> None:
        try:
            self._anchors.write()
        except OSError as error:
            _log.error("anchor_not_written", reason=str(error.strerror))


def _is_known(error: Exception) -> bool:
    return isinstance(error, StorageError)
