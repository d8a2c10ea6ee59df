"""What time it is, as the database says: one clock for all workers and replicas."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import FunctionElement

__all__ = ["DatabaseNow"]


class DatabaseNow(FunctionElement[int]):
    """Milliseconds since 1970 by the clock of the database."""

    inherit_cache = True
    type = BigInteger()
    name = "database_now"


@compiles(DatabaseNow, "sqlite")
def _sqlite_now(_element: Any, _compiler: Any, **_options: Any) -> str:
    return "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"


@compiles(DatabaseNow, "postgresql")
def _postgresql_now(_element: Any, _compiler: Any, **_options: Any) -> str:
    return "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"
