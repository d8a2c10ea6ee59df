"""Time limits and their clocks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from beizeng_client.models.common import Caveat, Receipted
from beizeng_client.models.sources import TellsSources
from beizeng_client.models.words import CalendarState, ClockState, ClockWarning, DayReason, MatchStatus, TimeUnit

__all__ = [
    "CountedDay",
    "Deadline",
    "Range",
    "Target",
    "TargetList",
    "TargetMatch",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One time limit."""

    id: str
    clause: str
    what: str
    limit: Decimal
    unit: TimeUnit
    runs_from: str
    ends_with: str
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetList:
    """Every time limit, in the order of the table."""

    items: tuple[Target, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Smallest and largest limit still possible in one unit."""

    unit: TimeUnit
    min: Decimal
    max: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetMatch(Receipted, TellsSources):
    """Which time limit applies."""

    status: MatchStatus
    targets: tuple[str, ...]
    missing_facts: tuple[str, ...]
    ranges: tuple[Range, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedDay:
    """One day of the working."""

    date: date
    counts: bool
    why: DayReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline(Receipted):
    """When the clock runs out and where it stands. `used` and `remaining` are in `unit`."""

    target: str
    due_at: datetime | None
    """Null: open because of a pause."""
    state: ClockState
    warning: ClockWarning
    calendar: CalendarState | None
    used: Decimal
    remaining: Decimal
    limit: Decimal
    unit: TimeUnit
    caveats: tuple[Caveat, ...]
    days: tuple[CountedDay, ...]
