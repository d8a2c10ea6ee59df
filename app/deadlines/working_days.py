"""The working-day clock: whole days on which the offices work, from the day after the start.

Source: Administrative License Law art. 82 (day limits are working days); Civil Code art. 201 (the day of the start is
not counted).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

from app.deadlines.errors import AfterCalendar, DeadlineError, InputPath
from app.deadlines.model import Day, Why
from app.deadlines.run import SHANGHAI, STARTED_AT, Reading, Run, Stop

__all__ = ["close_of", "explain", "measure"]

_ONE_DAY = timedelta(days=1)


class _Stretch(NamedTuple):
    """Whole days on which the clock is paused, and how many of them would have counted."""

    first: date
    last: date
    worked: int


def measure(run: Run) -> Reading:
    """Due at the close of office of the n-th working day after the start day that no pause touches.

    A pause moves the due moment only if it begins before the due moment that all earlier ones lead to, so they are
    taken in the order of time.
    """
    start_day = run.start.date()
    worked = run.calendar.worked_through(start_day, STARTED_AT)
    number = worked + run.clock.limit_parts
    due: datetime | None = close_of(run, number, STARTED_AT)
    effective: list[Stop] = []
    paused: list[_Stretch] = []
    for stop in run.stops:
        if due is None or stop.begins >= due:
            break
        effective.append(stop)
        stretch = _touched(stop, run, paused[-1].last if paused else start_day)
        if stretch is not None:
            paused.append(stretch)
            number += stretch.worked
        due = None if stop.ends is None else close_of(run, number, stop.path)
    reference = run.reference.date()
    used = run.calendar.worked_through(reference, run.reference_path) - worked
    if paused:
        used -= sum(_worked(run, stretch.first, min(stretch.last, reference)) for stretch in paused)
    return Reading(due, used, tuple(effective))


def close_of(run: Run, number: int, path: InputPath) -> datetime:
    """The close of office of the calendar's ``number``-th working day; ``path``: the input that makes it so late."""
    day = run.calendar.worked_day(number)
    if day is None:
        raise DeadlineError([AfterCalendar(path, run.calendar.last_day)])
    return datetime.combine(day, run.hours.close, SHANGHAI)


def explain(run: Run, reading: Reading) -> tuple[Day, ...]:
    """Each day from the start to the due day, or to the day of now while there is none."""
    first = run.start.date()
    last = (reading.due or run.reference).date()
    days = [Day(first, counts=False, why=Why.START_DAY)]
    for number in range(1, (last - first).days + 1):
        day = first + timedelta(days=number)
        kind = run.calendar.classify(day)
        paused = kind.is_worked and any(_touches(stop, day) for stop in reading.stops)
        days.append(Day(day, kind.is_worked and not paused, Why.PAUSED if paused else Why(kind.value)))
    return tuple(days)


def _touched(stop: Stop, run: Run, done: date) -> _Stretch | None:
    """The days after ``done`` on any part of which the clock is stopped, up to now while the stop is open."""
    first = max(stop.begins.date(), done + _ONE_DAY)
    if stop.ends is None:
        last = run.reference.date()
        return _Stretch(first, last, 0) if first <= last else None
    last = _last_day(stop.ends)
    return _Stretch(first, last, _worked(run, first, last, stop.path)) if first <= last else None


def _worked(run: Run, first: date, last: date, path: InputPath = ()) -> int:
    if first > last:
        return 0
    return run.calendar.worked_through(last, path) - run.calendar.worked_through(first - _ONE_DAY, path)


def _last_day(ends: datetime) -> date:
    """The last day that a stop up to, not including, ``ends`` touches."""
    return (ends - timedelta.resolution).date()


def _touches(stop: Stop, day: date) -> bool:
    return stop.begins.date() <= day and (stop.ends is None or day <= _last_day(stop.ends))
