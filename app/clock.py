"""The only reader of "now". Everything else is handed a :class:`Clock`, a moment or a date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from app.deadlines import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Clock", "fixed_clock", "in_county", "system_clock"]


def _machine_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Clock:
    """Says what time and which day it is in Asia/Shanghai; ``read`` returns any moment with an offset."""

    read: Callable[[], datetime] = _machine_now

    def now(self) -> datetime:
        """The present moment, offset +08:00."""
        return self.read().astimezone(SHANGHAI)

    def today(self) -> date:
        """The present day in the county."""
        return self.now().date()


def in_county(text: str) -> datetime:
    """A moment as it was written down (RFC 3339), offset +08:00."""
    return datetime.fromisoformat(text).astimezone(SHANGHAI)


system_clock = Clock()
"""The clock of the machine."""


def fixed_clock(moment: datetime) -> Clock:
    """A clock that stands still at a moment with an offset."""
    if moment.tzinfo is None:
        raise ValueError("a moment without an offset is no point in time")
    return Clock(lambda: moment)
