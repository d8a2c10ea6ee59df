"""Receipts of decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from beizeng_client.models.common import PolicyIdentity
from beizeng_client.models.sources import TellsSources
from beizeng_client.models.words import Operation

__all__ = [
    "Comparison",
    "Difference",
    "Receipt",
    "ReceiptDetail",
    "ReceiptList",
    "Replay",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What was decided, when, for whom, and on the ground of what."""

    id: str
    """The same as X-Decision-ID."""
    number: int
    """The place in the chain."""
    at: datetime
    operation: Operation
    subject: str | None
    """The time limit asked about."""
    application: str
    request_id: str
    policy: PolicyIdentity
    figures: str
    """Digest of the county's figures."""
    calendar: str
    """Version of the calendar."""
    program: str
    """Version of the program."""
    on: str | None
    known_at: str | None
    language: str
    personal: str
    """Personal facts: encrypt or hash."""
    answer_sha256: str
    mac: str
    previous_mac: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptDetail(Receipt):
    """A receipt with the request that was answered."""

    genuine: bool
    """The row is as it was written."""
    request: Mapping[str, Any] | None
    """The request as sent; null where it cannot be opened."""
    said: TellsSources | None = None
    """What other offices said; `None` where none was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptList:
    """A page, the newest first."""

    items: tuple[Receipt, ...]
    next_cursor: str | None
    """The next page, null at the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that the answer rests on and that is not as it was."""

    part: str
    then: str | None
    now: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The same bytes, or what differs; `identical` is null where it cannot be told."""

    identical: bool | None
    answer_sha256: str | None
    differs: tuple[Difference, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay(Comparison):
    """The decision again as it was known then, and as it would be given now."""

    id: str
    genuine: bool
    now: Comparison
