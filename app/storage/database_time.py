"""What time it is, as the database says: one clock for all workers and replicas."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import FunctionElement

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

__all__ = ["DatabaseNow", "database_moment"]


class DatabaseNow(FunctionElement[int]):
    """Milliseconds since 1970 by the clock of the database."""

    inherit_cache = True
    type = BigInteger()
    name = "database_now"


def database_moment(session: Session) -> datetime:
    """The present moment by the clock of the database, in UTC."""
    milliseconds = session.execute(select(DatabaseNow())).scalar_one()
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


@compiles(DatabaseNow, "sqlite")
def _sqlite_now(_element: Any, _compiler: Any, **_options: Any) -> str:
    return "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"


@compiles(DatabaseNow, "postgresql")
def _postgresql_now(_element: Any, _compiler: Any, **_options: Any) -> str:
    return "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"
