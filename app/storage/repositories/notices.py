"""Holiday notices as the office entered them: every entry is kept, the last one of a document holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import select

from app.storage.models import HolidayNoticeRow

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

__all__ = ["Notices", "StoredNotice"]


@dataclass(frozen=True, slots=True)
class StoredNotice:
    """A notice on the holidays of one year, or on changes to them."""

    year: int
    document: str
    published_on: date
    days_off: tuple[date, ...]
    working_days: tuple[date, ...]
    entered_at: datetime


class Notices:
    """The notices that a unit of work sees."""

    def __init__(self, session: Session) -> None:
        """Work inside this unit of work."""
        self._session = session

    def enter(self, notice: StoredNotice) -> None:
        """Add an entry; it takes the place of an earlier one of the same year and document."""
        self._session.add(
            HolidayNoticeRow(
                year=notice.year,
                document=notice.document,
                published_on=notice.published_on,
                days_off=_joined(notice.days_off),
                working_days=_joined(notice.working_days),
                entered_at=notice.entered_at,
            )
        )
        self._session.flush()

    def history(self) -> tuple[StoredNotice, ...]:
        """Every entry in the order in which they were made."""
        return tuple(map(_notice, self._session.scalars(select(HolidayNoticeRow).order_by(HolidayNoticeRow.number))))

    def current(self, first: int | None = None) -> tuple[StoredNotice, ...]:
        """Of each year and document the last entry (of the ``first`` ones made); by year, then by publication."""
        last = {(entry.year, entry.document): entry for entry in self.history()[:first]}
        return tuple(sorted(last.values(), key=lambda entry: (entry.year, entry.published_on, entry.document)))


def _joined(days: tuple[date, ...]) -> str:
    return " ".join(day.isoformat() for day in days)


def _notice(row: HolidayNoticeRow) -> StoredNotice:
    days_off, working_days = (tuple(map(date.fromisoformat, text.split())) for text in (row.days_off, row.working_days))
    return StoredNotice(row.year, row.document, row.published_on, days_off, working_days, row.entered_at)
