"""The clocks that take no pauses: elapsed hours, calendar days, on the spot."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final

from app.deadlines.errors import AfterCalendar, DeadlineError
from app.deadlines.model import Day, Why
from app.deadlines.run import SHANGHAI, STARTED_AT, Reading, Run
from app.deadlines.working_days import close_of

__all__ = [
    "explain_calendar_days",
    "explain_hours",
    "explain_on_the_spot",
    "measure_calendar_days",
    "measure_hours",
    "measure_on_the_spot",
]

_END_OF_DAY: Final = time(23, 59, 59)
_ONE_SECOND: Final = timedelta(seconds=1)


def measure_hours(run: Run) -> Reading:
    """Due when the hours have gone by, nights and holidays included; used to the whole second."""
    try:
        due = run.start + timedelta(seconds=run.clock.limit_parts)
    except OverflowError:
        raise _past_all_dates() from None
    return Reading(due, (run.reference - run.start) // _ONE_SECOND)


def explain_hours(_run: Run, _reading: Reading) -> tuple[Day, ...]:
    """Elapsed hours count whatever the day: nothing to show."""
    return ()


def measure_calendar_days(run: Run) -> Reading:
    """Due at the end of the n-th day after the start day, holiday or not."""
    start_day = run.start.date()
    try:
        due = datetime.combine(start_day + timedelta(days=run.clock.limit_parts), _END_OF_DAY, SHANGHAI)
    except OverflowError:
        raise _past_all_dates() from None
    return Reading(due, (run.reference.date() - start_day).days)


def explain_calendar_days(run: Run, _reading: Reading) -> tuple[Day, ...]:
    """The start day, then every day up to the last."""
    first = run.start.date()
    rest = (first + timedelta(days=number) for number in range(1, run.clock.limit_parts + 1))
    return Day(first, counts=False, why=Why.START_DAY), *(Day(day, counts=True, why=Why.CALENDAR_DAY) for day in rest)


def measure_on_the_spot(run: Run) -> Reading:
    """Due at the close of the office day of receipt; received when that is over, or on a day off: of the next one."""
    calendar, day = run.calendar, run.start.date()
    close = datetime.combine(day, run.hours.close, SHANGHAI)
    if calendar.is_worked(day, STARTED_AT) and run.start < close:
        return Reading(close, 0)
    return Reading(close_of(run, calendar.worked_through(day, STARTED_AT) + 1, STARTED_AT), 0)


def explain_on_the_spot(run: Run, reading: Reading) -> tuple[Day, ...]:
    """The day of receipt and, where that is not the due day, the days up to it; only the due day counts."""
    first = run.start.date()
    last = (reading.due or run.start).date()
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return tuple(_explain_office_day(run, day, last) for day in days)


def _explain_office_day(run: Run, day: date, due_day: date) -> Day:
    kind = run.calendar.classify(day)
    late = kind.is_worked and day != due_day
    return Day(day, day == due_day, Why.OUTSIDE_HOURS if late else Why(kind.value))


def _past_all_dates() -> DeadlineError:
    return DeadlineError([AfterCalendar(STARTED_AT, date.max)])
