"""The tables of screening jobs: what was asked, and the pieces of work with the lease of whoever does one.

Every moment is a number of milliseconds since 1970 by the clock of the database, so that leases do not hang on the
clocks of the machines that work.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.models import Base

__all__ = ["ScreeningJobRow", "ScreeningTaskRow"]

_NUMBER = BigInteger().with_variant(Integer, "sqlite")


class ScreeningJobRow(Base):
    """One job."""

    __tablename__ = "screening_jobs"

    id: Mapped[str] = mapped_column(unique=True)
    application: Mapped[str] = mapped_column(index=True)
    state: Mapped[str]
    options: Mapped[str]
    """JSON: what is asked, with the id, version and SHA-256 of the policy that answers every row."""
    mapping: Mapped[str]
    """The mapping file as sent; empty when the columns are guessed."""
    source: Mapped[str]
    """The file under the folder of sources; empty for an upload."""
    file_name: Mapped[str]
    """The last part of the caller's name, for reports."""
    rows_total: Mapped[int | None] = mapped_column(_NUMBER)
    """Rows that can be decided; unknown until the file is converted."""
    rows_done: Mapped[int] = mapped_column(_NUMBER)
    rejected: Mapped[int | None] = mapped_column(_NUMBER)
    problem: Mapped[str]
    """JSON: the faults that ended the job; empty when there are none."""
    created_ms: Mapped[int] = mapped_column(BigInteger())
    started_ms: Mapped[int | None] = mapped_column(BigInteger())
    finished_ms: Mapped[int | None] = mapped_column(BigInteger())


class ScreeningTaskRow(Base):
    """One piece of a job: its conversion, one split of its rows, or the joining of the results."""

    __tablename__ = "screening_tasks"
    __table_args__ = (UniqueConstraint("job_id", "kind", "split"),)

    job_id: Mapped[str]
    kind: Mapped[str]
    split: Mapped[int]
    """The number of a split from 0; 0 for the other kinds."""
    first_row: Mapped[int] = mapped_column(_NUMBER)
    rows: Mapped[int] = mapped_column(_NUMBER)
    state: Mapped[str] = mapped_column(index=True)
    attempts: Mapped[int]
    owner: Mapped[str]
    lease_ms: Mapped[int] = mapped_column(BigInteger())
    """When the lease runs out; 0 while nobody holds it."""
    sums: Mapped[str]
    """JSON: what the split came to; empty until it is done."""
