"""Whether anything was entered since: one cheap look at all tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from app.storage.models import HolidayNoticeRow, ParameterValueRow, PolicyVersionRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

__all__ = ["revision_of"]


def revision_of(session: Session) -> tuple[int, ...]:
    """A value that differs whenever something was entered.

    Rows are only ever added, so their count tells; the highest number would not, for numbers are given out before
    their transactions end.
    """
    counts = (
        select(func.count()).select_from(table).scalar_subquery()
        for table in (PolicyVersionRow, ParameterValueRow, HolidayNoticeRow)
    )
    return tuple(session.execute(select(*counts)).one())
