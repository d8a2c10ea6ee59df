"""The calendar of the offices: published notices, the office's own notices laid over them, statutory days after that.

Years with a notice are official: 2004 to the last year of the published data, and each year for which the office has
entered a notice. The years after them have their weekends and the statutory days known by law; they are provisional.
Past the last of those nothing is known.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from chinese_calendar.constants import holidays as _published_days_off
from chinese_calendar.constants import workdays as _published_working_days

from app.deadlines import Basis, Calendar
from app.rules.errors import Fault, InputError
from app.rules.reading import json_type, read_date, read_text
from app.services.packs import PACKAGED, read_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

__all__ = ["HolidayNotice", "build_calendar", "packaged_notices", "read_notice", "statutory_days"]

_FOLDER: Final = PACKAGED / "calendars"


@dataclass(frozen=True)
class HolidayNotice:
    """A notice on the holidays of one year, or on changes to them.

    It may name days of that year and of the December before it (New Year's holiday). What it does not name stays as
    it was: a day of the week, a statutory day, a day of an earlier notice.
    """

    year: int
    document: str
    """Its number, as the State Council's General Office gives it."""
    published_on: date
    days_off: tuple[date, ...]
    """Every day off, weekend days inside a holiday included."""
    working_days: tuple[date, ...]
    """Weekend days that are worked, and days off of an earlier notice that are so no longer."""


class _Layers(NamedTuple):
    """A calendar in the making."""

    years: dict[int, Basis]
    days_off: frozenset[date]
    working_days: frozenset[date]


def build_calendar(notices: Sequence[HolidayNotice] = ()) -> Calendar:
    """The packaged calendar with the office's notices laid over it, the later published over the earlier.

    Raises:
        InputError: a notice for a year that leaves a gap behind the years known, or one that names a day of another
            year or the same day twice; paths lead from the sequence of notices.
    """
    faults = [fault.below(index) for index, notice in enumerate(notices) for fault in _day_faults(notice)]
    packaged = _packaged_layers()
    faults += _year_faults(notices, packaged.years)
    if faults:
        raise InputError(faults)
    return Calendar(*_lay_over(packaged, notices, Basis.ENTERED)) if notices else _packaged_calendar()


def read_notice(raw: Mapping[str, Any]) -> HolidayNotice:
    """A notice as entered: ``year``, ``document``, ``published_on``, ``days_off``, ``working_days``.

    The year may be a number or digits; dates are ``YYYY-MM-DD``; a missing list is empty.

    Raises:
        InputError: every bad value and unknown name.
    """
    known = [field.name for field in fields(HolidayNotice)]
    faults = [Fault("unknown_field", (name,), {"allowed": known}) for name in raw if name not in known]
    values: dict[str, Any] = {}
    for name, reader in _READERS.items():
        if raw.get(name) is None and name not in _LISTS:
            faults.append(Fault("missing_field", (name,)))
            continue
        value = reader(raw.get(name))
        found = [value] if isinstance(value, Fault) else value if isinstance(value, list) else []
        faults += [fault.below(name) for fault in found]
        values[name] = value
    if faults:
        raise InputError(faults)
    notice = HolidayNotice(**values)
    if faults := _day_faults(notice):
        raise InputError(faults)
    return notice


@cache
def packaged_notices() -> tuple[HolidayNotice, ...]:
    """The notices that come with the product because the published data lacks them."""
    return tuple(read_notice(raw) for raw in read_yaml(_FOLDER / "notices.yaml")["notices"])


def _plain_weekends() -> frozenset[date]:
    """Weekend days that the published data counts into a holiday and no notice does."""
    return frozenset(map(date.fromisoformat, read_yaml(_FOLDER / "notices.yaml")["plain_weekends"]))


@cache
def statutory_days() -> Mapping[int, frozenset[date]]:
    """The days off known by law, for each year that the law's days have been worked out for."""
    return {
        int(entry["year"]): frozenset(
            date.fromisoformat(day) for name, days in entry.items() if name != "year" for day in days
        )
        for entry in read_yaml(_FOLDER / "statutory.yaml")["years"]
    }


@cache
def _packaged_calendar() -> Calendar:
    return Calendar(*_packaged_layers())


@cache
def _packaged_layers() -> _Layers:
    """Published years, then those known by law alone; a year that has been published needs no statutory days."""
    days_off = frozenset(_published_days_off) - _plain_weekends()
    working_days = frozenset(_published_working_days)
    last = max(days_off).year
    years = dict.fromkeys(range(min(days_off).year, last + 1), Basis.PUBLISHED)
    later = {year: days for year, days in statutory_days().items() if year > last}
    years |= dict.fromkeys(later, Basis.PROVISIONAL)
    layers = _Layers(years, days_off.union(*later.values()), working_days)
    return _lay_over(layers, packaged_notices(), Basis.PUBLISHED)


def _lay_over(layers: _Layers, notices: Iterable[HolidayNotice], basis: Basis) -> _Layers:
    years, days_off, working_days = dict(layers.years), layers.days_off, layers.working_days
    for notice in sorted(notices, key=lambda notice: notice.published_on):
        years[notice.year] = basis
        off, worked = frozenset(notice.days_off), frozenset(notice.working_days)
        days_off = (days_off | off) - worked
        working_days = (working_days | worked) - off
    return _Layers(years, days_off, working_days)


def _day_faults(notice: HolidayNotice) -> list[Fault]:
    first, last = date(notice.year - 1, 12, 1), date(notice.year, 12, 31)
    faults = [
        Fault("out_of_range", (name, index), {"value": str(day), "minimum": first, "maximum": last})
        for name in _LISTS
        for index, day in enumerate(getattr(notice, name))
        if not first <= day <= last
    ]
    both = set(notice.days_off)
    faults += [
        Fault("day_off_and_worked", ("working_days", index), {"value": str(day)})
        for index, day in enumerate(notice.working_days)
        if day in both
    ]
    return faults


def _year_faults(notices: Sequence[HolidayNotice], packaged: Mapping[int, Basis]) -> list[Fault]:
    """Notices may reach beyond the years known, one year after the other; never before the first."""
    first, last = min(packaged), max(packaged)
    entered = {notice.year for notice in notices}
    while last + 1 in entered:
        last += 1
    return [
        Fault("out_of_range", (index, "year"), {"value": str(notice.year), "minimum": first, "maximum": last + 1})
        for index, notice in enumerate(notices)
        if not first <= notice.year <= last
    ]


def _read_year(raw: object) -> int | Fault:
    text = str(raw) if isinstance(raw, (int, str)) and not isinstance(raw, bool) else ""
    if len(text) == _YEAR_DIGITS and text.isascii() and text.isdigit() and text > "1949":
        return int(text)
    return Fault("wrong_type", (), {"expected": "year", "actual": json_type(raw)})


def _read_days(raw: object) -> tuple[date, ...] | Fault | list[Fault]:
    if raw is None:
        return ()
    if not isinstance(raw, (list, tuple)):
        return Fault("wrong_type", (), {"expected": "array", "actual": json_type(raw)})
    days = [read_date(day) for day in raw]
    faults = [day.below(index) for index, day in enumerate(days) if isinstance(day, Fault)]
    return faults or tuple(sorted({day for day in days if isinstance(day, date)}))


_YEAR_DIGITS: Final = 4
_LISTS: Final = ("days_off", "working_days")
_READERS: Final[Mapping[str, Callable[[object], object]]] = {
    "year": _read_year,
    "document": read_text,
    "published_on": read_date,
    "days_off": _read_days,
    "working_days": _read_days,
}
