"""What several answers share."""

from __future__ import annotations

from dataclasses import dataclass

from beizeng_client.models.words import Readiness, ReceiptKeeping

__all__ = [
    "Alive",
    "BothLanguages",
    "Caveat",
    "PolicyIdentity",
    "Problem",
    "ProblemEntry",
    "Ready",
    "Receipted",
]


@dataclass(frozen=True, kw_only=True)
class Receipted:
    """An answer that the service keeps a receipt of."""

    receipt_id: str | None = None
    """The header `X-Decision-ID`; `None` where the service keeps no receipts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BothLanguages:
    """The same words in Chinese and English."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyIdentity:
    """Which version answered."""

    id: str
    version: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Caveat:
    """What hangs over a result without changing it."""

    code: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemEntry:
    """One bad value."""

    pointer: str
    """RFC 6901 pointer into the body; /query/<name> for a query parameter."""
    code: str
    """Stable code."""
    message: str
    """For people."""
    suggestions: tuple[str, ...]
    """The nearest known names, empty if none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """RFC 9457: every answer that is no success."""

    type: str
    code: str
    title: str
    status: int
    detail: str
    instance: str
    request_id: str
    errors: tuple[ProblemEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alive:
    """The process answers."""

    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """Every part is there, or which one is missing."""

    status: Readiness
    parts: tuple[str, ...]
    """The parts there: database, rule_set, calendar, and receipts where they are kept."""
    receipts: ReceiptKeeping
