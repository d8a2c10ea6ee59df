"""What a deadline is asked with and answered by."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from datetime import date, datetime
    from decimal import Decimal

    from app.deadlines.run import Reading, Run
    from app.deadlines.units import Unit

__all__ = ["BEFORE_PLAN", "CalendarStatus", "Day", "Deadline", "Pause", "PauseReason", "State", "WarningLevel", "Why"]

BEFORE_PLAN: Final = "before_plan"
"""Caveat of a clock that was started before the plan was issued."""


class PauseReason(StrEnum):
    """Why a working-day clock may be stopped."""

    APPLICANT_CORRECTION = "applicant_correction"
    EXPERT_REVIEW = "expert_review"
    HEARING = "hearing"
    INSPECTION = "inspection"
    TESTING = "testing"
    PUBLIC_NOTICE = "public_notice"
    FORCE_MAJEURE = "force_majeure"


class Pause(NamedTuple):
    """A stop of the clock from ``begins`` up to, not including, ``ends``; None: not ended yet."""

    begins: datetime
    ends: datetime | None
    reason: PauseReason


class State(StrEnum):
    """Where the clock stands."""

    RUNNING = "running"
    PAUSED = "paused"
    OVERDUE = "overdue"
    MET = "met"
    MET_LATE = "met_late"


class WarningLevel(StrEnum):
    """How near the end is: red on the due date and after it, yellow from four fifths of the limit on."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


class CalendarStatus(StrEnum):
    """Whether every day looked at lies in a year with a notice."""

    OFFICIAL = "official"
    PROVISIONAL = "provisional"


class Why(StrEnum):
    """Why a day counts or not."""

    START_DAY = "start_day"
    WORKING_DAY = "working_day"
    MADE_UP_WORKING_DAY = "made_up_working_day"
    CALENDAR_DAY = "calendar_day"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    PAUSED = "paused"
    OUTSIDE_HOURS = "outside_hours"


class Day(NamedTuple):
    """One day of the working: whether it counts, and why."""

    date: date
    counts: bool
    why: Why


class Deadline(NamedTuple):
    """When a clock runs out and where it stands. Moments are in +08:00.

    ``used`` and ``remaining`` are in ``unit``, exact where the fraction ends within six decimals, else rounded
    half-up to six; together they make ``limit`` unless more than the limit is used.
    """

    due_at: datetime | None
    """None while a pause that began before the due moment has not ended."""
    state: State
    warning: WarningLevel
    calendar: CalendarStatus | None
    """None on the clocks that use no calendar."""
    used: Decimal
    remaining: Decimal
    limit: Decimal
    unit: Unit
    caveats: tuple[str, ...]
    run: Run
    """What was asked, and what the clock showed: all that the days are made from."""
    reading: Reading

    @property
    def days(self) -> tuple[Day, ...]:
        """Each day from the start to the due day (to the day of now while ``due_at`` is None), and why it counts.

        Made anew at each reading, so that who does not ask pays nothing. Empty on the hour clock.
        """
        return self.run.clock.kind.explain(self.run, self.reading)
