"""Holiday notices that the office enters, checked against everything that is known before they are kept."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from app.rules.errors import InputError
from app.services.calendars import HolidayNotice, build_calendar, read_notice
from app.storage.repositories import Notices, StoredNotice

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from app.clock import Clock
    from app.storage.session import Database

__all__ = ["as_notices", "enter_notice", "list_notices"]


def enter_notice(database: Database, raw: Mapping[str, Any], clock: Clock) -> HolidayNotice:
    """Keep a notice as entered (``year``, ``document``, ``published_on``, ``days_off``, ``working_days``).

    The same document entered again takes the place of what was entered before; another document of the year, an
    amendment, is laid over.

    Raises:
        InputError: every bad value; a year that would leave a gap behind the years known.
        StorageError: it could not be kept.
    """
    notice = read_notice(raw)
    with database.writing() as session:
        notices = Notices(session)
        kept = [known for known in notices.current() if (known.year, known.document) != (notice.year, notice.document)]
        _refuse_gaps(notice, as_notices(kept))
        notices.enter(
            StoredNotice(
                notice.year,
                notice.document,
                notice.published_on,
                notice.days_off,
                notice.working_days,
                clock.now(),
            )
        )
    return notice


def _refuse_gaps(notice: HolidayNotice, kept: list[HolidayNotice]) -> None:
    try:
        build_calendar([notice, *kept])
    except InputError as error:
        # paths lead from the list of notices; what was entered is its first
        raise InputError([replace(fault, path=fault.path[1:]) for fault in error.faults]) from error


def list_notices(database: Database) -> tuple[StoredNotice, ...]:
    """The notices that hold, with the moment of entry."""
    with database.reading() as session:
        return Notices(session).current()


def as_notices(stored: Iterable[StoredNotice]) -> list[HolidayNotice]:
    """What the calendar is built from."""
    return [
        HolidayNotice(entry.year, entry.document, entry.published_on, entry.days_off, entry.working_days)
        for entry in stored
    ]
