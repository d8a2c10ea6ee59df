"""The tables. Rows of all three are only ever added: triggers of the database refuse changes and removals."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import DateTime, Identity, LargeBinary, MetaData, TypeDecorator, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

__all__ = ["Base", "HolidayNoticeRow", "Moment", "ParameterValueRow", "PolicyVersionRow"]


class Moment(TypeDecorator[datetime]):
    """A point in time: aware in Python, UTC in the table."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Refuse a moment without an offset, store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without an offset is no point in time")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """SQLite keeps no offset: what it returns is UTC."""
        return None if value is None else value.replace(tzinfo=value.tzinfo or UTC)


class Base(DeclarativeBase):
    """What the tables have in common."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: Moment, bytes: LargeBinary}

    number: Mapped[int] = mapped_column(Identity(), primary_key=True)
    """The order in which rows were entered."""


class PolicyVersionRow(Base):
    """One published version of a policy."""

    __tablename__ = "policy_versions"
    __table_args__ = (UniqueConstraint("policy_id", "version"),)

    policy_id: Mapped[str]
    version: Mapped[str]
    sha256: Mapped[str]
    document: Mapped[bytes]
    """The canonical bytes whose SHA-256 that is."""
    published_at: Mapped[datetime]
    published_by: Mapped[str]


class ParameterValueRow(Base):
    """One figure as the county published it; a later row for the same start date takes its place."""

    __tablename__ = "parameter_values"

    policy_id: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    """The first day on which it no longer holds; none while open."""
    value: Mapped[str]
    """Exactly as entered."""
    source: Mapped[str]
    entered_at: Mapped[datetime]


class HolidayNoticeRow(Base):
    """One holiday notice as the office entered it; a later row of the same document takes its place."""

    __tablename__ = "holiday_notices"

    year: Mapped[int] = mapped_column(index=True)
    document: Mapped[str]
    published_on: Mapped[date]
    days_off: Mapped[str]
    """ISO dates, one space between two."""
    working_days: Mapped[str]
    entered_at: Mapped[datetime]
