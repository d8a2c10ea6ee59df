"""Receipts and the records of their exports."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import delete, func, insert, select

from app.storage.receipt_models import ReceiptExportRow, ReceiptRow
from app.storage.statements import Statements

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.engine import Connection

__all__ = ["ReceiptFilter", "Receipts", "StoredExport", "StoredReceipt"]

_PAGE: Final = 1000


class StoredReceipt(NamedTuple):
    """A row of the chain; the fields are those of :class:`~app.storage.receipt_models.ReceiptRow`."""

    number: int
    id: str
    application: str
    request_id: str
    at: str
    operation: str
    subject: str
    policy_id: str
    policy_version: str
    policy_sha256: str
    figures: str
    calendar: str
    program: str
    revision: str
    on_date: str
    known_at: str
    language: str
    personal: str
    sealed: bytes
    answer: str
    previous: bytes
    mac: bytes


@dataclass(frozen=True, slots=True)
class StoredExport:
    """Everything up to ``number``, whose MAC is ``last_mac``, was exported."""

    number: int
    last_mac: bytes
    exported_at: str
    file_sha256: str
    mac: bytes


@dataclass(frozen=True, slots=True)
class ReceiptFilter:
    """What narrows a list of receipts; None does not. ``since`` and ``until`` are compared as text with ``at``."""

    application: str | None = None
    policy_id: str | None = None
    since: str | None = None
    until: str | None = None


_NAMES: Final = StoredReceipt._fields
_COLUMNS: Final = [getattr(ReceiptRow, name) for name in _NAMES]
_EXPORT_COLUMNS: Final = [getattr(ReceiptExportRow, field.name) for field in fields(StoredExport)]
#: What every group takes.
_HEAD: Final = "SELECT number, mac FROM receipts ORDER BY number DESC LIMIT 1"
_MARKS: Final = ", ".join("?" * len(_NAMES))
_INSERT: Final = f"INSERT INTO receipts ({', '.join(_NAMES)}) VALUES ({_MARKS})"  # noqa: S608 - names of this file only


@cache
def _insert_of(count: int) -> str:
    return _INSERT + f", ({_MARKS})" * (count - 1)


class Receipts:
    """The receipts that a unit of work sees."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this unit of work."""
        self._connection = connection
        self._statements = Statements(connection)

    def head(self) -> tuple[int, bytes] | None:
        """Number and MAC of the last receipt; where all were pruned, of the last export."""
        for number, mac in self._statements.rows(_HEAD):
            return number, mac
        exports = ReceiptExportRow
        last = select(exports.number, exports.last_mac).order_by(exports.number.desc()).limit(1)
        found = self._connection.execute(last).first()
        return None if found is None else (found[0], found[1])

    def add(self, receipts: Sequence[StoredReceipt]) -> None:
        """Add rows to the end of the chain."""
        self._statements.run_for_each(_INSERT, receipts)

    def add_at_once(self, receipts: Sequence[StoredReceipt]) -> bool:
        """Add rows by one statement; False, and none is added, when their numbers are taken."""
        values = [value for receipt in receipts for value in receipt]
        return self._statements.has_added(_insert_of(len(receipts)), values)

    def at(self, number: int) -> StoredReceipt | None:
        """The receipt at a place of the chain."""
        found = self._connection.execute(select(*_COLUMNS).where(ReceiptRow.number == number)).first()
        return None if found is None else StoredReceipt(*found)

    def find(self, receipt_id: str) -> StoredReceipt | None:
        """The receipt with that id."""
        found = self._connection.execute(select(*_COLUMNS).where(ReceiptRow.id == receipt_id)).first()
        return None if found is None else StoredReceipt(*found)

    def page(self, narrowed: ReceiptFilter, before: int | None, limit: int) -> tuple[StoredReceipt, ...]:
        """The newest first, below the number ``before``."""
        rows = ReceiptRow
        query = select(*_COLUMNS).order_by(rows.number.desc()).limit(limit)
        for column, value in ((rows.application, narrowed.application), (rows.policy_id, narrowed.policy_id)):
            query = query if value is None else query.where(column == value)
        query = query if narrowed.since is None else query.where(rows.at >= narrowed.since)
        query = query if narrowed.until is None else query.where(rows.at < narrowed.until)
        query = query if before is None else query.where(rows.number < before)
        return tuple(StoredReceipt(*found) for found in self._connection.execute(query))

    def walk(self, through: int | None = None) -> Iterator[StoredReceipt]:
        """Every receipt in the order of the chain, up to a number."""
        rows, last = ReceiptRow, None
        while True:
            query = select(*_COLUMNS).order_by(rows.number).limit(_PAGE)
            query = query if last is None else query.where(rows.number > last)
            query = query if through is None else query.where(rows.number <= through)
            found = self._connection.execute(query).all()
            yield from (StoredReceipt(*row) for row in found)
            if len(found) < _PAGE:
                return
            last = found[-1][0]

    def last_before(self, moment: str) -> int | None:
        """The number up to which every receipt is older than a moment."""
        rows = ReceiptRow
        younger = self._connection.scalar(select(func.min(rows.number)).where(rows.at >= moment))
        query = select(func.max(rows.number))
        return self._connection.scalar(query if younger is None else query.where(rows.number < younger))

    def exports(self) -> tuple[StoredExport, ...]:
        """The records of exports in order."""
        query = select(*_EXPORT_COLUMNS).order_by(ReceiptExportRow.number)
        return tuple(StoredExport(*row) for row in self._connection.execute(query))

    def record_export(self, export: StoredExport) -> None:
        """Keep that everything up to a number was exported."""
        values = {field.name: getattr(export, field.name) for field in fields(StoredExport)}
        self._connection.execute(insert(ReceiptExportRow), [values])

    def prune(self, through: int) -> int:
        """Remove exported receipts; the database refuses the others. How many were removed."""
        removed = self._connection.execute(delete(ReceiptRow).where(ReceiptRow.number <= through))
        return int(removed.rowcount)
