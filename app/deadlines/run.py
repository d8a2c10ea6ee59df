"""A deadline request as read: moments in +08:00, in a possible order, pauses clipped and merged."""

from __future__ import annotations

from datetime import MAXYEAR, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final, NamedTuple

from app.deadlines.errors import (
    AfterCalendar,
    BeforeCalendar,
    DeadlineError,
    DeadlineFault,
    InputPath,
    PausesNotAllowed,
    TimeOrder,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from decimal import Decimal

    from app.deadlines.calendar import Calendar
    from app.deadlines.model import Day, Pause
    from app.deadlines.office import OfficeHours
    from app.deadlines.units import Unit

__all__ = ["FINISHED_AT", "NOW", "SHANGHAI", "STARTED_AT", "Clock", "ClockKind", "Reading", "Run", "Stop", "read_run"]

SHANGHAI: Final = timezone(timedelta(hours=8))
STARTED_AT: Final[InputPath] = ("started_at",)
FINISHED_AT: Final[InputPath] = ("finished_at",)
NOW: Final[InputPath] = ("now",)


class Stop(NamedTuple):
    """A stretch from ``begins`` up to, not including, ``ends`` in which the clock stands; ``path``: what ends it."""

    begins: datetime
    ends: datetime | None
    path: InputPath


class Clock(NamedTuple):
    """One kind of clock, set to a limit."""

    unit: Unit
    limit: Decimal
    limit_parts: int
    """The limit in the smallest parts that this kind counts: days or seconds."""
    kind: ClockKind


class ClockKind(NamedTuple):
    """How limits of one kind are measured and explained."""

    parts_per_unit: int
    least_parts: int
    takes_pauses: bool
    uses_calendar: bool
    is_timed: bool
    """Whether it measures time, to the second, and not days."""
    measure: Callable[[Run], Reading]
    explain: Callable[[Run, Reading], tuple[Day, ...]]


class Run(NamedTuple):
    """One clock as asked about."""

    clock: Clock
    start: datetime
    finish: datetime | None
    now: datetime
    reference: datetime
    """The moment up to which the clock is read: the finish, else now, and never before the start."""
    stops: tuple[Stop, ...]
    """In order, apart from one another, none before the start; only the last one may be open."""
    calendar: Calendar
    hours: OfficeHours

    @property
    def reference_path(self) -> InputPath:
        """The input that gives ``reference``."""
        return NOW if self.finish is None else FINISHED_AT


class Reading(NamedTuple):
    """What a clock shows: the due moment and how many parts are used of the limit."""

    due: datetime | None
    used_parts: int
    stops: tuple[Stop, ...] = ()
    """The stops that have an effect: those that begin before the due moment."""


def read_run(
    clock: Clock,
    started_at: datetime,
    pauses: Sequence[Pause],
    finished_at: datetime | None,
    now: datetime,
    *,
    calendar: Calendar,
    hours: OfficeHours,
) -> Run:
    """The request with its moments in +08:00.

    Clocks that measure time and not days are read to the whole second: their start and pauses lose fractions.

    Raises:
        DeadlineError: every bad input that can be told before counting.
        ValueError: a moment without an offset.
    """
    faults: list[DeadlineFault] = []
    kind = clock.kind
    start = _shanghai(started_at, STARTED_AT, faults)
    present = _shanghai(now, NOW, faults)
    finish = None if finished_at is None else _shanghai(finished_at, FINISHED_AT, faults)
    if start is not None and finish is not None and finish < start:
        faults.append(TimeOrder(FINISHED_AT, STARTED_AT))
    if start is not None and kind.uses_calendar and not calendar.covers(start.date()):
        faults.append(_outside(start.date(), calendar))
    if pauses and not kind.takes_pauses:
        faults.append(PausesNotAllowed(("pauses",), clock.unit))
    stops = _read_pauses(pauses, faults) if pauses else []
    if faults or start is None or present is None:
        raise DeadlineError(faults)
    if kind.is_timed:
        start = start.replace(microsecond=0)
        stops = [_to_the_second(stop) for stop in stops]
    merged = _merge(stops, start, finish) if stops else ()
    moment = present if finish is None else finish
    return Run(clock, start, finish, present, max(start, moment), merged, calendar, hours)


def _shanghai(value: datetime, path: InputPath, faults: list[DeadlineFault]) -> datetime | None:
    """The moment in +08:00; a fault and None where that lies outside the years that a date can have."""
    if value.tzinfo is SHANGHAI:
        return value
    if value.utcoffset() is None:
        msg = f"{'/'.join(map(str, path))} has no offset"
        raise ValueError(msg)
    try:
        return value.astimezone(SHANGHAI)
    except OverflowError:
        after = value.year == MAXYEAR
        faults.append(AfterCalendar(path, date.max) if after else BeforeCalendar(path, date.min))
        return None


def _outside(day: date, calendar: Calendar) -> DeadlineFault:
    if day < calendar.first_day:
        return BeforeCalendar(STARTED_AT, calendar.first_day)
    return AfterCalendar(STARTED_AT, calendar.last_day)


def _read_pauses(pauses: Sequence[Pause], faults: list[DeadlineFault]) -> list[Stop]:
    stops = []
    for index, pause in enumerate(pauses):
        opening: InputPath = ("pauses", index, "from")
        closing: InputPath = ("pauses", index, "to")
        begins = _shanghai(pause.begins, opening, faults)
        ends = None if pause.ends is None else _shanghai(pause.ends, closing, faults)
        if begins is None:
            continue
        if ends is not None and ends < begins:
            faults.append(TimeOrder(closing, opening))
        stops.append(Stop(begins, ends, closing))
    return stops


def _to_the_second(stop: Stop) -> Stop:
    ends = None if stop.ends is None else stop.ends.replace(microsecond=0)
    return Stop(stop.begins.replace(microsecond=0), ends, stop.path)


def _merge(stops: list[Stop], start: datetime, finish: datetime | None) -> tuple[Stop, ...]:
    """The stretches covered by any of ``stops``, in order: clipped at the start, the open ones ended by the finish."""
    merged: list[Stop] = []
    for stop in sorted(stops, key=_begins):
        begins, ends, path = max(stop.begins, start), stop.ends, stop.path
        if ends is None and finish is not None:
            ends, path = finish, FINISHED_AT
        if ends is not None and ends <= begins:
            continue
        last = merged[-1] if merged else None
        if last is None or (last.ends is not None and last.ends < begins):
            merged.append(Stop(begins, ends, path))
        elif last.ends is not None and (ends is None or ends > last.ends):
            merged[-1] = Stop(last.begins, ends, path)
    return tuple(merged)


def _begins(stop: Stop) -> datetime:
    return stop.begins
