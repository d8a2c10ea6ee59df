"""Is the chain of receipts whole? Also after the oldest were exported and pruned."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import orjson

from app.services.receipt_anchors import AnchorFile
from app.services.receipt_chain import GENESIS, ReceiptKeys
from app.services.receipts import moment_text
from app.storage.receipt_queue import WriterQueue
from app.storage.receipt_scan import scan_receipts, structure_faults
from app.storage.repositories import Receipts, StoredExport

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from app.clock import Clock
    from app.services.master_key import MasterKey
    from app.storage.repositories import StoredReceipt
    from app.storage.session import Database

__all__ = ["ChainFault", "Verified", "export_receipts", "prune_receipts", "verify_chain"]


@dataclass(frozen=True, slots=True)
class ChainFault:
    """One thing that is not as it was written.

    ``kind``: changed, missing, reordered, export_changed, anchor_changed, rebuilt, cut, file_damaged.
    ``number`` is the place in the chain, 0 where none can be told.
    """

    kind: str
    number: int
    id: str = ""


@dataclass(frozen=True, slots=True)
class Verified:
    """How many receipts and anchors were looked at, and every fault."""

    receipts: int
    anchors: int
    faults: tuple[ChainFault, ...]


def verify_chain(database: Database, key: MasterKey, anchor_path: Path, clock: Clock) -> Verified:
    """Look at every receipt, every export's record and every anchor.

    Raises:
        StorageError: the database cannot be read.
    """
    keys = ReceiptKeys(key)
    faults = [ChainFault("file_damaged", 0, found) for found in structure_faults(database)]
    with database.reading() as session:
        exports = Receipts(session.connection()).exports()
    faults += [
        ChainFault("export_changed", export.number) for export in exports if keys.mac_of_export(export) != export.mac
    ]
    walk = _Walk(keys, {export.number: export.last_mac for export in exports})
    for receipt in scan_receipts(database):
        walk.step(receipt)
    faults += walk.faults
    anchors = AnchorFile(anchor_path, keys, clock).read()
    for anchor in anchors:
        if not anchor.sound:
            faults.append(ChainFault("anchor_changed", anchor.number))
        elif anchor.number > walk.last:
            faults.append(ChainFault("cut", anchor.number))
        elif walk.macs.get(anchor.number, anchor.mac) != anchor.mac:
            faults.append(ChainFault("rebuilt", anchor.number))
    return Verified(walk.count, len(anchors), tuple(faults))


class _Walk:
    """Goes down the chain; remembers the MACs, which anchors are compared with."""

    def __init__(self, keys: ReceiptKeys, exported: dict[int, bytes]) -> None:
        self._keys, self._exported = keys, exported
        self.last, self._mac = 0, GENESIS
        self.count = 0
        self.macs: dict[int, bytes] = {}
        self.faults: list[ChainFault] = []

    def step(self, receipt: StoredReceipt) -> None:
        """The next row by number."""
        if not self.count and receipt.number - 1 in self._exported:
            self.last, self._mac = receipt.number - 1, self._exported[receipt.number - 1]
        self.count += 1
        self.faults += [ChainFault("missing", number) for number in range(self.last + 1, receipt.number)][:1000]
        followed = receipt.number == self.last + 1
        if not self._is_genuine(receipt):
            self.faults.append(ChainFault("changed", receipt.number, str(receipt.id)))
        elif followed and receipt.previous != self._mac:
            self.faults.append(ChainFault("reordered", receipt.number, receipt.id))
        self.last, self._mac = receipt.number, receipt.mac
        self.macs[receipt.number] = receipt.mac

    def _is_genuine(self, receipt: StoredReceipt) -> bool:
        try:
            return self._keys.mac_of(receipt) == receipt.mac
        except (AttributeError, TypeError, ValueError):
            return False  # a value of another type than any that is ever written


def export_receipts(database: Database, key: MasterKey, target: Path, before: datetime, clock: Clock) -> int:
    """Write every receipt older than a moment to a new file, one JSON object a line, and record that; how many.

    Raises:
        StorageError: the database cannot be read or written.
        OSError: the file is there already, or cannot be written.
    """
    keys, queue = ReceiptKeys(key), WriterQueue(database)
    try:
        with queue.writing() as connection:
            receipts = Receipts(connection)
            through = receipts.last_before(moment_text(before))
            recorded = receipts.exports()
            if through is None or (recorded and recorded[-1].number >= through):
                return 0
            count, last_mac, digest = _write(receipts, through, target)
            export = StoredExport(through, last_mac, moment_text(clock.now()), digest, b"")
            receipts.record_export(replace(export, mac=keys.mac_of_export(export)))
    finally:
        queue.close()
    return count


def _write(receipts: Receipts, through: int, target: Path) -> tuple[int, bytes, str]:
    count, mac, digest = 0, b"", sha256()
    with target.open("xb") as file:
        for receipt in receipts.walk(through):
            line = orjson.dumps(_as_text(receipt)) + b"\n"
            file.write(line)
            digest.update(line)
            count, mac = count + 1, receipt.mac
        file.flush()
        os.fsync(file.fileno())
    return count, mac, digest.hexdigest()


def _as_text(receipt: StoredReceipt) -> dict[str, Any]:
    """Bytes as hexadecimal digits."""
    return {name: value.hex() if isinstance(value, bytes) else value for name, value in receipt._asdict().items()}


def prune_receipts(database: Database, before: datetime) -> int:
    """Remove the exported receipts that are older than a moment; how many there were.

    The record of the export keeps the MAC that the first receipt left is chained to.

    Raises:
        StorageError: the database cannot be written.
    """
    queue = WriterQueue(database)
    try:
        with queue.writing() as connection:
            receipts = Receipts(connection)
            through = receipts.last_before(moment_text(before))
            exported = [export.number for export in receipts.exports() if through and export.number <= through]
            return receipts.prune(exported[-1]) if exported else 0
    finally:
        queue.close()
