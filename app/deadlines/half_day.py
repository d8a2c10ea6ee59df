"""The half-day clock: four office hours, counted inside office hours from the very minute.

Office time is put on one line: the office seconds since the calendar's first day. Then every stretch is a difference
of two positions, and a due moment is the first one at its position.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from app.deadlines.errors import AfterCalendar, DeadlineError, InputPath
from app.deadlines.model import Day, Why
from app.deadlines.office import second_of_day
from app.deadlines.run import SHANGHAI, STARTED_AT, Reading, Run, Stop

if TYPE_CHECKING:
    from datetime import date

__all__ = ["explain", "measure"]


def measure(run: Run) -> Reading:
    """Due when four office hours have run since the start, the paused ones left out."""
    start = _position(run, run.start, STARTED_AT)
    target = start + run.clock.limit_parts
    due: datetime | None = _moment(run, target, STARTED_AT)
    effective: list[Stop] = []
    for stop in run.stops:
        if due is None or stop.begins >= due:
            break
        effective.append(stop)
        if stop.ends is None:
            due = None
        else:
            target += _between(run, stop.begins, stop.ends, stop.path)
            due = _moment(run, target, stop.path)
    used = _position(run, run.reference, run.reference_path) - start - _stopped(run, effective)
    return Reading(due, used, tuple(effective))


def explain(run: Run, reading: Reading) -> tuple[Day, ...]:
    """Each day from the start to the due day, or to the day of now while there is none.

    A day counts when any of its office time does.
    """
    first = run.start.date()
    last = (reading.due or run.reference).date()
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return tuple(_explain_day(run, reading, day) for day in days)


def _explain_day(run: Run, reading: Reading, day: date) -> Day:
    kind = run.calendar.classify(day)
    if not kind.is_worked:
        return Day(day, counts=False, why=Why(kind.value))
    midnight = datetime.combine(day, datetime.min.time(), SHANGHAI)
    opened = max(midnight, run.start)
    closed = datetime.combine(day, run.hours.close, SHANGHAI)
    office_time = _between(run, opened, closed, ()) if opened < closed else 0
    if not office_time:
        return Day(day, counts=False, why=Why.OUTSIDE_HOURS)
    stopped = sum(
        _between(run, max(stop.begins, opened), min(stop.ends or closed, closed), ())
        for stop in reading.stops
        if stop.begins < closed and (stop.ends is None or stop.ends > opened)
    )
    return Day(day, counts=office_time > stopped, why=Why(kind.value) if office_time > stopped else Why.PAUSED)


def _stopped(run: Run, stops: list[Stop]) -> int:
    """The office time up to the reference moment in which the clock stood."""
    end = run.reference
    begun = (stop for stop in stops if stop.begins < end)
    return sum(_between(run, stop.begins, min(stop.ends or end, end), run.reference_path) for stop in begun)


def _between(run: Run, begins: datetime, ends: datetime, path: InputPath) -> int:
    return _position(run, ends, path) - _position(run, begins, path)


def _position(run: Run, moment: datetime, path: InputPath) -> int:
    """The office seconds from the calendar's first day up to ``moment``."""
    day = moment.date()
    whole_days = run.calendar.worked_through(day, path)
    if not run.calendar.is_worked(day, path):
        return whole_days * run.hours.seconds
    return (whole_days - 1) * run.hours.seconds + run.hours.until(second_of_day(moment.time()))


def _moment(run: Run, position: int, path: InputPath) -> datetime:
    """The first moment at ``position``; ``path``: the input that puts it so late."""
    whole_days = (position - 1) // run.hours.seconds
    day = run.calendar.worked_day(whole_days + 1)
    if day is None:
        raise DeadlineError([AfterCalendar(path, run.calendar.last_day)])
    second = run.hours.second_when(position - whole_days * run.hours.seconds)
    return datetime.combine(day, datetime.min.time(), SHANGHAI) + timedelta(seconds=second)
