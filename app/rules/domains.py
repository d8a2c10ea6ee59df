"""What values facts can still have once some conditions are taken to hold.

The basis of two checks: whether a condition can ever hold, and between which bounds an amount lies. It may only
err by keeping a value that is impossible, never by dropping one that is possible. Figures lie on the grid of their
type (fen, whole numbers), so every strict bound becomes an inclusive one a step further in.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from math import ceil, floor
from typing import TYPE_CHECKING

from app.rules.conditions import AllOf, AnyOf, Comparison, Condition, FactOperand
from app.rules.edition import alternatives
from app.rules.vocabulary import NUMERIC, FactType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.rules.vocabulary import Fact, Vocabulary

__all__ = ["MAX_WAYS", "Choices", "Domain", "Knowledge", "Members", "Span", "assume", "can_hold", "count_ways"]

MAX_WAYS = 512
_ROUNDS = 3
_NEGATED = {
    "is_true": "is_false",
    "is_false": "is_true",
    "less_than": "greater_than_or_equal_to",
    "greater_than": "less_than_or_equal_to",
    "less_than_or_equal_to": "greater_than",
    "greater_than_or_equal_to": "less_than",
}
_MIRRORED = {
    "less_than": "greater_than",
    "greater_than": "less_than",
    "less_than_or_equal_to": "greater_than_or_equal_to",
    "greater_than_or_equal_to": "less_than_or_equal_to",
    "equal_to": "equal_to",
}


@dataclass(frozen=True, slots=True)
class Span:
    """Every figure from ``low`` to ``high``, both included; None is no bound."""

    low: Fraction | None = None
    high: Fraction | None = None

    @property
    def empty(self) -> bool:
        """Whether no figure is left."""
        return self.low is not None and self.high is not None and self.low > self.high

    def meet(self, other: Span) -> Span:
        """The figures in both."""
        lows = [low for low in (self.low, other.low) if low is not None]
        highs = [high for high in (self.high, other.high) if high is not None]
        return Span(max(lows, default=None), min(highs, default=None))

    def hull(self, other: Span) -> Span:
        """The smallest span around both."""
        low = None if self.low is None or other.low is None else min(self.low, other.low)
        high = None if self.high is None or other.high is None else max(self.high, other.high)
        return Span(low, high)

    def minus(self, other: Span) -> Span:
        """Every difference of a figure here and one there."""
        low = None if self.low is None or other.high is None else self.low - other.high
        high = None if self.high is None or other.low is None else self.high - other.low
        return Span(low, high)


@dataclass(frozen=True, slots=True)
class Choices:
    """The members that an enum, a bool or a text can still be; None: any at all."""

    values: frozenset[str | bool] | None = None


@dataclass(frozen=True, slots=True)
class Members:
    """What a set can still hold: only ``allowed``, nothing at all or not, and one of each group."""

    allowed: frozenset[str]
    may_be_empty: bool = True
    groups: frozenset[frozenset[str]] = frozenset()

    @property
    def impossible(self) -> bool:
        """Whether no set answers to it."""
        return any(not group & self.allowed for group in self.groups) or not (self.may_be_empty or self.allowed)


Domain = Span | Choices | Members


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The domains that conditions have narrowed, and the spans of differences between two figures."""

    vocabulary: Vocabulary
    domains: Mapping[str, Domain] = field(default_factory=dict)
    differences: Mapping[tuple[str, str], Span] = field(default_factory=dict)

    def domain(self, name: str) -> Domain:
        """What is known about a fact; at first what its type and bounds say."""
        found = self.domains.get(name)
        return _declared(self.vocabulary[name]) if found is None else found

    def span(self, name: str) -> Span:
        """The span of a figure or date."""
        found = self.domain(name)
        return found if isinstance(found, Span) else Span()

    def difference(self, left: str, right: str) -> Span:
        """The span of ``left - right``."""
        apart = self.span(left).minus(self.span(right))
        known = self.differences.get((left, right))
        return apart if known is None else apart.meet(known)

    def learn(self, name: str, domain: Domain) -> Knowledge | None:
        """The same with one fact narrowed; None when no value is left."""
        match domain:
            case Span() if domain.empty:
                return None
            case Choices() if domain.values is not None and not domain.values:
                return None
            case Members() if domain.impossible:
                return None
        return replace(self, domains={**self.domains, name: domain})

    def pick(self, name: str, value: str) -> Knowledge | None:
        """The same once an enum is known to be ``value``; None when it cannot be."""
        domain = self.domain(name)
        if not isinstance(domain, Choices):
            return self
        return self.learn(name, _only(domain, frozenset({value})))

    def join(self, other: Knowledge) -> Knowledge:
        """What holds whichever of the two is the case."""
        domains = {
            name: _around(self.domains[name], other.domains[name]) for name in self.domains if name in other.domains
        }
        differences = {
            pair: self.differences[pair].hull(other.differences[pair])
            for pair in self.differences
            if pair in other.differences
        }
        return replace(self, domains=domains, differences=differences)


def _step(fact: Fact) -> Fraction:
    """The distance between two neighbouring values of a numeric fact or date."""
    return Fraction(1, 10**fact.decimals) if fact.type in NUMERIC else Fraction(1)


def _declared(fact: Fact) -> Domain:
    match fact.type:
        case FactType.BOOL:
            return Choices(frozenset({True, False}))
        case FactType.ENUM:
            return Choices(fact.allowed)
        case FactType.SET:
            return Members(fact.allowed)
        case FactType.TEXT | FactType.CODE:
            return Choices()
        case _:
            low, high = fact.minimum, fact.maximum
            return Span(None if low is None else Fraction(low), None if high is None else Fraction(high))


def _only(domain: Choices, values: frozenset[str | bool]) -> Choices:
    return Choices(values if domain.values is None else domain.values & values)


def _without(domain: Choices, values: frozenset[str | bool]) -> Choices:
    return domain if domain.values is None else Choices(domain.values - values)


def _around(one: Domain, other: Domain) -> Domain:
    if isinstance(one, Span) and isinstance(other, Span):
        return one.hull(other)
    if isinstance(one, Members) and isinstance(other, Members):
        empty = one.may_be_empty or other.may_be_empty
        return Members(one.allowed | other.allowed, empty, one.groups & other.groups)
    if isinstance(one, Choices) and isinstance(other, Choices) and one.values is not None and other.values is not None:
        return Choices(one.values | other.values)
    return Choices()


def assume(known: Knowledge, condition: Condition, *, truth: bool = True) -> Knowledge | None:
    """What is known once the condition is true (or false); None when it cannot be."""
    if isinstance(condition, Comparison):
        return _narrow(known, condition, truth=truth)
    if isinstance(condition, AllOf) is truth:
        return _assume_each(known, condition, truth=truth)
    branches = [assume(known, part, truth=truth) for part in condition.parts]
    possible = [branch for branch in branches if branch is not None]
    return reduce(Knowledge.join, possible) if possible else None


def _assume_each(known: Knowledge, condition: AllOf | AnyOf, *, truth: bool) -> Knowledge | None:
    """All parts at once; again while one part tightens what another compares with."""
    found: Knowledge | None = known
    for _ in range(_ROUNDS):
        before = found
        for part in condition.parts:
            found = None if found is None else assume(found, part, truth=truth)
        if found is None or found == before:
            return found
    return found


def _narrow(known: Knowledge, leaf: Comparison, *, truth: bool) -> Knowledge | None:
    """One comparison taken as true or false."""
    domain = known.domain(leaf.fact)
    match domain:
        case Span():
            return _narrow_figure(known, leaf, truth=truth)
        case Members():
            return known.learn(leaf.fact, _narrow_set(domain, leaf, truth=truth))
        case Choices():  # pragma: no branch - the match is exhaustive
            return _narrow_choice(known, domain, leaf, truth=truth)


def _narrow_set(domain: Members, leaf: Comparison, *, truth: bool) -> Members:
    group = frozenset(leaf.expected) if isinstance(leaf.expected, tuple) else frozenset()
    if leaf.operator == "is_empty":
        return replace(domain, allowed=frozenset()) if truth else replace(domain, may_be_empty=False)
    if truth:
        return replace(domain, may_be_empty=False, groups=domain.groups | {group})
    return replace(domain, allowed=domain.allowed - group)


def _narrow_choice(known: Knowledge, domain: Choices, leaf: Comparison, *, truth: bool) -> Knowledge | None:
    if isinstance(leaf.expected, FactOperand):
        other = known.domain(leaf.expected.fact)
        if not truth or not isinstance(other, Choices):
            return known
        both = domain if other.values is None else _only(domain, other.values)
        found = known.learn(leaf.fact, both)
        return None if found is None else found.learn(leaf.expected.fact, both)
    if leaf.operator in ("is_true", "is_false"):
        return known.learn(leaf.fact, _only(domain, frozenset({(leaf.operator == "is_true") is truth})))
    expected = leaf.expected if isinstance(leaf.expected, tuple) else (str(leaf.expected),)
    chosen: frozenset[str | bool] = frozenset(expected)
    return known.learn(leaf.fact, _only(domain, chosen) if truth else _without(domain, chosen))


def _figure(value: object) -> Fraction:
    if isinstance(value, date):
        return Fraction(value.toordinal())
    return Fraction(value) if isinstance(value, (int, Decimal)) else Fraction(0)


def _narrow_figure(known: Knowledge, leaf: Comparison, *, truth: bool) -> Knowledge | None:
    fact, operator = known.vocabulary[leaf.fact], leaf.operator
    grid = _step(fact)
    if not truth and operator == "equal_to":
        return _narrow_unequal(known, leaf, grid)
    operator = operator if truth else _NEGATED[operator]
    if not isinstance(leaf.expected, FactOperand):
        value = _figure(leaf.expected)
        return known.learn(leaf.fact, known.span(leaf.fact).meet(_beside(operator, Span(value, value), grid)))
    other, plus = leaf.expected.fact, Fraction(leaf.expected.plus)
    apart = _beside(operator, Span(plus, plus), grid)
    if other == leaf.fact:
        return None if apart.meet(Span(Fraction(0), Fraction(0))).empty else known
    apart = known.difference(leaf.fact, other).meet(apart)
    if apart.empty:
        return None
    mine, theirs = known.span(leaf.fact), known.span(other)
    found = known.learn(leaf.fact, mine.meet(_beside(operator, _moved(theirs, plus), grid)))
    found = found and found.learn(other, theirs.meet(_beside(_MIRRORED[operator], _moved(mine, -plus), grid)))
    if found is None:
        return None
    back = Span(0 - apart.high if apart.high is not None else None, 0 - apart.low if apart.low is not None else None)
    return replace(found, differences={**found.differences, (leaf.fact, other): apart, (other, leaf.fact): back})


def _narrow_unequal(known: Knowledge, leaf: Comparison, grid: Fraction) -> Knowledge | None:
    """Only a bound that is the very figure moves; a hole in the middle of a span is not kept."""
    if isinstance(leaf.expected, FactOperand):
        return known
    value, span = _figure(leaf.expected), known.span(leaf.fact)
    low = value + grid if span.low == value else span.low
    high = value - grid if span.high == value else span.high
    return known.learn(leaf.fact, Span(low, high))


def _moved(span: Span, by: Fraction) -> Span:
    return Span(None if span.low is None else span.low + by, None if span.high is None else span.high + by)


def _beside(operator: str, right: Span, grid: Fraction) -> Span:
    """The figures on the grid that can stand on the left of ``operator`` when the right side lies in ``right``."""
    low = high = None
    if operator in ("greater_than", "greater_than_or_equal_to", "equal_to") and right.low is not None:
        strict = operator == "greater_than"
        low = (floor(right.low / grid) + 1 if strict else ceil(right.low / grid)) * grid
    if operator in ("less_than", "less_than_or_equal_to", "equal_to") and right.high is not None:
        strict = operator == "less_than"
        high = (ceil(right.high / grid) - 1 if strict else floor(right.high / grid)) * grid
    return Span(low, high)


def count_ways(condition: Condition) -> int:
    """In how many ways the condition can be put together from its alternatives."""
    if isinstance(condition, Comparison):
        return 1
    counts = [count_ways(part) for part in condition.parts]
    if isinstance(condition, AnyOf):
        return sum(counts)
    return reduce(lambda found, count: found * count, counts, 1)


def can_hold(condition: Condition, vocabulary: Vocabulary) -> bool:
    """Whether some values make it true, as far as can be seen: True where it has too many ways to look at each."""
    if count_ways(condition) > MAX_WAYS:
        return True
    return any(assume(Knowledge(vocabulary), AllOf(way)) is not None for way in alternatives(condition))
