"""The units of a time limit."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

__all__ = ["OFFICE_SECONDS_PER_DAY", "SECONDS_PER_HOUR", "Unit"]

SECONDS_PER_HOUR: Final = 3600
OFFICE_SECONDS_PER_DAY: Final = 8 * SECONDS_PER_HOUR
"""What one working day is worth in office time: half a working day is four office hours, however long the office is
open on a day."""


class Unit(StrEnum):
    """The unit in which a limit is stated."""

    WORKING_DAY = "working_day"
    HOUR = "hour"
    CALENDAR_DAY = "calendar_day"
    ON_THE_SPOT = "on_the_spot"
