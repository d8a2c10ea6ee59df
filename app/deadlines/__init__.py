"""When a time limit runs out. Pure: no web, database, file or machine clock; the calendar and "now" are arguments."""

from app.deadlines.calendar import Basis, Calendar, DayKind
from app.deadlines.clock import clock_for, compute_deadline
from app.deadlines.errors import (
    AfterCalendar,
    BeforeCalendar,
    DeadlineError,
    DeadlineFault,
    InputPath,
    PausesNotAllowed,
    TimeOrder,
)
from app.deadlines.model import CalendarStatus, Day, Deadline, Pause, PauseReason, State, WarningLevel, Why
from app.deadlines.office import OfficeHours
from app.deadlines.run import SHANGHAI
from app.deadlines.units import Unit

__all__ = [
    "SHANGHAI",
    "AfterCalendar",
    "Basis",
    "BeforeCalendar",
    "Calendar",
    "CalendarStatus",
    "Day",
    "DayKind",
    "Deadline",
    "DeadlineError",
    "DeadlineFault",
    "InputPath",
    "OfficeHours",
    "Pause",
    "PauseReason",
    "PausesNotAllowed",
    "State",
    "TimeOrder",
    "Unit",
    "WarningLevel",
    "Why",
    "clock_for",
    "compute_deadline",
]
