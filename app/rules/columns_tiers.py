"""Amounts too wide for 64 bits on every row that could be given: each row by the narrowest integers that hold it.

Rows with figures of a usual size are worked out in Int64 like any other amount. What is left, mostly nothing, goes
through Int128, and where 128 bits would not do (a count beyond the ceiling of its unit) the reference calculation
takes over. Which way a row goes follows from its figures alone; all are exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Final

import polars as pl

from app.rules.amount_bounds import CEILINGS
from app.rules.amount_value import calculate
from app.rules.amounts import Expression, facts_of
from app.rules.columns_arithmetic import Arithmetic, fen_of
from app.rules.columns_bindings import Bindings
from app.rules.columns_conditions import all_true
from app.rules.domains import Knowledge, Span
from app.rules.vocabulary import NUMERIC, FactType

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from app.rules.columns_conditions import Facts, Truth
    from app.rules.edition import Edition
    from app.rules.vocabulary import Value

__all__ = ["TieredAmount"]

_FEN: Final = 100
_LARGEST: Final[Mapping[pl.DataType, int]] = {pl.Int64(): 2**63, pl.Int128(): 2**127}
_FEN_COLUMN, _HELD_COLUMN = "row.fen", "row.held"
_USUAL_YUAN: Final = tuple(10**power for power in range(14, 4, -1))


@dataclass(frozen=True)
class _Tier:
    """Rows whose figures are at most ``limits``, and the fen of the amount on them."""

    limits: Mapping[str, Fraction]
    bindings: Bindings
    fen: pl.Expr


@dataclass(frozen=True)
class TieredAmount:
    """One amount whose rows need integers of different widths. ``share``: names what is read more than once."""

    expression: Expression
    edition: Edition
    facts: Facts
    truth: Truth
    dtype: pl.DataType
    share: Callable[[pl.Expr], pl.Expr]

    def value(self, here: pl.Expr) -> pl.Expr:
        """Fen where ``here`` is true; null elsewhere and while a fact or figure is unknown."""
        if self._usual is None:
            return self._others(here)
        limits, fen = self._usual
        within = self._within(limits)
        usual = self.share(all_true([here, within]))
        return pl.when(usual).then(fen.cast(self.dtype)).otherwise(self._others(all_true([here, ~within])))

    def _others(self, here: pl.Expr) -> pl.Expr:
        """The fen of rows that 64 bits may not hold, null on all others."""
        columns = [here, *(pl.col(name) for name in self._reads)]
        return pl.map_batches(columns, self._calculated, return_dtype=self.dtype, is_elementwise=True)

    def holds_below_ceilings(self) -> bool:
        """Whether 128 bits hold the result where no count exceeds the ceiling of its unit."""
        arithmetic = Arithmetic(self.facts, self.truth, self.edition.parameters, pl.Int128(), Bindings().share)
        found = arithmetic.value(self.expression, self._knowledge(self._ceilings(None)))
        return found is None or found.high * _FEN < _LARGEST[pl.Int128()]

    @cached_property
    def _usual(self) -> tuple[Mapping[str, Fraction], pl.Expr] | None:
        """The limits below which 64 bits do, as high as they can be, and the fen there; None where they never do."""
        for yuan in _USUAL_YUAN:
            limits = self._ceilings(yuan)
            fen = self._fen(limits, pl.Int64(), self.share)
            if fen is not None:
                return limits, fen
        return None

    @cached_property
    def _wide(self) -> _Tier | None:
        """Int128 for all that it holds."""
        for limits in ({}, *(self._ceilings(yuan) for yuan in (None, *_USUAL_YUAN))):
            bindings = Bindings()
            fen = self._fen(limits, pl.Int128(), bindings.share)
            if fen is not None:
                return _Tier(limits, bindings, fen)
        return None

    def _ceilings(self, yuan: int | None) -> dict[str, Fraction]:
        """The most that each figure may be: counts the ceiling of their unit, money that many yuan."""
        found = {}
        for name in facts_of(self.expression):
            fact = self.edition.policy.vocabulary[name]
            limit = CEILINGS.get(fact.unit or "") if fact.type is not FactType.MONEY else yuan
            if fact.type in NUMERIC and limit is not None and (fact.maximum is None or fact.maximum > limit):
                found[name] = Fraction(limit)
        return found

    def _fen(
        self, limits: Mapping[str, Fraction], dtype: pl.DataType, share: Callable[[pl.Expr], pl.Expr]
    ) -> pl.Expr | None:
        """The amount in those integers, None where they do not hold it."""
        arithmetic = Arithmetic(self.facts, self.truth, self.edition.parameters, dtype, share)
        found = arithmetic.value(self.expression, self._knowledge(limits))
        if found is None:
            return None
        fen, peak = arithmetic.fen(found)
        return fen if peak < _LARGEST[dtype] else None

    def _knowledge(self, limits: Mapping[str, Fraction]) -> Knowledge:
        """That no figure is beyond its limit."""
        known = Knowledge(self.edition.policy.vocabulary)
        return Knowledge(
            known.vocabulary, {name: known.span(name).meet(Span(None, limit)) for name, limit in limits.items()}
        )

    def _within(self, limits: Mapping[str, Fraction]) -> pl.Expr:
        """Where no figure is beyond its limit; one that is unknown leaves the amount open on any tier."""
        parts = []
        for name, limit in limits.items():
            column = self.facts.schema[name]
            if name in self.facts.columns:
                bound = pl.lit(int(limit * 10**column.scale), dtype=column.dtype)
                parts.append((self.facts[name] <= bound).ne_missing(other=False))
        return all_true(parts)

    @cached_property
    def _reads(self) -> tuple[str, ...]:
        """The columns that Int128 and the reference calculation read."""
        read = set(self._columns.values())
        if self._wide is not None:
            named = {name: step for level in self._wide.bindings.levels for name, step in level.items()}
            for step in (*named.values(), self._wide.fen):
                read.update(step.meta.root_names())
            read.difference_update(named)
        return tuple(sorted(read))

    @cached_property
    def _columns(self) -> dict[str, str]:
        """Fact → the column that holds it."""
        return {
            name: self.facts.columns[name].meta.output_name()
            for name in sorted(facts_of(self.expression))
            if name in self.facts.columns
        }

    def _calculated(self, given: Sequence[pl.Series]) -> pl.Series:
        """The amount on the rows asked for, which are few, and null on all others."""
        asked, *columns = given
        found = pl.Series(asked.name, [None], dtype=self.dtype).new_from_index(0, len(asked))
        places = asked.arg_true()
        if places.is_empty():
            return found
        rows = pl.DataFrame([column.alias(name) for name, column in zip(self._reads, columns, strict=True)])
        return found.scatter(places, self._exactly(rows[places]))

    def _exactly(self, rows: pl.DataFrame) -> pl.Series:
        wide = self._wide
        if wide is None:
            return self._reference(rows)
        outputs = [wide.fen.alias(_FEN_COLUMN), self._within(wide.limits).alias(_HELD_COLUMN)]
        found = wide.bindings.applied(rows.lazy(), outputs).collect()
        fen = found.get_column(_FEN_COLUMN).cast(self.dtype, strict=False)
        beyond = (~found.get_column(_HELD_COLUMN)).arg_true()
        return fen if beyond.is_empty() else fen.scatter(beyond, self._reference(rows[beyond]))

    def _reference(self, rows: pl.DataFrame) -> pl.Series:
        schema = self.facts.schema
        values: list[int | None] = []
        for row in rows.iter_rows(named=True):
            known: dict[str, Value] = {
                name: schema[name].decode(row[column])
                for name, column in self._columns.items()
                if row[column] is not None
            }
            found = calculate(self.expression, known, self.edition.parameters).value
            values.append(None if found is None else fen_of(found))
        return pl.Series(values, dtype=self.dtype)
