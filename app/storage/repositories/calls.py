"""What is counted of calls, for all workers and replicas: used nonces, quotas, failed proofs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import floor
from typing import TYPE_CHECKING, Any, Final

import orjson
from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.storage.application_models import FailedCallRow, UsedNonceRow
from app.storage.database_time import DatabaseNow
from app.storage.statements import Statements

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy.engine import Connection

__all__ = ["Calls", "Charge"]

_NOW: Final = {
    "sqlite": "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
    "postgresql": "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)",
}
_ADD_QUOTA: Final = (
    "INSERT INTO quotas (application, calls, at_ms) VALUES (?, ?, {now}) ON CONFLICT (application) DO NOTHING"
)
_READ_QUOTA: Final = "SELECT calls, at_ms, {now} FROM quotas WHERE application = ?{lock}"
_WRITE_QUOTA: Final = "UPDATE quotas SET calls = ?, at_ms = ? WHERE application = ?"
_ADD_NONCES: Final = (
    "INSERT INTO used_nonces (application, nonce, until_ms) SELECT {application}, {nonce}, ? FROM {items} WHERE true"
)
_USE: Final = _ADD_NONCES + " ON CONFLICT (application, nonce) DO NOTHING RETURNING application, nonce"
_WORDS: Final = {
    "sqlite": {
        "now": _NOW["sqlite"],
        "lock": "",
        "application": "json_extract(value, '$[0]')",
        "nonce": "json_extract(value, '$[1]')",
        "items": "json_each(?)",
    },
    "postgresql": {
        "now": _NOW["postgresql"],
        "lock": " FOR UPDATE",
        "application": "item->>0",
        "nonce": "item->>1",
        "items": "json_array_elements(CAST(? AS json)) AS item",
    },
}
_PRUNED_AT_ONCE: Final = 2000


@dataclass(frozen=True, slots=True)
class Charge:
    """How many of the calls that were asked for are granted, after how many seconds there will be one more, and now."""

    granted: int
    retry_seconds: float
    now_ms: int


class Calls:
    """The counts that a unit of work sees. Rows of several applications are to be asked for in their order."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this unit of work."""
        self._connection = connection
        self._statements = Statements(connection)
        self._dialect = connection.dialect.name

    def now_ms(self) -> int:
        """Milliseconds since 1970 by the clock of the database."""
        return int(self._connection.execute(select(DatabaseNow())).scalar_one())

    def charge(self, application: str, wanted: int, rate: float, burst: int) -> Charge:
        """Take calls out of an application's quota, which fills by ``rate`` a second up to ``burst``."""
        found = self._rows(_READ_QUOTA, application)
        if not found:
            self._run(_ADD_QUOTA, application, float(burst))
            found = self._rows(_READ_QUOTA, application)
        calls, at_ms, now_ms = found[0]
        there = min(float(burst), calls + max(0, now_ms - at_ms) * rate / 1000)
        granted = min(wanted, floor(there))
        self._run(_WRITE_QUOTA, there - granted, now_ms, application)
        return Charge(granted, max(0.0, (1 - (there - granted)) / rate), now_ms)

    def use(self, nonces: Collection[tuple[str, str]], until_ms: int) -> set[tuple[str, str]]:
        """Those of the (application, nonce) pairs that nobody had used; they are used now."""
        values = (until_ms, orjson.dumps(list(nonces)).decode())
        # Hardly ever was one used, and that none was is said at once; who is new is said row by row.
        if self._statements.has_added(_in_words_of(self._dialect, _ADD_NONCES), values):
            return set(nonces)
        return {(application, nonce) for application, nonce in self._rows(_USE, *values)}

    def prune(self, now_ms: int) -> bool:
        """Forget some of the nonces that have had their time; whether there may be more."""
        oldest = select(UsedNonceRow.number).order_by(UsedNonceRow.number).limit(_PRUNED_AT_ONCE)
        done = self._connection.execute(
            delete(UsedNonceRow).where(UsedNonceRow.number.in_(oldest), UsedNonceRow.until_ms < now_ms)
        )
        return bool(done.rowcount == _PRUNED_AT_ONCE)

    def fail(self, who: str, span_ms: int, now_ms: int) -> int:
        """Count a failure; how many there were within the span, this one included."""
        rows = FailedCallRow
        query = select(rows.failures, rows.since_ms).where(rows.who == who).with_for_update()
        found = self._connection.execute(query).one_or_none()
        if found is None:
            insert = sqlite.insert if self._dialect == "sqlite" else postgresql.insert
            values = {"who": who, "failures": 0, "since_ms": now_ms}
            self._connection.execute(insert(rows).values(**values).on_conflict_do_nothing(index_elements=["who"]))
            found = self._connection.execute(query).one()
        recent = 0 <= now_ms - found.since_ms < span_ms
        failures, since = (found.failures + 1, found.since_ms) if recent else (1, now_ms)
        self._connection.execute(update(rows).where(rows.who == who).values(failures=failures, since_ms=since))
        return failures

    def forget_failures(self, span_ms: int, now_ms: int) -> None:
        """Remove counts whose span is over."""
        self._connection.execute(delete(FailedCallRow).where(FailedCallRow.since_ms < now_ms - span_ms))

    def locked(self, limit: int, span_ms: int, now_ms: int) -> dict[str, int]:
        """Who failed ``limit`` times or more, and for how many milliseconds more it is refused."""
        rows = FailedCallRow
        query = select(rows.who, rows.since_ms).where(rows.failures >= limit, rows.since_ms > now_ms - span_ms)
        return {row.who: row.since_ms + span_ms - now_ms for row in self._connection.execute(query)}

    def _rows(self, statement: str, *values: object) -> Sequence[Sequence[Any]]:
        return self._statements.rows(_in_words_of(self._dialect, statement), values)

    def _run(self, statement: str, *values: object) -> None:
        self._statements.run(_in_words_of(self._dialect, statement), values)


@cache
def _in_words_of(dialect: str, statement: str) -> str:
    return statement.format_map(_WORDS[dialect])
