"""Exact intervals of the values in a formula, and of the integers that stand for them.

A value is ``numerator / denominator``. Sums and comparisons bring both sides over a common denominator, products
multiply, a quotient joins the divisor's numerator to the denominator. ``peak`` is the largest integer met on the way.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import reduce
from math import ceil, lcm
from typing import TYPE_CHECKING

from app.rules.domains import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.rules.amounts import Bracket

__all__ = ["Range", "choice", "extreme", "product", "quotient", "scheduled", "total"]

_FEN = 100


@dataclass(frozen=True, slots=True)
class Range:
    """Bounds of a value and of its integers; ``fixed``: the denominator is this one, whatever the facts are."""

    low: Fraction
    high: Fraction
    numerator: int
    denominator: int
    peak: int
    fixed: bool = True

    @classmethod
    def exact(cls, low: Fraction, high: Fraction, denominator: int, peak: int = 0) -> Range:
        """A value over a fixed denominator: its integers follow from its bounds."""
        numerator = ceil(max(abs(low), abs(high)) * denominator)
        return cls(low, high, numerator, denominator, max(peak, numerator, denominator))

    @classmethod
    def varying(cls, span: tuple[Fraction, Fraction], numerator: int, denominator: int, peak: int) -> Range:
        """A value whose denominator hangs on the facts."""
        return cls(*span, numerator, denominator, max(peak, numerator, denominator), fixed=False)

    @property
    def rounding_peak(self) -> int:
        """The largest integer once the value is rounded to fen."""
        if self.fixed and _FEN % self.denominator == 0:
            return max(self.peak, self.numerator * (_FEN // self.denominator))
        if self.fixed and self.denominator % (2 * _FEN) == 0:
            return max(self.peak, self.numerator + self.denominator // (2 * _FEN))
        return max(self.peak, self.numerator * 2 * _FEN + self.denominator)


def _aligned(ranges: Sequence[Range]) -> list[Range]:
    """The values over a common denominator: the least one when all are fixed, else their product."""
    if all(item.fixed for item in ranges):
        common = lcm(*(item.denominator for item in ranges))
        return [Range.exact(item.low, item.high, common, item.peak) for item in ranges]
    common = reduce(lambda found, item: found * item.denominator, ranges, 1)
    return [
        Range.varying((item.low, item.high), item.numerator * (common // item.denominator), common, item.peak)
        for item in ranges
    ]


def _peak(ranges: Sequence[Range]) -> int:
    return max(item.peak for item in ranges)


def total(left: Range, right: Range, sign: int, within: Span) -> Range:
    """``left + right``, or ``left - right`` with sign -1; ``within``: bounds known from elsewhere."""
    low = left.low + (right.low if sign > 0 else -right.high)
    high = left.high + (right.high if sign > 0 else -right.low)
    low = low if within.low is None else max(low, within.low)
    high = high if within.high is None else min(high, within.high)
    one, other = _aligned([left, right])
    if one.fixed:
        return Range.exact(low, high, one.denominator, _peak([one, other]))
    numerator = one.numerator + other.numerator
    return Range.varying((low, high), numerator, one.denominator, _peak([one, other]))


def product(left: Range, right: Range) -> Range:
    """``left * right``."""
    ends = [one * other for one in (left.low, left.high) for other in (right.low, right.high)]
    denominator, peak = left.denominator * right.denominator, _peak([left, right])
    if left.fixed and right.fixed:
        return Range.exact(min(ends), max(ends), denominator, peak)
    return Range.varying((min(ends), max(ends)), left.numerator * right.numerator, denominator, peak)


def quotient(left: Range, right: Range) -> Range:
    """``left / right`` for a divisor that is never 0; its numerator is fixed only when it is a figure."""
    ends = [one / other for one in (left.low, left.high) for other in (right.low, right.high)]
    numerator, denominator = left.numerator * right.denominator, left.denominator * right.numerator
    found = Range.varying((min(ends), max(ends)), numerator, denominator, _peak([left, right]))
    return replace(found, fixed=left.fixed and right.fixed and right.low == right.high)


def choice(ranges: Sequence[Range]) -> Range:
    """Any one of several values."""
    aligned = _aligned(ranges)
    span = (min(item.low for item in ranges), max(item.high for item in ranges))
    if aligned[0].fixed:
        return Range.exact(*span, aligned[0].denominator, _peak(aligned))
    return Range.varying(span, max(item.numerator for item in aligned), aligned[0].denominator, _peak(aligned))


def extreme(name: str, ranges: Sequence[Range]) -> Range:
    """The smallest (``min``) or largest (``max``) of several values."""
    pick = min if name == "min" else max
    low, high, either = pick(item.low for item in ranges), pick(item.high for item in ranges), choice(ranges)
    if either.fixed:
        return Range.exact(low, high, either.denominator, either.peak)
    return replace(either, low=low, high=high)


def scheduled(brackets: Sequence[Bracket], base: Range) -> Range:
    """``base * rate - quick`` over the brackets that the base can fall in."""
    scale = lcm(*(Fraction(figure).denominator for step in brackets for figure in (step.rate, step.quick)))
    ends: list[Fraction] = []
    numerator, start = 0, None
    for bracket in brackets:
        top = None if bracket.up_to is None else Fraction(bracket.up_to)
        part = Span(base.low, base.high).meet(Span(start, top))
        start, rate, quick = top, Fraction(bracket.rate), Fraction(bracket.quick)
        if not part.empty and part.low is not None and part.high is not None:
            ends += [part.low * rate - quick, part.high * rate - quick]
            numerator = max(numerator, ceil(scale * (base.numerator * rate + quick * base.denominator)))
    denominator = base.denominator * scale
    found = Range.varying((min(ends), max(ends)), numerator, denominator, base.peak)
    return replace(found, fixed=base.fixed)
