"""The county's figures: every entry is kept, the last one for a start date holds."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from app.storage.models import ParameterValueRow

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy.orm import Session

__all__ = ["Parameters", "StoredFigure"]


@dataclass(frozen=True, slots=True)
class StoredFigure:
    """One figure from a day on; ``valid_to`` is the first day on which it no longer holds, None while open."""

    policy_id: str
    name: str
    valid_from: date
    valid_to: date | None
    value: str
    """Exactly as entered."""
    source: str
    entered_at: datetime


class Parameters:
    """The figures that a unit of work sees."""

    def __init__(self, session: Session) -> None:
        """Work inside this unit of work."""
        self._session = session

    def enter(self, figure: StoredFigure) -> None:
        """Add an entry; it takes the place of an earlier one with the same policy, name and start."""
        self._session.add(ParameterValueRow(**asdict(figure)))
        self._session.flush()

    def history(self, policy_id: str | None = None) -> tuple[StoredFigure, ...]:
        """Every entry for one policy, or for all, in the order in which they were made."""
        query = select(ParameterValueRow).order_by(ParameterValueRow.number)
        if policy_id is not None:
            query = query.where(ParameterValueRow.policy_id == policy_id)
        return tuple(_figure(row) for row in self._session.scalars(query))

    def current(self, first: int | None = None) -> tuple[StoredFigure, ...]:
        """Of each policy, name and start the last entry (of the ``first`` ones made); ordered by these."""
        last = {(entry.policy_id, entry.name, entry.valid_from): entry for entry in self.history()[:first]}
        return tuple(last[key] for key in sorted(last))


def _figure(row: ParameterValueRow) -> StoredFigure:
    return StoredFigure(row.policy_id, row.name, row.valid_from, row.valid_to, row.value, row.source, row.entered_at)
