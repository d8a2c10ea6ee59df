"""Which days the county's offices work: one prepared index, so that counting days is two integer look-ups."""

from __future__ import annotations

import hashlib
from array import array
from datetime import MAXYEAR, date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from app.deadlines.errors import AfterCalendar, BeforeCalendar, DeadlineError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from app.deadlines.errors import InputPath

__all__ = ["Basis", "Calendar", "DayKind"]

_SATURDAY: Final = 5


class DayKind(StrEnum):
    """What a day is to an office."""

    WORKING_DAY = "working_day"
    MADE_UP_WORKING_DAY = "made_up_working_day"
    """A Saturday or Sunday that a notice has worked (调休)."""
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    """A day off by statute or notice; the weekend days inside a holiday included."""

    @property
    def is_worked(self) -> bool:
        """Whether the offices work on such a day."""
        return self in _WORKED


_WORKED: Final = frozenset({DayKind.WORKING_DAY, DayKind.MADE_UP_WORKING_DAY})
_KINDS: Final = tuple(DayKind)


class Basis(StrEnum):
    """Where the days of a year come from."""

    PUBLISHED = "published"
    """The State Council's notice, as packaged with the service."""
    ENTERED = "entered"
    """A notice that the office has entered; official like a packaged one."""
    PROVISIONAL = "provisional"
    """No notice yet: weekends and the statutory days known by law."""


class Calendar:
    """The day kinds of whole consecutive years, prepared for counting. Never changes once made.

    Args:
        years: the basis of each year; consecutive years.
        days_off: days on which the offices are closed by statute or notice. A weekend day among them is a holiday.
        working_days: weekend days that are worked. Weekdays are worked anyway and may be named as well.

    Raises:
        ValueError: no year, a gap between years, a day outside them, or a day both off and worked.
    """

    __slots__ = (
        "_first_provisional",
        "_kinds",
        "_length",
        "_origin",
        "_provisional",
        "_through",
        "_working",
        "first_day",
        "last_day",
        "version",
        "years",
    )

    def __init__(self, years: Mapping[int, Basis], days_off: Collection[date], working_days: Collection[date]) -> None:
        self.years: Final[Mapping[int, Basis]] = dict(sorted(years.items()))
        self.first_day, self.last_day = _span(self.years)
        self._origin: Final = self.first_day.toordinal()
        self._length: Final = self.last_day.toordinal() - self._origin + 1
        self._provisional: Final = frozenset(y for y, basis in self.years.items() if basis is Basis.PROVISIONAL)
        self._first_provisional: Final = min(self._provisional, default=MAXYEAR + 1)
        self._kinds: Final = self._day_kinds(frozenset(days_off), frozenset(working_days))
        self._through, self._working = self._index()
        self.version: Final = self._content_hash()

    def covers(self, day: date) -> bool:
        """Whether the calendar knows this day."""
        return self.first_day <= day <= self.last_day

    def classify(self, day: date, path: InputPath = ()) -> DayKind:
        """The kind of a day; a :class:`DeadlineError` that names ``path`` for a day that the calendar does not know."""
        return _KINDS[self._kinds[self._position(day, path)]]

    def is_worked(self, day: date, path: InputPath = ()) -> bool:
        """Whether the offices work on this day; raises as :meth:`classify`."""
        return self._kinds[self._position(day, path)] < _FIRST_OFF

    def worked_through(self, day: date, path: InputPath = ()) -> int:
        """How many days were worked from the calendar's first day up to and including ``day``; raises as above."""
        position = day.toordinal() - self._origin
        if 0 <= position < self._length:
            return self._through[position]
        raise self._unknown(day, path)

    def worked_day(self, number: int) -> date | None:
        """The ``number``-th day worked since the calendar's first day, from 1; None past its last day.

        The inverse of :meth:`worked_through`: the n-th working day after a day is
        ``worked_day(worked_through(day) + n)``.
        """
        return self._working[number - 1] if number <= len(self._working) else None

    def is_provisional(self, first: date, last: date) -> bool:
        """Whether any day from ``first`` to ``last`` lies in a year without a notice."""
        if last.year < self._first_provisional:
            return False
        return not self._provisional.isdisjoint(range(first.year, last.year + 1))

    @property
    def provisional_years(self) -> tuple[int, ...]:
        """The years without a notice, in order."""
        return tuple(sorted(self._provisional))

    @property
    def official_until(self) -> date:
        """The last day before the first year without a notice."""
        return date(self._first_provisional - 1, 12, 31) if self._provisional else self.last_day

    def _position(self, day: date, path: InputPath) -> int:
        position = day.toordinal() - self._origin
        if 0 <= position < self._length:
            return position
        raise self._unknown(day, path)

    def _unknown(self, day: date, path: InputPath) -> DeadlineError:
        before = day < self.first_day
        return DeadlineError([BeforeCalendar(path, self.first_day) if before else AfterCalendar(path, self.last_day)])

    def _day_kinds(self, days_off: frozenset[date], working_days: frozenset[date]) -> bytes:
        named = days_off | working_days
        if strays := sorted(day for day in named if not self.covers(day)) or sorted(days_off & working_days):
            msg = f"outside the calendar, or both off and worked: {', '.join(map(str, strays[:5]))}"
            raise ValueError(msg)
        days = (self.first_day + timedelta(days=n) for n in range(self._length))
        return bytes(_KINDS.index(_kind(day, days_off, working_days)) for day in days)

    def _index(self) -> tuple[array[int], tuple[date, ...]]:
        through = array("l")
        working: list[date] = []
        for position, kind in enumerate(self._kinds):
            if kind < _FIRST_OFF:
                working.append(self.first_day + timedelta(days=position))
            through.append(len(working))
        return through, tuple(working)

    def _content_hash(self) -> str:
        head = f"{self.first_day} provisional {','.join(map(str, self.provisional_years))}\n"
        return hashlib.sha256(head.encode("ascii") + self._kinds).hexdigest()


_FIRST_OFF: Final = _KINDS.index(DayKind.WEEKEND)
"""Kinds are stored by their place in the enumeration: those before this one are worked."""


def _span(years: Mapping[int, Basis]) -> tuple[date, date]:
    if not years or list(years) != list(range(min(years), max(years) + 1)):
        msg = f"the years of a calendar follow one another without a gap: {list(years)}"
        raise ValueError(msg)
    return date(min(years), 1, 1), date(max(years), 12, 31)


def _kind(day: date, days_off: frozenset[date], working_days: frozenset[date]) -> DayKind:
    if day in days_off:
        return DayKind.HOLIDAY
    if day.weekday() < _SATURDAY:
        return DayKind.WORKING_DAY
    return DayKind.MADE_UP_WORKING_DAY if day in working_days else DayKind.WEEKEND
