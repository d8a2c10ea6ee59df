"""Anchors of the chain, outside the database: who rewrites the database cannot rewrite them."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import orjson

if TYPE_CHECKING:
    from pathlib import Path

    from app.clock import Clock
    from app.services.receipt_chain import ReceiptKeys

__all__ = ["Anchor", "AnchorFile"]

EVERY: Final = 1000
SECONDS: Final = 600


@dataclass(frozen=True, slots=True)
class Anchor:
    """The receipt with this number had this MAC; ``sound`` when the anchor itself is as it was written."""

    number: int
    mac: bytes
    at: str
    sound: bool


class AnchorFile:
    """One JSON object a line, only ever appended and synced: every 1,000 receipts, every ten minutes, at the end."""

    def __init__(self, path: Path, keys: ReceiptKeys, clock: Clock) -> None:
        """Nothing is opened yet."""
        self._path, self._keys, self._clock = path, keys, clock
        self._anchored = 0
        self._head: tuple[int, bytes] | None = None
        self._since = time.monotonic()

    def passed(self, number: int, mac: bytes) -> None:
        """The chain has come to this receipt.

        Raises:
            OSError: an anchor was due and could not be written; it stays due.
        """
        self._head = (number, mac)
        if number // EVERY > self._anchored // EVERY or time.monotonic() - self._since >= SECONDS:
            self.write()

    def write(self) -> None:
        """Anchor the chain where it is, unless that is done."""
        if self._head is None or self._head[0] == self._anchored:
            return
        (number, mac), at = self._head, self._clock.now().isoformat(timespec="seconds")
        seal = self._keys.mac_of_anchor(number, mac, at)
        line = orjson.dumps({"number": number, "mac": mac.hex(), "at": at, "seal": seal.hex()})
        self._path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            os.write(descriptor, line + b"\n")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        self._anchored, self._since = number, time.monotonic()

    def read(self) -> tuple[Anchor, ...]:
        """Every anchor written so far; a line that is none is an unsound anchor of number 0."""
        if not self._path.exists():
            return ()
        return tuple(map(self._anchor, self._path.read_bytes().splitlines()))

    def _anchor(self, line: bytes) -> Anchor:
        try:
            raw = orjson.loads(line)
            number, mac, at = int(raw["number"]), bytes.fromhex(raw["mac"]), str(raw["at"])
            return Anchor(number, mac, at, raw["seal"] == self._keys.mac_of_anchor(number, mac, at).hex())
        except (ValueError, KeyError, TypeError):
            return Anchor(0, b"", "", sound=False)
