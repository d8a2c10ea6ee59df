"""The faults of a deadline request, by stable code and named fields; no status codes and no wording here.

DeadlineError             the request's moments cannot be counted; carries one fault for each bad input
└── faults: DeadlineFault
    ├── BeforeCalendar    before_calendar      a moment lies before the first day of the calendar
    ├── AfterCalendar     after_calendar       the clock runs past the last day that the calendar knows
    ├── PausesNotAllowed  pauses_not_allowed   this kind of clock cannot be stopped
    └── TimeOrder         time_order           a moment lies before the one that it must follow

``path`` leads from the root of the request to the input at fault, ``("pauses", 0, "to")``; ``params`` holds the
other named fields of the fault, for whoever words it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from app.deadlines.units import Unit

__all__ = [
    "AfterCalendar",
    "BeforeCalendar",
    "DeadlineError",
    "DeadlineFault",
    "InputPath",
    "PausesNotAllowed",
    "TimeOrder",
]

InputPath = tuple[str | int, ...]


@dataclass(frozen=True)
class DeadlineFault:
    """One bad input and where it stands."""

    code: ClassVar[str]
    path: InputPath

    @property
    def params(self) -> dict[str, Any]:
        """The named fields of the fault besides its place."""
        return {name: value for name, value in asdict(self).items() if name != "path"}


@dataclass(frozen=True)
class BeforeCalendar(DeadlineFault):
    """The moment lies before ``first_day``, the first day that can be counted."""

    code: ClassVar[str] = "before_calendar"
    first_day: date


@dataclass(frozen=True)
class AfterCalendar(DeadlineFault):
    """Counting from this input would need days after ``last_day``, the last one known."""

    code: ClassVar[str] = "after_calendar"
    last_day: date


@dataclass(frozen=True)
class PausesNotAllowed(DeadlineFault):
    """Clocks in ``unit`` run on whatever happens; only working-day clocks can be stopped."""

    code: ClassVar[str] = "pauses_not_allowed"
    unit: Unit


@dataclass(frozen=True)
class TimeOrder(DeadlineFault):
    """The moment at ``path`` lies before the one at ``not_before``."""

    code: ClassVar[str] = "time_order"
    not_before: InputPath


class DeadlineError(Exception):
    """The request's moments cannot be counted; ``faults`` says why, one entry for each bad input."""

    def __init__(self, faults: Sequence[DeadlineFault]) -> None:
        super().__init__("; ".join(f"{f.code} at {'/'.join(map(str, f.path))} {f.params}" for f in faults))
        self.faults = tuple(faults)
