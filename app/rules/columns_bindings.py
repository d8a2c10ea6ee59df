"""Intermediate columns: an expression that is read more than once is worked out once, under a name.

Names that are no facts hold a dot, which the id of a fact never does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import polars as pl

from app.rules.columns_constants import folded

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Bindings", "Pass", "Table"]

Table = TypeVar("Table", pl.DataFrame, pl.LazyFrame)


@dataclass(frozen=True)
class Pass:
    """Steps that follow on each other, each naming columns for the next, and the outputs at their end."""

    steps: tuple[list[pl.Expr], ...]
    outputs: tuple[pl.Expr, ...]
    names: tuple[str, ...]

    def run(self, table: Table) -> Table:
        """The outputs on every row of a table. A lazy table stays lazy."""
        for step in self.steps:
            table = table.with_columns(step) if step else table
        # a figure alone would be one row: only a table keeps its height
        return table.with_columns(self.outputs).select(self.names)


@dataclass
class Bindings:
    """Named expressions by level: each reads columns of the table and names of lower levels only."""

    levels: list[dict[str, pl.Expr]] = field(default_factory=list)
    _level: dict[str, int] = field(default_factory=dict)
    _names: dict[bytes, str] = field(default_factory=dict)

    def let(self, name: str, expression: pl.Expr) -> pl.Expr:
        """The expression under a name of its own; itself where it is a column, a figure where it reads none."""
        if _is_plain(expression):
            return folded(expression)
        level = 1 + max((self._level.get(root, -1) for root in expression.meta.root_names()), default=-1)
        while len(self.levels) <= level:
            self.levels.append({})
        self.levels[level][name] = expression
        self._level[name] = level
        return pl.col(name)

    def share(self, expression: pl.Expr) -> pl.Expr:
        """The same under a name that equal expressions have in common."""
        if _is_plain(expression):
            return folded(expression)
        key = expression.meta.serialize(format="binary")
        if key not in self._names:
            self._names[key] = f"x.{len(self._names)}"
            self.let(self._names[key], expression)
        return pl.col(self._names[key])

    def applied(self, table: Table, outputs: Iterable[pl.Expr]) -> Table:
        """The outputs worked out on a table."""
        return self.prepared(outputs).run(table)

    def prepared(self, outputs: Iterable[pl.Expr]) -> Pass:
        """A pass over any table: the outputs, with no more of the named expressions than they read."""
        wanted = tuple(outputs)
        needed = {root for output in wanted for root in output.meta.root_names()}
        steps: list[list[pl.Expr]] = []
        for level in reversed(self.levels):
            step = [expression.alias(name) for name, expression in level.items() if name in needed]
            needed.update(root for expression in step for root in expression.meta.root_names())
            steps.append(step)
        return Pass(tuple(reversed(steps)), wanted, tuple(output.meta.output_name() for output in wanted))


def _is_plain(expression: pl.Expr) -> bool:
    """Whether it costs nothing to repeat it: a column, or figures alone (which must stay a single value)."""
    return expression.meta.is_column() or not expression.meta.root_names()
