"""Screening jobs and their pieces of work: a lease is taken by compare-and-set, a result is counted once.

A piece is taken by whoever changes it from free, or from a lease that has run out, to its own; only the holder of the
lease can record what the piece came to, in the same transaction that adds it to the job. So a worker that was thought
dead and comes back counts nothing twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, func, select, update

from app.storage.database_time import DatabaseNow
from app.storage.screening_models import ScreeningJobRow, ScreeningTaskRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

__all__ = ["CONVERT", "DECIDE", "FINISH", "MAX_ATTEMPTS", "Screenings", "StoredScreening", "StoredTask"]

CONVERT, DECIDE, FINISH = "convert", "decide", "finish"
OPEN, DONE, SET_ASIDE = "open", "done", "set_aside"
#: So often a piece may fail before it is set aside.
MAX_ATTEMPTS: Final = 3
_ACTIVE: Final = ("queued", "running")


@dataclass(frozen=True, slots=True)
class StoredScreening:
    """A job as it stands. Moments are milliseconds since 1970; ``now_ms`` is when it was read."""

    id: str
    application: str
    state: str
    options: str
    mapping: str
    source: str
    file_name: str
    rows_total: int | None
    rows_done: int
    rejected: int | None
    problem: str
    created_ms: int
    started_ms: int | None
    finished_ms: int | None
    now_ms: int = 0

    @property
    def active(self) -> bool:
        """Whether it is still to be done."""
        return self.state in _ACTIVE


@dataclass(frozen=True, slots=True)
class StoredTask:
    """A piece of work that the caller holds the lease of."""

    number: int
    job_id: str
    kind: str
    split: int
    first_row: int
    rows: int
    attempts: int


_JOB: Final = tuple(name for name in StoredScreening.__slots__ if name != "now_ms")
_TASK: Final = StoredTask.__slots__


class Screenings:
    """The jobs that a unit of work sees."""

    def __init__(self, session: Session) -> None:
        """Work inside this unit of work."""
        self._session = session

    # ------------------------------------------------------------------------------------------------------- jobs

    def submit(self, job_id: str, application: str, *, options: str, mapping: str, source: str, file_name: str) -> None:
        """Enter a job that waits for its conversion."""
        self._session.add(
            ScreeningJobRow(
                id=job_id,
                application=application,
                state="queued",
                options=options,
                mapping=mapping,
                source=source,
                file_name=file_name,
                rows_done=0,
                problem="",
                created_ms=DatabaseNow(),
            )
        )
        self._add_task(job_id, CONVERT)
        self._session.flush()

    def find(self, job_id: str, application: str | None = None) -> StoredScreening | None:
        """A job, when it is there and, where one is named, of that application."""
        query = select(*(getattr(ScreeningJobRow, name) for name in _JOB), DatabaseNow())
        query = query.where(ScreeningJobRow.id == job_id)
        if application is not None:
            query = query.where(ScreeningJobRow.application == application)
        row = self._session.execute(query).one_or_none()
        return None if row is None else StoredScreening(*tuple(row))

    def listed(self, application: str, before: int | None, limit: int) -> list[tuple[int, StoredScreening]]:
        """The jobs of an application with their numbers, the last one first; ``before`` that number."""
        query = select(ScreeningJobRow.number, *(getattr(ScreeningJobRow, name) for name in _JOB), DatabaseNow())
        query = query.where(ScreeningJobRow.application == application)
        if before is not None:
            query = query.where(ScreeningJobRow.number < before)
        query = query.order_by(ScreeningJobRow.number.desc()).limit(limit)
        return [(number, StoredScreening(*rest)) for number, *rest in self._session.execute(query)]

    def started(self, job_id: str) -> None:
        """Its first piece has been taken up."""
        self._change(
            job_id, ("queued",), state="running", started_ms=func.coalesce(ScreeningJobRow.started_ms, DatabaseNow())
        )

    def converted(self, task: StoredTask, owner: str, rejected: int, splits: Sequence[tuple[int, int, int]]) -> bool:
        """The file is converted into these splits (number, first row, rows); False when the lease was lost."""
        if not self._finish_task(task, owner, ""):
            return False
        for split, first_row, rows in splits:
            self._add_task(task.job_id, DECIDE, split, first_row, rows)
        total = sum(rows for _, _, rows in splits)
        self._change(task.job_id, _ACTIVE, rows_total=total, rejected=rejected)
        self._session.flush()
        return True

    def decided(self, task: StoredTask, owner: str, sums: str) -> bool:
        """A split is decided; its rows count once. False when the lease was lost."""
        if not self._finish_task(task, owner, sums):
            return False
        self._change(task.job_id, _ACTIVE, rows_done=ScreeningJobRow.rows_done + task.rows)
        return True

    def close(self, job_id: str, state: str, problem: str = "") -> bool:
        """End a job; False when it had ended already. Pieces that are left are removed."""
        if not self._change(job_id, _ACTIVE, state=state, problem=problem, finished_ms=DatabaseNow()):
            return False
        self._session.execute(
            delete(ScreeningTaskRow).where(ScreeningTaskRow.job_id == job_id, ScreeningTaskRow.state == OPEN)
        )
        return True

    def remove(self, job_id: str) -> bool:
        """Remove a job that has ended; False when it is not there or has not ended."""
        rows = ScreeningJobRow
        done = self._session.execute(delete(rows).where(rows.id == job_id, rows.state.not_in(_ACTIVE)))
        if not _changed(done):
            return False
        self._session.execute(delete(ScreeningTaskRow).where(ScreeningTaskRow.job_id == job_id))
        return True

    def _change(self, job_id: str, states: Sequence[str], **values: Any) -> bool:
        rows = ScreeningJobRow
        statement = update(rows).where(rows.id == job_id, rows.state.in_(states)).values(**values)
        return _changed(self._session.execute(statement))

    # ------------------------------------------------------------------------------------------------------ pieces

    def pending(self) -> bool:
        """Whether a piece is free to be taken."""
        rows = ScreeningTaskRow
        query = select(rows.number).where(rows.state == OPEN, rows.lease_ms <= DatabaseNow()).limit(1)
        return self._session.execute(query).first() is not None

    def take(self, owner: str, lease_ms: int) -> StoredTask | None:
        """Lease the oldest free piece; None when there is none, or another was quicker."""
        rows = ScreeningTaskRow
        query = select(*(getattr(rows, name) for name in _TASK)).where(
            rows.state == OPEN, rows.lease_ms <= DatabaseNow()
        )
        found = self._session.execute(query.order_by(rows.number).limit(1)).one_or_none()
        if found is None:
            return None
        task = StoredTask(*found)
        statement = (
            update(rows)
            .where(
                rows.number == task.number,
                rows.state == OPEN,
                rows.attempts == task.attempts,
                rows.lease_ms <= DatabaseNow(),
            )
            .values(owner=owner, attempts=task.attempts + 1, lease_ms=DatabaseNow() + lease_ms)
        )
        return task if _changed(self._session.execute(statement)) else None

    def renew(self, task: StoredTask, owner: str, lease_ms: int) -> bool:
        """Hold a piece for longer; False when it is no longer held."""
        rows = ScreeningTaskRow
        statement = update(rows).where(rows.number == task.number, rows.owner == owner, rows.state == OPEN)
        return _changed(self._session.execute(statement.values(lease_ms=DatabaseNow() + lease_ms)))

    def release(self, task: StoredTask, owner: str, *, attempts: int | None = None) -> None:
        """Give a piece back at once; ``attempts`` where this try shall not count."""
        rows = ScreeningTaskRow
        values: dict[str, Any] = {"lease_ms": 0, "owner": ""}
        if attempts is not None:
            values["attempts"] = attempts
        self._session.execute(update(rows).where(rows.number == task.number, rows.owner == owner).values(**values))

    def set_aside(self, task: StoredTask, owner: str) -> bool:
        """Give a piece up; False when it is no longer held."""
        return self._end_task(task, owner, SET_ASIDE, "")

    def finished(self, task: StoredTask, owner: str) -> bool:
        """A piece of another kind than a split is done; False when it is no longer held."""
        return self._finish_task(task, owner, "")

    def ready_to_finish(self, job_id: str) -> bool:
        """Enter the joining of the results once no split is left; whether it was entered now."""
        rows = ScreeningTaskRow
        left = select(rows.number).where(rows.job_id == job_id, rows.state == OPEN).limit(1)
        there = select(rows.number).where(rows.job_id == job_id, rows.kind == FINISH).limit(1)
        if self._session.execute(left).first() is not None or self._session.execute(there).first() is not None:
            return False
        self._add_task(job_id, FINISH)
        self._session.flush()
        return True

    def aside(self, job_id: str) -> list[tuple[int, int]]:
        """First row and rows of the splits that were given up."""
        rows = ScreeningTaskRow
        query = select(rows.first_row, rows.rows).where(
            rows.job_id == job_id, rows.state == SET_ASIDE, rows.kind == DECIDE
        )
        return [(first, count) for first, count in self._session.execute(query.order_by(rows.split))]

    def sums(self, job_id: str) -> list[str]:
        """What each decided split came to, in the order of the file."""
        rows = ScreeningTaskRow
        query = select(rows.sums).where(rows.job_id == job_id, rows.kind == DECIDE, rows.state == DONE)
        return list(self._session.scalars(query.order_by(rows.split)))

    def _add_task(self, job_id: str, kind: str, split: int = 0, first_row: int = 0, rows: int = 0) -> None:
        self._session.add(
            ScreeningTaskRow(
                job_id=job_id,
                kind=kind,
                split=split,
                first_row=first_row,
                rows=rows,
                state=OPEN,
                attempts=0,
                owner="",
                lease_ms=0,
                sums="",
            )
        )

    def _finish_task(self, task: StoredTask, owner: str, sums: str) -> bool:
        return self._end_task(task, owner, DONE, sums)

    def _end_task(self, task: StoredTask, owner: str, state: str, sums: str) -> bool:
        rows = ScreeningTaskRow
        statement = update(rows).where(rows.number == task.number, rows.owner == owner, rows.state == OPEN)
        return _changed(self._session.execute(statement.values(state=state, sums=sums)))


def _changed(result: Any) -> bool:
    """Whether exactly one row was changed."""
    return bool(result.rowcount == 1)
