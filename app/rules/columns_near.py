"""How near a miss was: the number of facts in the smallest set of changes with which a rule would be eligible.

The same sets as ``near_miss.py`` offers: each way in which the condition can hold, its false comparisons changed by
the asker, nothing unknown on it. A fact that the rule reads more than once, or from which derived facts follow, is
tried: the rule is worked out again with the very values that the changes would give.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from itertools import chain, combinations, product
from typing import TYPE_CHECKING, Final

import polars as pl

from app.rules.columns_conditions import all_true, any_true, truth_of_tree
from app.rules.columns_derived import derived_columns
from app.rules.conditions import Comparison, FactOperand
from app.rules.derived import DERIVED
from app.rules.errors import Fault, PackError
from app.rules.near_miss import NearMissFinder
from app.rules.vocabulary import NUMERIC, FactType

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from app.rules.columns_conditions import Facts, Truth
    from app.rules.conditions import Condition
    from app.rules.edition import Edition, Standing

    Share = Callable[[pl.Expr], pl.Expr]
    #: A value that would make a comparison true, and where the bounds of the fact allow it.
    Witness = tuple[pl.Expr, pl.Expr]
    Way = tuple[Comparison, ...]

__all__ = ["NearMissColumns"]

_MOST_TRIALS: Final = 4096
_SURE: Final = pl.lit(True)  # noqa: FBT003 - a literal of the expression
#: Steps beside the expected figure at which an operator holds.
_STEPS: Final[Mapping[str, tuple[int, ...]]] = {
    "equal_to": (0,),
    "less_than": (-1,),
    "less_than_or_equal_to": (0, -1),
    "greater_than": (1,),
    "greater_than_or_equal_to": (0, 1),
}


@dataclass(frozen=True)
class NearMissColumns:
    """One rule in force. ``given``: the facts before anything is derived; ``facts``: with what follows from them."""

    standing: Standing
    edition: Edition
    given: Facts
    facts: Facts
    truth: Truth
    share: Share

    def distance(self) -> pl.Expr | None:
        """UInt8, null where the rule is not ineligible or no change helps; None when no asker could change anything.

        Raises:
            PackError: when there are too many ways to try.
        """
        finder = NearMissFinder.of(self.standing, self.edition)
        if finder is None:
            return None
        missed = ~self.truth(self.standing.condition)
        found = [self._way(way, finder.delicate) for way in finder.ways if any(self._is_free(leaf) for leaf in way)]
        # a way that is closed is null, and a minimum over columns passes it over: just what is wanted here
        return pl.when(missed).then(pl.min_horizontal(found)) if found else None

    def _is_free(self, leaf: Comparison) -> bool:
        return self.edition.policy.vocabulary[leaf.fact].actionable

    def _way(self, way: Way, delicate: frozenset[str]) -> pl.Expr:
        """The number of facts to change on one way, null where it is closed."""
        free = [leaf for leaf in way if self._is_free(leaf)]
        changed = {
            fact: self.share(any_true(~self.truth(leaf) for leaf in free if leaf.fact == fact))
            for fact in dict.fromkeys(leaf.fact for leaf in free)
        }
        passable = all_true(
            [
                *(self.truth(leaf) for leaf in way if not self._is_free(leaf)),
                *(self.truth(leaf).is_not_null() for leaf in free),
            ]
        )
        untouched = [~changed[fact] for fact in changed if fact in delicate]
        simple = all_true([*untouched, *(self._mendable(leaf) for leaf in free)])
        helps = any_true([simple, *self._trials(way, free, changed, delicate)])
        one, none = pl.lit(1, dtype=pl.UInt8), pl.lit(0, dtype=pl.UInt8)
        count = reduce(operator.add, [pl.when(where).then(one).otherwise(none) for where in changed.values()])
        return pl.when(all_true([passable, helps])).then(count)

    def _mendable(self, leaf: Comparison) -> pl.Expr:
        """Where the comparison is true, or some value within the bounds of its fact would make it so."""
        return any_true([self.truth(leaf), *(allowed for _, allowed in self._witnesses(leaf))])

    # ----------------------------------------------------------------------------------------------- trials

    def _trials(
        self, way: Way, free: Sequence[Comparison], changed: Mapping[str, pl.Expr], delicate: frozenset[str]
    ) -> list[pl.Expr]:
        """Where some values for the changed facts really make the rule eligible, if a delicate fact is among them."""
        tried = [fact for fact in changed if fact in delicate or self._is_linked(fact, free, changed)]
        subsets = chain.from_iterable(combinations(tried, size) for size in range(1, len(tried) + 1))
        found: list[pl.Expr] = []
        for facts in subsets:
            if delicate.isdisjoint(facts):
                continue
            choices = [
                [(leaf, witness) for leaf in free if leaf.fact == fact for witness in self._witnesses(leaf)]
                for fact in facts
            ]
            exactly = [changed[fact] if fact in facts else ~changed[fact] for fact in tried]
            others = [leaf for leaf in free if leaf.fact not in tried]
            before = all_true([*exactly, *(self._mendable(leaf) for leaf in others)])
            for choice in product(*choices):
                found.append(all_true([before, self._trial(facts, choice, free, frozenset(others))]))
                self._refuse_beyond(len(found), way)
        return found

    def _is_linked(self, fact: str, free: Sequence[Comparison], changed: Mapping[str, pl.Expr]) -> bool:
        """Whether a comparison sets the fact against another one that may change as well."""
        return any(
            leaf.fact == fact and isinstance(leaf.expected, FactOperand) and leaf.expected.fact in changed
            for leaf in free
        )

    def _refuse_beyond(self, count: int, way: Way) -> None:
        if count > _MOST_TRIALS:
            place = (self.standing.rule.id, len(way))
            raise PackError([Fault("too_many_alternatives", place, {"limit": _MOST_TRIALS})])

    def _trial(
        self,
        facts: Sequence[str],
        choice: Sequence[tuple[Comparison, Witness]],
        free: Sequence[Comparison],
        mended: frozenset[Comparison],
    ) -> pl.Expr:
        """Whether the rule is eligible once the facts have those values and the other false comparisons are mended."""
        values = {fact: value for fact, (_, (value, _)) in zip(facts, choice, strict=True)}
        after = self._after(values, mended)
        return all_true(
            [
                *(~self.truth(leaf) for leaf, _ in choice),
                *(allowed for _, (_, allowed) in choice),
                *(any_true([self.truth(leaf), after(leaf)]) for leaf in free if leaf.fact in facts),
                after(self.standing.condition),
            ]
        )

    def _after(self, values: Mapping[str, pl.Expr], mended: frozenset[Comparison]) -> Truth:
        """The truth of conditions once some facts have other values and what follows from them is derived again."""
        given = self.given.replaced(values)
        used = {fact for leaf in self.standing.leaves for fact in leaf.facts if fact in DERIVED}
        derived = derived_columns(given, self.edition.policy, used, self.share)
        facts = given.replaced({fact: self.share(found) for fact, found in derived.items()})
        moved = {*values, *derived}

        def truth(condition: Condition) -> pl.Expr:
            if not isinstance(condition, Comparison):
                return truth_of_tree(condition, truth)
            if condition in mended:
                return _SURE
            return self.share(facts.truth(condition)) if moved.intersection(condition.facts) else self.truth(condition)

        return truth

    # --------------------------------------------------------------------------------------------- witnesses

    def _witnesses(self, leaf: Comparison) -> list[Witness]:
        """Values that make a comparison true, next to the expected figure where the fact has an order."""
        column = self.facts.schema[leaf.fact]
        if column.fact.type in NUMERIC:
            return self._figures(leaf)
        if column.fact.type is FactType.DATE:
            return self._days(leaf)
        if column.fact.type is FactType.SET:
            everything = sum(1 << bit for bit in column.codes.values())
            mask = 0 if leaf.operator == "is_empty" else everything
            return [(pl.lit(mask, dtype=column.dtype), _SURE)]
        if leaf.operator in ("is_true", "is_false"):
            return [(pl.lit(leaf.operator == "is_true"), _SURE)]
        if isinstance(leaf.expected, FactOperand):
            return [(self.facts.translated(leaf.expected.fact, leaf.fact), _SURE)]
        words = leaf.expected if isinstance(leaf.expected, tuple) else (str(leaf.expected),)
        return [(pl.lit(column.encode(word), dtype=column.dtype), _SURE) for word in dict.fromkeys(words)]

    def _figures(self, leaf: Comparison) -> list[Witness]:
        column = self.facts.schema[leaf.fact]
        fact = column.fact
        low, high = (None if end is None else column.encode(end) for end in (fact.minimum, fact.maximum))
        base = self.facts.expected(leaf).cast(pl.Int128)
        found = []
        for step in _STEPS[leaf.operator]:
            value = base + pl.lit(step, dtype=pl.Int128) if step else base
            bounds = [_SURE] if low is None else [value >= pl.lit(low, dtype=pl.Int128)]
            bounds += [] if high is None else [value <= pl.lit(high, dtype=pl.Int128)]
            found.append((value.cast(column.dtype, strict=False), self.share(all_true(bounds))))
        return found

    def _days(self, leaf: Comparison) -> list[Witness]:
        if isinstance(leaf.expected, date):
            steps = [step for step in _STEPS[leaf.operator] if _is_day(leaf.expected, step)]
            return [(pl.lit(leaf.expected + timedelta(days=step)), _SURE) for step in steps]
        days = self.facts.expected(leaf).cast(pl.Int32)
        return [((days + step).cast(pl.Date), _SURE) for step in _STEPS[leaf.operator]]


def _is_day(day: date, step: int) -> bool:
    return 0 < day.toordinal() + step <= date.max.toordinal()
