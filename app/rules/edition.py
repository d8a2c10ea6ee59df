"""A policy on a date: which version of each rule stands, its caveats, and every unique condition once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from app.rules.conditions import AllOf, AnyOf, Comparison, Condition, leaves

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from decimal import Decimal

    from app.rules.policy import Caveat, Policy, Rule, Version

__all__ = ["Edition", "Standing", "alternatives"]


@dataclass(frozen=True)
class Standing:
    """One decidable rule on the date: its version in force, or the nearest known one."""

    rule: Rule
    version: Version
    in_force: bool
    caveats: tuple[Caveat, ...]
    units: tuple[str, ...]

    @property
    def condition(self) -> Condition:
        """The condition of the version; a rule that decides always has one."""
        return self.version.condition or AllOf(())

    @cached_property
    def leaves(self) -> tuple[Comparison, ...]:
        """Its comparisons in the order written."""
        return tuple(leaves(self.condition))

    @cached_property
    def facts(self) -> frozenset[str]:
        """The facts that decide its status and its caveats; none when out of force."""
        if not self.in_force:
            return frozenset()
        hanging = [tree for caveat in self.caveats for tree in (caveat.when, caveat.unless) if tree is not None]
        return frozenset(fact for tree in (self.condition, *hanging) for leaf in leaves(tree) for fact in leaf.facts)


@dataclass(frozen=True)
class Edition:
    """All decidable rules of a policy as they stand from ``start`` until the next turning day."""

    policy: Policy
    start: date
    standings: tuple[Standing, ...]
    parameters: Mapping[str, Decimal | None]

    @classmethod
    def of(cls, policy: Policy, on: date) -> Edition:
        """The policy as it stands on a date."""
        standings = []
        units = {measure.clause: measure.units for measure in policy.measures}
        for rule in policy.decidable:
            version = rule.nearest(on)
            in_force = version.covers(on)
            hanging = (*version.caveats, *rule.caveats) if in_force else ()
            unique = {caveat.code: caveat for caveat in reversed(hanging) if caveat.hangs(on)}
            standings.append(
                Standing(
                    rule,
                    version,
                    in_force,
                    tuple(reversed(unique.values())),
                    units[rule.clause],
                )
            )
        parameters = {name: parameter.on(on) for name, parameter in policy.parameters.items()}
        return cls(policy, on, tuple(standings), parameters)

    @cached_property
    def conditions(self) -> tuple[Comparison, ...]:
        """Every unique comparison of the rules in force, in the order first written."""
        found = (leaf for standing in self.standings if standing.in_force for leaf in standing.leaves)
        return tuple(dict.fromkeys(found))

    @cached_property
    def condition_index(self) -> Mapping[Comparison, int]:
        """Comparison → its place in ``conditions``."""
        return {leaf: place for place, leaf in enumerate(self.conditions)}


def alternatives(condition: Condition) -> list[tuple[Comparison, ...]]:
    """The ways in which a condition can hold: each a set of comparisons, in the order written."""
    if isinstance(condition, Comparison):
        return [(condition,)]
    if isinstance(condition, AnyOf):
        return [way for part in condition.parts for way in alternatives(part)]
    ways: list[tuple[Comparison, ...]] = [()]
    for part in condition.parts:
        ways = [(*way, *more) for way in ways for more in alternatives(part)]
    return ways
