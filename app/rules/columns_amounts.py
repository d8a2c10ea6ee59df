"""The amounts of rules as columns: fen where computed, what is wanting, whether an unpublished figure is reached."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Final

import polars as pl

from app.rules.amounts import Choose, Expression, FactRef, Lookup, ParameterRef, children, parameters_of
from app.rules.columns_arithmetic import Arithmetic, branches_of
from app.rules.columns_conditions import all_true, any_true, missing_of
from app.rules.columns_constants import nothing
from app.rules.columns_tiers import TieredAmount
from app.rules.domains import Knowledge
from app.rules.errors import Fault, PackError

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.rules.columns_conditions import Facts, Truth
    from app.rules.edition import Edition

    Share = Callable[[pl.Expr], pl.Expr]

__all__ = ["AmountColumns"]

_FEN: Final = 100
_INT64: Final = 2**63
_INT128: Final = 2**127


@dataclass(frozen=True)
class AmountColumns:
    """The amount of one rule in force.

    ``value``: fen where the rule is eligible, null while it is open. ``highest_fen``: its bound.
    """

    expression: Expression
    edition: Edition
    facts: Facts
    truth: Truth
    value: pl.Expr
    highest_fen: int

    @classmethod
    def of(
        cls, node: Expression, edition: Edition, facts: Facts, truth: Truth, here: pl.Expr, share: Share
    ) -> AmountColumns:
        """Work out an amount where the rule holds (``here``).

        Raises:
            PackError: when 128 bits do not hold the result, even below the ceilings of counts.
        """
        arithmetic = Arithmetic(facts, truth, edition.parameters, pl.Int64(), share)
        found = arithmetic.value(node, Knowledge(edition.policy.vocabulary))
        if found is None:
            return cls(node, edition, facts, truth, nothing(pl.Int64()), 0)
        highest = max(0, ceil(found.high * _FEN))
        fen, peak = arithmetic.fen(found)
        if peak < _INT64:
            return cls(node, edition, facts, truth, pl.when(here).then(fen), highest)
        dtype = pl.Int64() if highest < _INT64 else pl.Int128()
        tiers = TieredAmount(node, edition, facts, truth, dtype, share)
        if highest >= _INT128 and not tiers.holds_below_ceilings():
            raise PackError([Fault("possible_overflow", ("formula",), {"value": "2^127", "limit": "2^127"})])
        return cls(node, edition, facts, truth, tiers.value(here), highest)

    @property
    def is_computed(self) -> bool:
        """Whether it can be worked out on any row: with every figure published that it cannot do without."""
        return not self.value.meta.is_literal()

    def unpublished(self) -> pl.Expr | None:
        """Where the calculation reaches a figure that the county has not published; None when it never can."""
        unset = [name for name in parameters_of(self.expression) if self.edition.parameters[name] is None]
        return self._reaches_unset(self.expression) if unset else None

    def missing(self) -> dict[str, pl.Expr]:
        """For each fact that can be wanting, where it is."""
        found: dict[str, list[pl.Expr]] = {}
        self._note_missing(self.expression, [], found)
        return {fact: any_true(where) for fact, where in found.items()}

    def _reaches_unset(self, node: Expression) -> pl.Expr:
        if isinstance(node, ParameterRef):
            return pl.lit(self.edition.parameters[node.parameter] is None)
        inner = [self._reaches_unset(child) for child in children(node)]
        if isinstance(node, Lookup | Choose):
            chosen = branches_of(node, self.facts, self.truth)
            inner = [
                all_true([branch.eq_missing(other=True), reached])
                for branch, reached in zip(chosen, inner, strict=True)
            ]
        return any_true(inner)

    def _note_missing(self, node: Expression, under: list[pl.Expr], found: dict[str, list[pl.Expr]]) -> None:
        """Each unknown fact below ``node`` where every branch on the way to it is chosen or still open."""
        if isinstance(node, FactRef):
            found.setdefault(node.fact, []).append(all_true([*under, self.facts.unknown(node.fact)]))
        elif isinstance(node, Lookup | Choose):
            deciding = (
                {node.fact: self.facts.unknown(node.fact)}
                if isinstance(node, Lookup)
                else missing_of(node.condition, self.facts, self.truth)
            )
            for fact, where in deciding.items():
                found.setdefault(fact, []).append(all_true([*under, where]))
            for branch, child in zip(branches_of(node, self.facts, self.truth), children(node), strict=True):
                self._note_missing(child, [*under, branch.ne_missing(other=False)], found)
        else:
            for child in children(node):
                self._note_missing(child, under, found)
