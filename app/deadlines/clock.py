"""When a time limit runs out and where its clock stands: one function for the five kinds of clock."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from app.deadlines import half_day, other_clocks, working_days
from app.deadlines.model import BEFORE_PLAN, CalendarStatus, Deadline, State, WarningLevel
from app.deadlines.run import Clock, ClockKind, Reading, Run, read_run
from app.deadlines.units import OFFICE_SECONDS_PER_DAY, SECONDS_PER_HOUR, Unit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from app.deadlines.calendar import Calendar
    from app.deadlines.model import Pause
    from app.deadlines.office import OfficeHours

__all__ = ["clock_for", "compute_deadline"]

_HALF: Final = Decimal("0.5")
_NOTHING: Final = Decimal(0)
_DECIMALS: Final = 6


def compute_deadline(  # noqa: PLR0913  one argument for each thing a clock depends on; nothing is read from elsewhere
    limit: Decimal,
    unit: Unit,
    started_at: datetime,
    *,
    pauses: Sequence[Pause] = (),
    finished_at: datetime | None = None,
    now: datetime,
    calendar: Calendar,
    office_hours: OfficeHours,
    plan_start: date,
) -> Deadline:
    """When the limit runs out and where the clock stands.

    Args:
        limit: in ``unit``: whole days from 1, 0.5 working day, hours, or 0 on the spot.
        unit: what the limit counts.
        started_at: when the clock starts, with an offset. Time before acceptance is not the clock's.
        pauses: stretches in which a working-day clock stands, in any order, overlapping or not.
        finished_at: when the matter was done, with an offset; None: it is not done.
        now: the moment at which an unfinished clock is read, with an offset.
        calendar: the days that the offices work.
        office_hours: the opening times of such a day.
        plan_start: the day the plan was issued; an earlier start carries caveat ``before_plan``.

    Returns:
        The deadline; its ``days`` are made when first read.

    Raises:
        DeadlineError: the moments cannot be counted; each fault names its input.
        ValueError: a moment without an offset, or a limit that no clock measures.

    Source: approval-time rules of the plan; Administrative License Law art. 82; Civil Code art. 201.
    """
    clock = clock_for(limit, unit)
    run = read_run(clock, started_at, pauses, finished_at, now, calendar=calendar, hours=office_hours)
    reading = clock.kind.measure(run)
    used = _amount(reading.used_parts, clock.kind.parts_per_unit)
    return Deadline(
        due_at=reading.due,
        state=_state(run, reading),
        warning=_warning(run, reading),
        calendar=_calendar_status(run, reading),
        used=used,
        remaining=limit - used if used < limit else _NOTHING,
        limit=limit,
        unit=unit,
        caveats=(BEFORE_PLAN,) if run.start.date() < plan_start else (),
        run=run,
        reading=reading,
    )


@lru_cache(maxsize=64)
def clock_for(limit: Decimal, unit: Unit) -> Clock:
    """The clock that measures ``limit`` ``unit``.

    Args:
        limit: whole days, 1 or more, for the day units, or 0.5 for half a working day; hours that are whole seconds
            and more than none; 0 on the spot.
        unit: the unit of the limit.

    Raises:
        ValueError: no clock measures this limit. A pack with such a target must not be published.

    >>> from decimal import Decimal
    >>> clock_for(Decimal("0.5"), Unit.WORKING_DAY).limit_parts == 4 * 3600
    True
    """
    kind = _HALF_DAY if unit is Unit.WORKING_DAY and limit == _HALF else _KINDS[unit]
    parts = limit * kind.parts_per_unit
    if parts != int(parts) or parts < kind.least_parts or (unit is Unit.ON_THE_SPOT and parts):
        msg = f"no clock measures a limit of {limit} {unit}"
        raise ValueError(msg)
    return Clock(unit, limit, int(parts), kind)


_HALF_DAY: Final = ClockKind(
    parts_per_unit=OFFICE_SECONDS_PER_DAY,
    least_parts=1,
    takes_pauses=True,
    uses_calendar=True,
    is_timed=True,
    measure=half_day.measure,
    explain=half_day.explain,
)

_KINDS: Final = {
    Unit.WORKING_DAY: ClockKind(
        parts_per_unit=1,
        least_parts=1,
        takes_pauses=True,
        uses_calendar=True,
        is_timed=False,
        measure=working_days.measure,
        explain=working_days.explain,
    ),
    Unit.HOUR: ClockKind(
        parts_per_unit=SECONDS_PER_HOUR,
        least_parts=1,
        takes_pauses=False,
        uses_calendar=False,
        is_timed=True,
        measure=other_clocks.measure_hours,
        explain=other_clocks.explain_hours,
    ),
    Unit.CALENDAR_DAY: ClockKind(
        parts_per_unit=1,
        least_parts=1,
        takes_pauses=False,
        uses_calendar=False,
        is_timed=False,
        measure=other_clocks.measure_calendar_days,
        explain=other_clocks.explain_calendar_days,
    ),
    Unit.ON_THE_SPOT: ClockKind(
        parts_per_unit=1,
        least_parts=0,
        takes_pauses=False,
        uses_calendar=True,
        is_timed=False,
        measure=other_clocks.measure_on_the_spot,
        explain=other_clocks.explain_on_the_spot,
    ),
}


def _state(run: Run, reading: Reading) -> State:
    due = reading.due
    if due is not None and run.finish is not None:
        return State.MET if run.finish <= due else State.MET_LATE
    if due is not None and run.now > due:
        return State.OVERDUE
    for stop in reading.stops:
        if stop.begins <= run.now and (stop.ends is None or run.now < stop.ends):
            return State.PAUSED
    return State.RUNNING


def _warning(run: Run, reading: Reading) -> WarningLevel:
    if reading.due is not None and run.reference.date() >= reading.due.date():
        return WarningLevel.RED
    return WarningLevel.YELLOW if 5 * reading.used_parts >= 4 * run.clock.limit_parts else WarningLevel.GREEN


def _calendar_status(run: Run, reading: Reading) -> CalendarStatus | None:
    if not run.clock.kind.uses_calendar:
        return None
    last = reading.due or run.reference
    provisional = run.calendar.is_provisional(run.start.date(), last.date())
    return CalendarStatus.PROVISIONAL if provisional else CalendarStatus.OFFICIAL


def _amount(parts: int, per_unit: int) -> Decimal:
    """``parts / per_unit`` without trailing zeros, rounded half-up to six decimals where it is not finite before."""
    if per_unit == 1:
        return Decimal(parts)
    scale = 10**_DECIMALS
    scaled, decimals = (2 * parts * scale + per_unit) // (2 * per_unit), _DECIMALS
    while decimals and not scaled % 10:
        scaled, decimals = scaled // 10, decimals - 1
    return Decimal(f"{scaled}E-{decimals}")
