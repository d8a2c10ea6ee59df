"""Between which bounds an amount lies, how wide the integers of its calculation get, and what it may not do.

Every node is given the exact interval of its value in yuan (or its own unit) from the bounds of the facts; the branch
of a choice is worked out under its condition, so that ``if x > 0 then … / x`` is seen to be safe.

Three things follow.

* A divisor whose interval holds 0 is refused (``possible_division_by_zero``), whatever the rule's own conditions say:
  amounts are also worked out for rules that are still undetermined.
* An amount that could exceed 10^18 fen, or whose exact integers could exceed 128 bits, is refused
  (``possible_overflow``). A declared bound of 10^15 is what a reader of figures accepts, no claim about the world: a
  number of months or of people is therefore taken at most at the ceiling of its unit (:data:`CEILINGS`). What is
  refused is a formula that multiplies money by money, or money by a figure without such a ceiling; ``min`` caps it.
  A parameter counts with the figures published for it: while it has none, nothing is calculated with it.
* ``width`` says which integers hold every step when the formula is worked out in columns: each figure an integer at its
  own scale (fen, 10^-10 for rates), sums over a common denominator, quotients as numerator and denominator, and one
  rounding at the end. Rows beyond a ceiling in ``ceilings`` need wider integers than that and belong to the reference.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from math import ceil, lcm
from typing import TYPE_CHECKING, Final, Protocol

from app.rules.amount_ranges import Range, choice, extreme, product, quotient, scheduled, total
from app.rules.amounts import (
    Choose,
    Expression,
    FactRef,
    Figure,
    Lookup,
    Named,
    Operation,
    ParameterRef,
    Pick,
    Schedule,
    children,
    facts_of,
)
from app.rules.domains import Knowledge, Span, assume
from app.rules.errors import Fault, Path
from app.rules.vocabulary import DECIMALS, NUMERIC, FactType

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from app.rules.vocabulary import Vocabulary

__all__ = ["CEILINGS", "AmountBounds", "Width", "amount_bounds", "bound_faults", "parameter_span"]

#: 10^18 fen, in yuan.
LARGEST_YUAN: Final = Fraction(10**16)

#: The most that a count can be by its unit: a hundred years of months, more people than live in China, more parcels
#: than it sends in a year, more tonnes and kilowatts than its industry makes.
CEILINGS: Final[Mapping[str, int]] = {
    "basis_point": 1_000_000,
    "kilowatt": 10**10,
    "month": 1_200,
    "parcel": 10**12,
    "person": 2 * 10**9,
    "time": 10**6,
    "tonne_per_year": 10**11,
}

_DECLARED: Final = Fraction(10**15)


class _Typed(Protocol):
    """What is read of a parameter: its type, and the figures published for it."""

    @property
    def type(self) -> str:
        """One of the numeric types of facts."""

    @property
    def values(self) -> Sequence[_Published]:
        """The published figures, none while it is unset."""


class _Published(Protocol):
    @property
    def value(self) -> Decimal:
        """The figure."""


class Width(StrEnum):
    """The integers in which a formula can be worked out without overflow."""

    INT64 = "int64"
    INT128 = "int128"
    BEYOND = "beyond"


@dataclass(frozen=True, slots=True)
class AmountBounds:
    """What an amount can come to before it is rounded, in yuan (None: it is never worked out), and how.

    ``ceilings`` are the facts taken at most at the ceiling of their unit, which is below their declared bound.
    """

    span: Span | None
    width: Width
    ceilings: tuple[tuple[str, int], ...] = ()


@dataclass(slots=True)
class _Analysis:
    """One walk over a formula. ``parameters``: the range of each, None for one with which nothing is worked out."""

    vocabulary: Vocabulary
    parameters: Mapping[str, Range | None]
    place: Path = ("formula",)
    zero_divisors: list[Path] = field(default_factory=list)
    idle: list[Path] = field(default_factory=list)

    def value(self, node: Expression, known: Knowledge) -> Range | None:
        """The range of ``node``; None when it is never worked out."""
        match node:
            case Figure():
                figure = Fraction(node.value)
                return Range.exact(figure, figure, figure.denominator)
            case FactRef():
                return _range(known.span(node.fact), 10 ** self.vocabulary[node.fact].decimals)
            case ParameterRef():
                return self.parameters[node.parameter]
            case Named():
                return self._named(node, known)
            case Lookup() | Choose():
                return self._branches(node, known)
            case Operation() | Pick() | Schedule():  # pragma: no branch - the match is exhaustive
                return self._combined(node, known)

    def _named(self, node: Named, known: Knowledge) -> Range | None:
        outside, self.place = self.place, ("where", node.name)
        found = self.value(node.body, known)
        self.place = outside
        return found

    def _branches(self, node: Lookup | Choose, known: Knowledge) -> Range | None:
        """Any of the branches that can be chosen, each under what choosing it says about the facts."""
        if isinstance(node, Lookup):
            options = [(known.pick(node.fact, key), body) for key, body in node.cases]
        else:
            both = ((True, node.then), (False, node.otherwise))
            options = [(assume(known, node.condition, truth=truth), body) for truth, body in both]
            if any(option is None for option, _ in options):
                self.idle.append(self.place)
        found = [self.value(body, option) for option, body in options if option is not None]
        ranges = [item for item in found if item is not None]
        return choice(ranges) if ranges else None

    def _combined(self, node: Operation | Pick | Schedule, known: Knowledge) -> Range | None:
        parts = [self.value(part, known) for part in children(node)]
        if isinstance(node, Operation) and node.symbol == "/":
            divisor = parts[1]
            if divisor is None or divisor.low <= 0 <= divisor.high:
                self.zero_divisors.append(self.place)
                return None
        ranges = [part for part in parts if part is not None]
        if len(ranges) < len(parts):
            return None
        match node:
            case Pick():
                return extreme(node.name, ranges)
            case Schedule():
                return scheduled(node.brackets, ranges[0])
            case Operation(symbol="*"):
                return product(*ranges)
            case Operation(symbol="/"):
                return quotient(*ranges)
            case Operation():  # pragma: no branch - the match is exhaustive
                return total(ranges[0], ranges[1], 1 if node.symbol == "+" else -1, _apart(node, known))


def _apart(node: Operation, known: Knowledge) -> Span:
    """What conditions say about the difference of two facts."""
    if node.symbol == "-" and isinstance(node.left, FactRef) and isinstance(node.right, FactRef):
        return known.difference(node.left.fact, node.right.fact)
    return Span()


def _range(span: Span, denominator: int) -> Range:
    low = -_DECLARED if span.low is None else span.low
    high = _DECLARED if span.high is None else span.high
    return Range.exact(low, high, denominator)


def parameter_span(kind: str) -> Span:
    """The figures that may be published for a parameter of that type."""
    return Span(Fraction(0), Fraction(1) if kind == FactType.RATE else _DECLARED)


def _published(parameter: _Typed) -> Range | None:
    figures = [Fraction(item.value) for item in parameter.values]
    if not figures:
        return None
    return Range.exact(min(figures), max(figures), lcm(*(figure.denominator for figure in figures)))


def _declared(parameter: _Typed) -> Range:
    decimals = DECIMALS.get(FactType(parameter.type), 0) if parameter.type in tuple(FactType) else 0
    return _range(parameter_span(parameter.type), 10**decimals)


def _ceilings(vocabulary: Vocabulary, node: Expression) -> dict[str, int]:
    """Fact → the ceiling of its unit, for the facts that are counts and may be given as more than that."""
    found = {}
    for name in vocabulary.ordered(facts_of(node)):
        fact = vocabulary[name]
        limit = CEILINGS.get(fact.unit or "")
        if limit is not None and fact.type in NUMERIC and (fact.maximum is None or fact.maximum > limit):
            found[name] = limit
    return found


def _within(vocabulary: Vocabulary, ceilings: Mapping[str, int]) -> Knowledge:
    spans = {name: Span(None, Fraction(limit)) for name, limit in ceilings.items()}
    known = Knowledge(vocabulary)
    return Knowledge(vocabulary, {name: known.span(name).meet(span) for name, span in spans.items()})


def amount_bounds(
    node: Expression, vocabulary: Vocabulary, parameters: Mapping[str, _Typed], *, ceilings: bool = True
) -> AmountBounds:
    """Bounds and width of an amount with the figures published for its parameters.

    Args:
        node: The amount of one version of a rule.
        vocabulary: The facts with their declared bounds.
        parameters: Name → parameter; while one has no figure, nothing is worked out with it.
        ceilings: Whether counts are taken at most at the ceiling of their unit; without, at their declared bounds.
    """
    limits = _ceilings(vocabulary, node) if ceilings else {}
    published = {name: _published(parameter) for name, parameter in parameters.items()}
    found = _Analysis(vocabulary, published).value(node, _within(vocabulary, limits))
    if found is None:
        return AmountBounds(None, Width.INT64, tuple(limits.items()))
    return AmountBounds(Span(found.low, found.high), _width(found.rounding_peak), tuple(limits.items()))


def _width(widest: int) -> Width:
    if widest < 2**63:
        return Width.INT64
    return Width.INT128 if widest < 2**127 else Width.BEYOND


def bound_faults(node: Expression, vocabulary: Vocabulary, parameters: Mapping[str, _Typed], path: Path) -> list[Fault]:
    """What keeps an amount from being published: a divisor that can be 0, a result too large, a branch never taken."""
    analysis = _Analysis(vocabulary, {name: _declared(parameter) for name, parameter in parameters.items()})
    analysis.value(node, Knowledge(vocabulary))
    faults = [Fault("possible_division_by_zero", (*path, *place)) for place in dict.fromkeys(analysis.zero_divisors)]
    faults += [Fault("part_idle", (*path, *place, "if")) for place in dict.fromkeys(analysis.idle)]
    bounds = amount_bounds(node, vocabulary, parameters)
    if bounds.span is None:
        return faults
    high = bounds.span.high
    if high is not None and high > LARGEST_YUAN:
        faults.append(Fault("possible_overflow", (*path, "formula"), {"value": _power(high), "limit": "10^18"}))
    elif bounds.width is Width.BEYOND:
        faults.append(Fault("possible_overflow", (*path, "formula"), {"value": "2^127", "limit": "2^127"}))
    return faults


def _power(yuan: Fraction) -> str:
    """The size in fen as a power of ten, rounded up."""
    return f"10^{len(str(ceil(yuan * 100) - 1))}"
