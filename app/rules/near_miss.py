"""Near misses: the fewest changes within the asker's power that would make an ineligible rule eligible."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Any

from app.rules.conditions import Comparison, expected_value
from app.rules.derived import DERIVED, DERIVED_FROM, settle
from app.rules.edition import alternatives
from app.rules.evaluate import truth_of
from app.rules.operators import OPERATORS
from app.rules.truth import FALSE, TRUE
from app.rules.vocabulary import NUMERIC, FactType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from app.rules.edition import Edition, Standing
    from app.rules.vocabulary import Fact, Value

__all__ = ["MAX_SETS", "NearMissFinder"]

MAX_SETS = 3
_DERIVED_FROM = frozenset(DERIVED_FROM)


@dataclass(frozen=True)
class NearMissFinder:
    """The alternatives of one rule, prepared once: only those that some change could open."""

    standing: Standing
    edition: Edition
    ways: tuple[tuple[Comparison, ...], ...]
    delicate: frozenset[str]
    hangs_on: frozenset[str]
    """Facts that the rule does not read itself but that decide what a change does to derived ones."""

    @classmethod
    def of(cls, standing: Standing, edition: Edition) -> NearMissFinder | None:
        """The finder of a rule in force, or None when nothing in it can be changed by the asker."""
        vocabulary = edition.policy.vocabulary
        actionable = {leaf.fact for leaf in standing.leaves if vocabulary[leaf.fact].actionable}
        if not actionable:
            return None
        ways = tuple(tuple(dict.fromkeys(way)) for way in alternatives(standing.condition))
        read = [fact for leaf in dict.fromkeys(standing.leaves) for fact in leaf.facts]
        delicate = {fact for fact in read if read.count(fact) > 1}
        if any(fact in DERIVED for fact in read):
            delicate |= _DERIVED_FROM.difference(DERIVED)
        hangs_on = _DERIVED_FROM if actionable & _DERIVED_FROM else frozenset()
        return cls(standing, edition, ways, frozenset(delicate), hangs_on)

    def may_find(self, truths: Sequence[int]) -> bool:
        """Whether some alternative has nothing unknown in it and nothing false that the asker cannot change."""
        return any(
            all(truths[place] == TRUE or (movable and truths[place] == FALSE) for place, movable in way)
            for way in self._places
        )

    @cached_property
    def _places(self) -> tuple[tuple[tuple[int, bool], ...], ...]:
        """For each alternative, the places of its conditions, and whether the asker can change what they ask."""
        index, vocabulary = self.edition.condition_index, self.edition.policy.vocabulary
        return tuple(tuple((index[leaf], vocabulary[leaf.fact].actionable) for leaf in way) for way in self.ways)

    def find(self, known: Mapping[str, Value], given: Mapping[str, Value]) -> list[tuple[Comparison, ...]]:
        """At most three sets of false conditions to make true, fewest facts first, in the order of the conditions."""
        found: dict[frozenset[str], tuple[Comparison, ...]] = {}
        for way in self.ways:
            changes = self._changes(way, known)
            if changes is not None:
                facts = frozenset(change.fact for change in changes)
                if facts not in found and self._holds(changes, facts, known, given):
                    found[facts] = changes
        fewest = min((len(facts) for facts in found), default=0)
        return [changes for facts, changes in found.items() if len(facts) == fewest][:MAX_SETS]

    def _changes(self, way: tuple[Comparison, ...], known: Mapping[str, Value]) -> tuple[Comparison, ...] | None:
        """The false conditions of one alternative; None when one is unknown or beyond the asker."""
        vocabulary = self.edition.policy.vocabulary
        changes = []
        for leaf in way:
            truth = truth_of(leaf, known)
            if truth is None or (truth is False and not vocabulary[leaf.fact].actionable):
                return None
            if truth is False:
                changes.append(leaf)
        return tuple(changes)

    def _holds(
        self,
        changes: tuple[Comparison, ...],
        facts: frozenset[str],
        known: Mapping[str, Value],
        given: Mapping[str, Value],
    ) -> bool:
        """Whether the rule really is eligible after the changes; only facts read more than once need a trial."""
        policy = self.edition.policy
        if not facts & self.delicate:
            return all(_witnesses(change, policy.vocabulary[change.fact], known) for change in changes)
        for trial in self._trials(changes, facts, known):
            after = settle(policy.vocabulary, policy.division, {**given, **trial}).known
            if truth_of(self.standing.condition, after) and all(truth_of(change, after) for change in changes):
                return True
        return False

    def _trials(
        self,
        changes: tuple[Comparison, ...],
        facts: frozenset[str],
        known: Mapping[str, Value],
    ) -> Iterator[dict[str, Value]]:
        vocabulary = self.edition.policy.vocabulary
        names = sorted(facts)
        choices = [
            [
                value
                for change in changes
                if change.fact == name
                for value in _witnesses(change, vocabulary[name], known)
            ]
            for name in names
        ]
        for values in product(*choices):
            yield dict(zip(names, values, strict=True))


def _witnesses(change: Comparison, fact: Fact, known: Mapping[str, Value]) -> list[Any]:
    """Values within the fact's bounds that make the condition true, next to the figure where the fact has an order."""
    expected = expected_value(change.expected, known)
    values: list[Any]
    if fact.type in NUMERIC:
        step = Decimal(1).scaleb(-fact.decimals)
        near = [expected, expected + step, expected - step]
        values = [int(value) if fact.decimals == 0 else Decimal(value) for value in near]
        low, high = fact.minimum, fact.maximum
        values = [v for v in values if (low is None or v >= low) and (high is None or v <= high)]
    elif isinstance(expected, date):
        days = [expected.toordinal() + step for step in (0, 1, -1)]
        values = [date.fromordinal(day) for day in days if 0 < day <= date.max.toordinal()]
    elif fact.type is FactType.SET:
        values = [fact.allowed, frozenset()]  # all members meet every list, and only no member at all is empty
    elif isinstance(expected, frozenset):
        values = sorted(expected)
    else:
        values = [{"is_true": True, "is_false": False}.get(change.operator, expected)]
    return [value for value in values if OPERATORS[change.operator].holds(value, expected)]
