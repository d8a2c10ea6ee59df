"""Statements that come again and again, in the driver's own words: the way to them would cost more than they do."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection

__all__ = ["Statements"]


class Statements:
    """What a unit of work says to the driver; question marks stand for the values."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this unit of work."""
        self._connection = connection
        # SQLite's driver is asked itself. PostgreSQL's is not: SQLAlchemy notices when a connection breaks.
        self._driver: Any = connection.connection if connection.dialect.name == "sqlite" else None

    def rows(self, statement: str, values: Sequence[Any] = ()) -> Sequence[Sequence[Any]]:
        """Run it; what it returns."""
        if self._driver is None:
            return self._connection.exec_driver_sql(_marked(statement), tuple(values)).all()
        found: list[Sequence[Any]] = self._driver.execute(statement, values).fetchall()
        return found

    def run(self, statement: str, values: Sequence[Any] = ()) -> None:
        """Run one that returns nothing."""
        if self._driver is None:
            self._connection.exec_driver_sql(_marked(statement), tuple(values))
        else:
            self._driver.execute(statement, values)

    def has_added(self, statement: str, values: Sequence[Any]) -> bool:
        """Whether it has added its rows; False, and it has added none, where a constraint forbids one of them.

        PostgreSQL is not asked, and has added nothing: such a failure would end the unit of work there.
        """
        if self._driver is None:
            return False
        try:
            self._driver.execute(statement, values)
        except sqlite3.IntegrityError:
            return False
        return True

    def run_for_each(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run one that returns nothing for each row of values."""
        if self._driver is None:
            self._connection.exec_driver_sql(_marked(statement), [tuple(row) for row in rows])
        else:
            self._driver.executemany(statement, rows)


def _marked(statement: str) -> str:
    return statement.replace("?", "%s")
