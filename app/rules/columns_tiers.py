"""Amounts too wide for 64 bits on every row that could be given: each row by the narrowest integers that hold it.

Only rows on which the rule holds are worked out at all. Those with figures of a usual size go through Int64, the
others through Int128, and where 128 bits would not do (a count beyond the ceiling of its unit) the reference
calculation takes over. Which tier a row belongs to follows from its figures alone; all tiers are exact.
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
from app.rules.columns_conditions import all_true, in_case
from app.rules.domains import Knowledge, Span
from app.rules.vocabulary import NUMERIC, FactType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.rules.columns_conditions import Facts, Truth
    from app.rules.edition import Edition
    from app.rules.vocabulary import Value

__all__ = ["TieredAmount"]

_FEN: Final = 100
_LARGEST: Final[Mapping[pl.DataType, int]] = {pl.Int64(): 2**63, pl.Int128(): 2**127}
_TIER: Final = "row.tier"
_REFERENCE: Final = 254
_USUAL_YUAN: Final = tuple(10**power for power in range(14, 4, -1))


@dataclass(frozen=True)
class _Tier:
    """Rows whose figures are at most ``limits``, and the fen of the amount on them."""

    limits: Mapping[str, Fraction]
    bindings: Bindings
    fen: pl.Expr


@dataclass(frozen=True)
class TieredAmount:
    """One amount whose rows need integers of different widths."""

    expression: Expression
    edition: Edition
    facts: Facts
    truth: Truth
    dtype: pl.DataType

    def value(self, here: pl.Expr) -> pl.Expr:
        """Fen where ``here`` is true; null elsewhere and while a fact or figure is unknown."""
        cases = [(here.ne_missing(other=True), pl.lit(None, dtype=pl.UInt8))]
        for place, tier in enumerate(self.tiers):
            cases.append((self._within(tier.limits), pl.lit(place, dtype=pl.UInt8)))
        flagged = in_case(cases, pl.lit(_REFERENCE, dtype=pl.UInt8)).alias(_TIER)
        rows = pl.struct(flagged, *(pl.col(name) for name in self._reads))
        return rows.map_batches(self._calculated, return_dtype=self.dtype, is_elementwise=True)

    def holds_below_ceilings(self) -> bool:
        """Whether 128 bits hold the result where no count exceeds the ceiling of its unit."""
        found = self._arithmetic(pl.Int128(), Bindings()).value(self.expression, self._knowledge(self._ceilings(None)))
        return found is None or found.high * _FEN < _LARGEST[pl.Int128()]

    @cached_property
    def tiers(self) -> tuple[_Tier, ...]:
        """Int64 for figures of a usual size where that helps, then Int128 for all that it holds."""
        usual = (self._tier(self._ceilings(yuan), pl.Int64()) for yuan in _USUAL_YUAN)
        fast = next((tier for tier in usual if tier is not None), None)
        limits = [{}, *(self._ceilings(yuan) for yuan in (None, *_USUAL_YUAN))]
        wide = next((tier for limit in limits if (tier := self._tier(limit, pl.Int128())) is not None), None)
        return tuple(tier for tier in (fast, wide) if tier is not None)

    def _ceilings(self, yuan: int | None) -> dict[str, Fraction]:
        """The most that each figure may be: counts the ceiling of their unit, money that many yuan."""
        found = {}
        for name in facts_of(self.expression):
            fact = self.edition.policy.vocabulary[name]
            limit = CEILINGS.get(fact.unit or "") if fact.type is not FactType.MONEY else yuan
            if fact.type in NUMERIC and limit is not None and (fact.maximum is None or fact.maximum > limit):
                found[name] = Fraction(limit)
        return found

    def _tier(self, limits: Mapping[str, Fraction], dtype: pl.DataType) -> _Tier | None:
        """The amount in those integers, None where they do not hold it."""
        bindings = Bindings()
        arithmetic = self._arithmetic(dtype, bindings)
        found = arithmetic.value(self.expression, self._knowledge(limits))
        if found is None:
            return None
        fen, peak = arithmetic.fen(found)
        return _Tier(limits, bindings, fen) if peak < _LARGEST[dtype] else None

    def _arithmetic(self, dtype: pl.DataType, bindings: Bindings) -> Arithmetic:
        return Arithmetic(self.facts, self.truth, self.edition.parameters, dtype, bindings.share)

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
        """The columns that the tiers and the reference calculation read."""
        read: set[str] = set()
        for tier in self.tiers:
            steps = [*(step for level in tier.bindings.levels for step in level.values()), tier.fen]
            read.update(root for step in steps for root in step.meta.root_names())
            read.difference_update(name for level in tier.bindings.levels for name in level)
        read.update(self._columns.values())
        return tuple(sorted(read))

    @cached_property
    def _columns(self) -> dict[str, str]:
        """Fact → the column that holds it."""
        return {
            name: self.facts.columns[name].meta.output_name()
            for name in sorted(facts_of(self.expression))
            if name in self.facts.columns
        }

    def _calculated(self, rows: pl.Series) -> pl.Series:
        table = rows.struct.unnest()
        which = table.get_column(_TIER)
        found = pl.Series(rows.name, [None], dtype=self.dtype).new_from_index(0, len(rows))
        for code in which.drop_nulls().unique():
            chosen = which == code
            part = table.filter(chosen)
            fen = self._reference(part) if code == _REFERENCE else self._by_tier(self.tiers[code], part)
            found = found.scatter(chosen.arg_true(), fen.cast(self.dtype))
        return found

    @staticmethod
    def _by_tier(tier: _Tier, part: pl.DataFrame) -> pl.Series:
        return tier.bindings.applied(part, [tier.fen.alias(_TIER)]).to_series()

    def _reference(self, part: pl.DataFrame) -> pl.Series:
        schema = self.facts.schema
        values: list[int | None] = []
        for row in part.iter_rows(named=True):
            known: dict[str, Value] = {
                name: schema[name].decode(row[column])
                for name, column in self._columns.items()
                if row[column] is not None
            }
            found = calculate(self.expression, known, self.edition.parameters).value
            values.append(None if found is None else fen_of(found))
        return pl.Series(values, dtype=self.dtype)
