"""A formula worked out in columns, exactly: each value is an integer over a scale and, after a division, a divisor.

Facts are integers at their own scale. Sums bring both sides over the least common scale, products multiply scales, a
quotient takes the other side's integer as divisor. Beside every value stand its bounds, under what the branch it is in
says about the facts, and the largest integer met on the way: so the width that a formula needs is known before it runs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor, gcd, lcm
from typing import TYPE_CHECKING, Final

import polars as pl

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
)
from app.rules.columns_conditions import in_case
from app.rules.columns_constants import nothing
from app.rules.domains import Knowledge, Span, assume

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from decimal import Decimal

    from app.rules.columns_conditions import Facts, Truth

    #: A figure of the rule, or integers of the rows.
    Number = int | pl.Expr

__all__ = ["Arithmetic", "Quantity", "branches_of", "fen_of"]

_FEN: Final = 100
_DECLARED: Final = Fraction(10**15)


@dataclass(frozen=True)
class Quantity:
    """``number / (scale * divisor)``, the scale and the divisor above 0.

    ``low`` and ``high`` bound the value, ``widest`` the number, ``divisor_widest`` the divisor; ``peak`` is the
    largest integer that the way to it takes.
    """

    number: Number
    scale: int
    low: Fraction
    high: Fraction
    widest: int
    peak: int
    divisor: pl.Expr | None = None
    divisor_widest: int = 1

    @property
    def figure(self) -> Fraction | None:
        """The value where it is the same on all rows."""
        return Fraction(self.number, self.scale) if isinstance(self.number, int) and self.divisor is None else None

    def scaled(self, scale: int, widest: int | None = None) -> Quantity:
        """The same with bounds of the number for another scale; without divisor they follow from the value's own."""
        if self.divisor is None:
            widest = ceil(max(abs(self.low), abs(self.high)) * scale)
        found = self.widest if widest is None else widest
        return replace(self, scale=scale, widest=found, peak=max(self.peak, found, scale * self.divisor_widest))


def branches_of(node: Lookup | Choose, facts: Facts, truth: Truth) -> list[pl.Expr]:
    """For each branch, in the order of ``children``, whether the facts choose it."""
    if isinstance(node, Choose):
        holds = truth(node.condition)
        return [holds, ~holds]
    column = facts.schema[node.fact]
    return [facts[node.fact] == pl.lit(column.codes[key], dtype=column.dtype) for key, _ in node.cases]


def fen_of(value: Fraction) -> int:
    """Yuan in fen, half-up and never below 0."""
    return max(0, floor(value * _FEN + Fraction(1, 2)))


def _figure(value: Fraction) -> Quantity:
    widest = abs(value.numerator)
    return Quantity(value.numerator, value.denominator, value, value, widest, max(widest, value.denominator))


@dataclass(frozen=True)
class Arithmetic:
    """Formulas over the columns of some facts, in integers of one width."""

    facts: Facts
    truth: Truth
    parameters: Mapping[str, Decimal | None]
    dtype: pl.DataType
    share: Callable[[pl.Expr], pl.Expr]

    def fen(self, found: Quantity) -> tuple[pl.Expr, int]:
        """Half-up to fen, never below 0, and the largest integer that it takes: only what is above 0 is divided."""
        if found.figure is not None:
            same = fen_of(found.figure)
            return self._literal(same), max(found.peak, same)
        common = gcd(_FEN, found.scale)
        factor, scale = _FEN // common, found.scale // common
        if scale % 2 and (scale > 1 or found.divisor is not None):
            factor, scale = 2 * factor, 2 * scale
        number = self._shared(found.number)
        if scale == 1:
            fen = self._times(number, factor)
            peak = found.widest * factor
        else:
            divisor = found.divisor
            half: Number = scale // 2 if divisor is None else self._times(divisor, scale // 2)
            whole: Number = scale if divisor is None else self._times(divisor, scale)
            fen = self._plus(self._times(number, factor), half)
            fen = self._expression(fen) // self._expression(whole)
            peak = found.widest * factor + scale * found.divisor_widest
        column = self._expression(number)
        rounded = pl.when(column <= self._literal(0)).then(self._literal(0)).otherwise(self._expression(fen))
        return rounded, max(found.peak, peak)

    def value(self, node: Expression, known: Knowledge) -> Quantity | None:
        """The value of ``node``, None when it is unknown on every row."""
        match node:
            case Figure():
                return _figure(Fraction(node.value))
            case FactRef():
                return self._fact(node.fact, known)
            case ParameterRef():
                published = self.parameters[node.parameter]
                return None if published is None else _figure(Fraction(published))
            case Named():
                return self.value(node.body, known)
            case Lookup() | Choose():
                return self._chosen(node, known)
            case Operation() | Pick() | Schedule():  # pragma: no branch - the match is exhaustive
                return self._combined(node, known)

    # -------------------------------------------------------------------------------------------- integers

    def _literal(self, value: int) -> pl.Expr:
        """A figure; one that these integers do not hold is never reached where the width is found to do."""
        largest = 2**63 if self.dtype == pl.Int64 else 2**127
        return pl.lit(value, dtype=self.dtype) if -largest <= value < largest else nothing(self.dtype)

    def _expression(self, value: Number) -> pl.Expr:
        return self._literal(value) if isinstance(value, int) else value

    def _shared(self, value: Number) -> Number:
        return value if isinstance(value, int) else self.share(value)

    def _times(self, one: Number, other: Number) -> Number:
        if isinstance(one, int) and isinstance(other, int):
            return one * other
        if isinstance(one, int):
            one, other = other, one
        return one if isinstance(other, int) and other == 1 else self._expression(one) * self._expression(other)

    def _plus(self, one: Number, other: Number, sign: int = 1) -> Number:
        if isinstance(one, int) and isinstance(other, int):
            return one + sign * other
        if isinstance(other, int) and other == 0:
            return one
        left, right = self._expression(one), self._expression(other)
        return left + right if sign > 0 else left - right

    def _case(self, conditions: Sequence[pl.Expr], values: Sequence[Number | None]) -> pl.Expr:
        """The value of the first condition that is true; unknown where none is, and for a value that is None."""
        found = [nothing(self.dtype) if value is None else self._expression(value) for value in values]
        return in_case(list(zip(conditions, found, strict=True)), nothing(self.dtype))

    # ---------------------------------------------------------------------------------------------- values

    def _fact(self, fact: str, known: Knowledge) -> Quantity | None:
        if fact not in self.facts.columns:
            return None
        span, column = known.span(fact), self.facts.schema[fact]
        low = -_DECLARED if span.low is None else span.low
        high = _DECLARED if span.high is None else span.high
        number = self.facts[fact]
        if column.dtype != self.dtype:
            number = self.share(number.cast(self.dtype, strict=False))
        return Quantity(number, 1, low, high, 0, 0).scaled(10**column.scale)

    def _aligned(self, found: Sequence[Quantity]) -> list[Quantity]:
        """The same values over one scale and one divisor."""
        scale = lcm(*(item.scale for item in found))
        divisors: list[tuple[pl.Expr, int]] = []
        for item in found:
            if item.divisor is not None and not any(item.divisor.meta.eq(other) for other, _ in divisors):
                divisors.append((item.divisor, item.divisor_widest))
        return [self._over(item, scale, divisors) for item in found]

    def _over(self, item: Quantity, scale: int, divisors: Sequence[tuple[pl.Expr, int]]) -> Quantity:
        factor = scale // item.scale
        number, widest = self._times(item.number, factor), item.widest * factor
        if not divisors:
            return replace(item, number=number).scaled(scale)
        for divisor, bound in divisors:
            if item.divisor is None or not item.divisor.meta.eq(divisor):
                number, widest = self._times(number, divisor), widest * bound
        product, bound = divisors[0]
        for divisor, limit in divisors[1:]:
            product, bound = product * divisor, bound * limit
        whole = self.share(product)
        return replace(item, number=number, divisor=whole, divisor_widest=bound).scaled(scale, widest)

    def _chosen(self, node: Lookup | Choose, known: Knowledge) -> Quantity | None:
        """The branch that the facts choose; unknown while they leave it open. A branch never taken has no value."""
        if isinstance(node, Lookup):
            under = [known.pick(node.fact, key) for key, _ in node.cases]
        else:
            under = [assume(known, node.condition, truth=truth) for truth in (True, False)]
        found = [
            None if knowledge is None else self.value(child, knowledge)
            for child, knowledge in zip(children(node), under, strict=True)
        ]
        aligned = self._aligned([item for item in found if item is not None])
        if not aligned:
            return None
        numbers = iter([item.number for item in aligned])
        values = [None if item is None else next(numbers) for item in found]
        return self._either(self._case(branches_of(node, self.facts, self.truth), values), aligned)

    @staticmethod
    def _either(number: pl.Expr, aligned: Sequence[Quantity]) -> Quantity:
        """Any one of several aligned values."""
        low, high = min(item.low for item in aligned), max(item.high for item in aligned)
        peak, widest = max(item.peak for item in aligned), max(item.widest for item in aligned)
        return replace(aligned[0], number=number, low=low, high=high, peak=peak).scaled(aligned[0].scale, widest)

    def _combined(self, node: Operation | Pick | Schedule, known: Knowledge) -> Quantity | None:
        found = [self.value(part, known) for part in children(node)]
        values = [item for item in found if item is not None]
        if len(values) < len(found):
            return None
        match node:
            case Pick():
                return self._picked(node, values)
            case Schedule():
                return self._scheduled(node, values[0])
            case Operation(symbol="*"):
                return self._product(*values)
            case Operation(symbol="/"):
                left, right = values
                return None if right.low <= 0 <= right.high else self._quotient(left, right)
            case Operation():  # pragma: no branch - the match is exhaustive
                return self._sum(node, values, known)

    def _sum(self, node: Operation, values: Sequence[Quantity], known: Knowledge) -> Quantity:
        left, right = self._aligned(values)
        sign = 1 if node.symbol == "+" else -1
        low = left.low + (right.low if sign > 0 else -right.high)
        high = left.high + (right.high if sign > 0 else -right.low)
        if sign < 0 and isinstance(node.left, FactRef) and isinstance(node.right, FactRef):
            apart = known.difference(node.left.fact, node.right.fact)
            low = low if apart.low is None else max(low, apart.low)
            high = high if apart.high is None else min(high, apart.high)
        number = self._plus(left.number, right.number, sign)
        peak = max(left.peak, right.peak)
        return replace(left, number=number, low=low, high=high, peak=peak).scaled(
            left.scale, left.widest + right.widest
        )

    def _product(self, left: Quantity, right: Quantity) -> Quantity:
        ends = [one * other for one in (left.low, left.high) for other in (right.low, right.high)]
        divisors = [(item.divisor, item.divisor_widest) for item in (left, right) if item.divisor is not None]
        whole = None
        for divisor, _ in divisors:
            whole = divisor if whole is None else whole * divisor
        return Quantity(
            self._times(left.number, right.number),
            1,
            min(ends),
            max(ends),
            0,
            max(left.peak, right.peak),
            None if whole is None else self.share(whole),
            left.divisor_widest * right.divisor_widest,
        ).scaled(left.scale * right.scale, left.widest * right.widest)

    def _quotient(self, left: Quantity, right: Quantity) -> Quantity:
        """``left / right``; a divisor below 0 turns both signs, so that what is divided by stays above 0."""
        if right.figure is not None:
            return self._product(left, _figure(1 / right.figure))
        ends = [one / other for one in (left.low, left.high) for other in (right.low, right.high)]
        common = gcd(left.scale, right.scale)
        number, widest = self._times(left.number, right.scale // common), left.widest * (right.scale // common)
        if right.divisor is not None:
            number, widest = self._times(number, right.divisor), widest * right.divisor_widest
        divisor = self.share(self._expression(right.number))
        if right.low < 0:
            sign = pl.when(divisor < self._literal(0)).then(self._literal(-1)).otherwise(self._literal(1))
            number, divisor = self._times(number, sign), divisor.abs()
        if left.divisor is not None:
            divisor = left.divisor * divisor
        return Quantity(
            number,
            1,
            min(ends),
            max(ends),
            0,
            max(left.peak, right.peak),
            self.share(divisor),
            left.divisor_widest * right.widest,
        ).scaled(left.scale // common, widest)

    def _picked(self, node: Pick, values: Sequence[Quantity]) -> Quantity:
        """The smallest or largest part; unknown when one is (a minimum over columns would skip it)."""
        pick = min if node.name == "min" else max
        figures = [item.figure for item in values if item.figure is not None]
        if len(figures) == len(values):
            return _figure(pick(figures))
        aligned = self._aligned(values)
        best, *others = [self._shared(item.number) for item in aligned]
        for other in others:
            left, right = self._expression(best), self._expression(other)
            first = self.share(left <= right if node.name == "min" else left >= right)
            best = self.share(self._case([first, ~first], [best, other]))
        found = self._either(self._expression(best), aligned)
        low, high = pick(item.low for item in aligned), pick(item.high for item in aligned)
        return replace(found, low=low, high=high).scaled(found.scale, found.widest)

    def _scheduled(self, node: Schedule, base: Quantity) -> Quantity:
        """The tax of the step that the base falls in; the last step takes what is above all ends."""
        figures = [Fraction(figure) for step in node.brackets for figure in (step.rate, step.quick)]
        scale = lcm(*(figure.denominator for figure in figures))
        number = self._shared(base.number)
        taxes: list[Number | None] = []
        inside: list[pl.Expr] = []
        bounds = _Steps(base, scale)
        for step in node.brackets:
            rate, quick = int(Fraction(step.rate) * scale), int(Fraction(step.quick) * scale)
            top = None if step.up_to is None else Fraction(step.up_to)
            bounds.take(top, Fraction(step.rate), Fraction(step.quick))
            off = self._times(quick * base.scale, 1 if base.divisor is None else base.divisor)
            taxes.append(self._plus(self._times(number, rate), off, -1))
            if top is not None:
                inside.append(self.share(self._reaches(number, base, top)))
        column = self._expression(number)
        last = ~inside[-1] if inside else column.is_not_null()
        found = replace(base, number=self._case([*inside, last], taxes), low=bounds.low, high=bounds.high)
        return replace(found, peak=max(base.peak, bounds.peak)).scaled(base.scale * scale, bounds.widest)

    def _reaches(self, number: Number, base: Quantity, top: Fraction) -> pl.Expr:
        """Whether the base is at most ``top``."""
        if base.divisor is None:
            limit = min(floor(top * base.scale), base.widest)
            return self._expression(number) <= self._literal(limit)
        bound = self._times(base.divisor, top.numerator * base.scale)
        return self._expression(self._times(number, top.denominator)) <= self._expression(bound)


class _Steps:
    """The bounds of a progressive schedule over the steps that a base can fall in."""

    def __init__(self, base: Quantity, scale: int) -> None:
        self._base, self._scale = base, scale
        self._start: Fraction | None = None
        self._ends: list[Fraction] = []
        self.widest = 0
        self.peak = 0

    def take(self, top: Fraction | None, rate: Fraction, quick: Fraction) -> None:
        """The next step, from the end of the last one to ``top``."""
        base, divisor = self._base, self._base.divisor_widest
        part = Span(base.low, base.high).meet(Span(self._start, top))
        self._start = top
        if top is not None and base.divisor is not None:
            self.peak = max(self.peak, base.widest * top.denominator, abs(top.numerator) * base.scale * divisor)
        if part.empty or part.low is None or part.high is None:
            return
        self._ends += [part.low * rate - quick, part.high * rate - quick]
        self.widest = max(self.widest, ceil(self._scale * (base.widest * rate + quick * base.scale * divisor)))
        self.peak = max(self.peak, self.widest)

    @property
    def low(self) -> Fraction:
        """The least tax."""
        return min(self._ends)

    @property
    def high(self) -> Fraction:
        """The largest tax."""
        return max(self._ends)
