"""What is counted of calls, for all workers and replicas: used nonces, quotas, failed proofs."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor
from typing import TYPE_CHECKING, Final

import orjson
from sqlalchemy import delete, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from app.storage.application_models import FailedCallRow, QuotaRow, UsedNonceRow
from app.storage.database_time import DatabaseNow

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session

__all__ = ["Calls", "Charge"]

_KEEP_NEW: Final = "ON CONFLICT (application, nonce) DO NOTHING RETURNING application, nonce"
_COLUMNS: Final = "INSERT INTO used_nonces (application, nonce, until_ms)"
_USE: Final = {
    "sqlite": text(
        f"{_COLUMNS} SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), :until "  # noqa: S608 - constants
        f"FROM json_each(:items) WHERE true {_KEEP_NEW}"
    ),
    "postgresql": text(
        f"{_COLUMNS} SELECT item->>0, item->>1, :until "  # noqa: S608 - constants
        f"FROM json_array_elements(CAST(:items AS json)) AS item {_KEEP_NEW}"
    ),
}
_PRUNED_AT_ONCE: Final = 2000


@dataclass(frozen=True, slots=True)
class Charge:
    """How many of the calls that were asked for are granted, and after how many seconds there will be one more."""

    granted: int
    retry_seconds: float


class Calls:
    """The counts that a unit of work sees. Rows of several applications are to be asked for in their order."""

    def __init__(self, session: Session) -> None:
        """Work inside this unit of work."""
        self._session = session
        self._dialect = session.get_bind().dialect.name

    def now_ms(self) -> int:
        """Milliseconds since 1970 by the clock of the database."""
        return int(self._session.execute(select(DatabaseNow())).scalar_one())

    def charge(self, application: str, wanted: int, rate: float, burst: int, now_ms: int) -> Charge:
        """Take calls out of an application's quota, which fills by ``rate`` a second up to ``burst``."""
        query = select(QuotaRow.calls, QuotaRow.at_ms).where(QuotaRow.application == application).with_for_update()
        found = self._session.execute(query).one_or_none()
        if found is None:
            self._add_if_new(QuotaRow, "application", application=application, calls=float(burst), at_ms=now_ms)
            found = self._session.execute(query).one()
        there = min(float(burst), found.calls + max(0, now_ms - found.at_ms) * rate / 1000)
        granted = min(wanted, floor(there))
        self._session.execute(
            update(QuotaRow).where(QuotaRow.application == application).values(calls=there - granted, at_ms=now_ms)
        )
        return Charge(granted, max(0.0, (1 - (there - granted)) / rate))

    def use(self, nonces: Collection[tuple[str, str]], until_ms: int) -> set[tuple[str, str]]:
        """Those of the (application, nonce) pairs that nobody had used; they are used now."""
        given = {"items": orjson.dumps(list(nonces)).decode(), "until": until_ms}
        return {(row.application, row.nonce) for row in self._session.execute(_USE[self._dialect], given)}

    def prune(self, now_ms: int) -> bool:
        """Forget some of the nonces that have had their time; whether there may be more."""
        oldest = select(UsedNonceRow.number).order_by(UsedNonceRow.number).limit(_PRUNED_AT_ONCE)
        done = self._session.execute(
            delete(UsedNonceRow).where(UsedNonceRow.number.in_(oldest), UsedNonceRow.until_ms < now_ms)
        )
        return bool(done.rowcount == _PRUNED_AT_ONCE)  # type: ignore[attr-defined]  # a deletion's result has it

    def fail(self, who: str, span_ms: int, now_ms: int) -> int:
        """Count a failure; how many there were within the span, this one included."""
        rows = FailedCallRow
        query = select(rows.failures, rows.since_ms).where(rows.who == who).with_for_update()
        found = self._session.execute(query).one_or_none()
        if found is None:
            self._add_if_new(rows, "who", who=who, failures=0, since_ms=now_ms)
            found = self._session.execute(query).one()
        recent = 0 <= now_ms - found.since_ms < span_ms
        failures, since = (found.failures + 1, found.since_ms) if recent else (1, now_ms)
        self._session.execute(update(rows).where(rows.who == who).values(failures=failures, since_ms=since))
        return failures

    def forget_failures(self, span_ms: int, now_ms: int) -> None:
        """Remove counts whose span is over."""
        self._session.execute(delete(FailedCallRow).where(FailedCallRow.since_ms < now_ms - span_ms))

    def locked(self, limit: int, span_ms: int, now_ms: int) -> dict[str, int]:
        """Who failed ``limit`` times or more, and for how many milliseconds more it is refused."""
        rows = FailedCallRow
        query = select(rows.who, rows.since_ms).where(rows.failures >= limit, rows.since_ms > now_ms - span_ms)
        return {row.who: row.since_ms + span_ms - now_ms for row in self._session.execute(query)}

    def _add_if_new(self, table: type[QuotaRow | FailedCallRow], key: str, **values: object) -> None:
        if self._dialect == "sqlite":
            self._session.execute(sqlite.insert(table).values(**values).on_conflict_do_nothing(index_elements=[key]))
        else:
            statement = postgresql.insert(table).values(**values).on_conflict_do_nothing(index_elements=[key])
            self._session.execute(statement)
