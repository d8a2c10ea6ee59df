"""Conditions as expressions: a nullable boolean for each, null where it is unknown. ``&`` and ``|`` are Kleene's."""

from __future__ import annotations

import operator as python
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from app.rules.columns_constants import folded, nothing
from app.rules.conditions import AllOf, AnyOf, Comparison, Condition, FactOperand
from app.rules.vocabulary import FactType

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from app.rules.columns_schema import PhysicalColumn
    from app.rules.conditions import Expected

#: The truth of a condition as an expression.
Truth = Callable[[Condition], pl.Expr]

__all__ = ["UNLISTED", "Facts", "Truth", "all_true", "any_true", "in_case", "missing_of", "truth_of_tree"]

_COMPARE: Final[Mapping[str, Callable[[pl.Expr, pl.Expr], pl.Expr]]] = {
    "equal_to": python.eq,
    "less_than": python.lt,
    "less_than_or_equal_to": python.le,
    "greater_than": python.gt,
    "greater_than_or_equal_to": python.ge,
}
_FEW_RUNS: Final = 2
_ALWAYS: Final = pl.lit(True)  # noqa: FBT003 - a literal of the expression
#: The code of a word that an enum does not list: known, and equal to none of its members.
UNLISTED: Final = 255
#: A packed code that no division and no industry has.
_NEVER: Final = 2**32 - 1


def all_true(parts: Iterable[pl.Expr]) -> pl.Expr:
    """Kleene's *and* of any number of truths."""
    return _joined(parts, python.and_, neutral=True)


def any_true(parts: Iterable[pl.Expr]) -> pl.Expr:
    """Kleene's *or* of any number of truths."""
    return _joined(parts, python.or_, neutral=False)


def _joined(parts: Iterable[pl.Expr], combine: Callable[[Any, Any], Any], *, neutral: bool) -> pl.Expr:
    """Truths put together; the figure that changes nothing is left out, the other decides, unknown is said once."""
    found: list[pl.Expr] = []
    open_everywhere, same = nothing(pl.Boolean()), pl.lit(neutral)
    unknown = False
    for part in map(folded, parts):
        if not part.meta.is_literal():
            found.append(part)
        elif part.meta.eq(open_everywhere):
            unknown = True
        elif not part.meta.eq(same):
            return part
    if unknown:
        found.append(open_everywhere)
    return reduce(combine, found) if found else same


def in_case(cases: Sequence[tuple[pl.Expr, pl.Expr]], otherwise: pl.Expr) -> pl.Expr:
    """The value of the first case whose condition is true, else the last argument."""
    found = otherwise
    for condition, value in reversed([(folded(condition), value) for condition, value in cases]):
        if not condition.meta.is_literal():
            found = pl.when(condition).then(value).otherwise(found)
        elif condition.meta.eq(_ALWAYS):
            found = value
    return found


def truth_of_tree(condition: AllOf | AnyOf, truth: Truth) -> pl.Expr:
    """The truth of a tree from the truths of its parts."""
    combine = all_true if isinstance(condition, AllOf) else any_true
    return combine(truth(part) for part in condition.parts)


def missing_of(condition: Condition, facts: Facts, truth: Truth) -> dict[str, pl.Expr]:
    """For each fact, where it can still change the truth: it is unknown, and so is every part on the way to it."""
    found: dict[str, list[pl.Expr]] = {}
    _note_missing(condition, [], facts, truth, found)
    return {fact: any_true(where) for fact, where in found.items()}


def _note_missing(
    node: Condition, under: list[pl.Expr], facts: Facts, truth: Truth, found: dict[str, list[pl.Expr]]
) -> None:
    if isinstance(node, Comparison):
        for fact in node.facts:
            found.setdefault(fact, []).append(all_true([*under, facts.unknown(fact)]))
        return
    here = truth(node).is_null()
    for part in node.parts:
        _note_missing(part, [*under, here], facts, truth, found)


@dataclass(frozen=True)
class Facts:
    """The facts of a table as expressions; a fact that has none is unknown on every row."""

    schema: Mapping[str, PhysicalColumn]
    columns: Mapping[str, pl.Expr]

    def __getitem__(self, fact: str) -> pl.Expr:
        """The physical values of a fact."""
        found = self.columns.get(fact)
        return nothing(self.schema[fact].dtype) if found is None else found

    def known(self, fact: str) -> pl.Expr:
        """Where the fact is known."""
        return self[fact].is_not_null() if fact in self.columns else pl.lit(False)  # noqa: FBT003 - a literal

    def unknown(self, fact: str) -> pl.Expr:
        """Where the fact is not known."""
        return self[fact].is_null() if fact in self.columns else pl.lit(True)  # noqa: FBT003 - a literal

    def replaced(self, values: Mapping[str, pl.Expr]) -> Facts:
        """The same with other values for some facts."""
        return Facts(self.schema, {**self.columns, **values})

    def truth(self, leaf: Comparison) -> pl.Expr:
        """The truth of one comparison."""
        column = self.schema[leaf.fact]
        actual = self[leaf.fact]
        match leaf.operator:
            case "is_true":
                return actual
            case "is_false":
                return ~actual
            case "is_empty":
                return actual == _literal(0, column)
            case "is_one_of":
                return _one_of(actual, leaf.expected, column)
            case "shares_at_least_one_element_with":
                mask = sum(1 << column.codes[member] for member in dict.fromkeys(_members(leaf.expected)))
                return (actual & _literal(mask, column)) != _literal(0, column)
            case operator if operator in _COMPARE:
                return _COMPARE[operator](actual, self.expected(leaf))
        raise ValueError(leaf.operator)

    def expected(self, leaf: Comparison) -> pl.Expr:
        """The right side of a comparison with one value or fact, in integers that hold both sides."""
        column, expected = self.schema[leaf.fact], leaf.expected
        if not isinstance(expected, FactOperand):
            if expected is None or isinstance(expected, tuple):
                raise ValueError(leaf.operator)
            return _literal(column.encode(expected), column)
        other = self.schema[expected.fact]
        if column.fact.type in (FactType.ENUM, FactType.CODE):
            return self.translated(expected.fact, leaf.fact)
        if not expected.plus:
            return self[expected.fact]
        wide = column.dtype if column.dtype == pl.Int128 else other.dtype
        return self[expected.fact].cast(wide) + pl.lit(other.encode(expected.plus), dtype=wide)

    def translated(self, source: str, target: str) -> pl.Expr:
        """The word of one enum or code as another one counts it; a value that it never has for a word it lacks."""
        column, other, found = self.schema[target], self.schema[source], self[source]
        if column.fact.code != other.fact.code:
            never = pl.lit("" if column.dtype == pl.String else _NEVER, dtype=column.dtype)
            return pl.when(found.is_not_null()).then(never)
        if column.codes == other.codes:
            return found
        words = [
            (found == _literal(code, other), _literal(column.codes[word], column))
            for word, code in other.codes.items()
            if word in column.codes
        ]
        return pl.when(found.is_not_null()).then(in_case(words, pl.lit(UNLISTED, dtype=pl.UInt8)))


def _literal(value: object, column: PhysicalColumn) -> pl.Expr:
    return pl.lit(value, dtype=column.dtype)


def _members(expected: Expected) -> tuple[str, ...]:
    if not isinstance(expected, tuple):
        raise TypeError(expected)
    return expected


def _one_of(actual: pl.Expr, expected: Expected, column: PhysicalColumn) -> pl.Expr:
    """Membership; neighbouring codes are one interval, which is quicker than a search."""
    members = list(dict.fromkeys(_members(expected)))
    if not column.codes:
        values = pl.lit(pl.Series([column.encode(member) for member in members], dtype=column.dtype)).implode()
        return actual.is_in(values)
    runs = _runs(sorted(column.codes[member] for member in members))
    if len(runs) > _FEW_RUNS:
        codes = pl.lit(pl.Series([column.codes[member] for member in members], dtype=column.dtype)).implode()
        return actual.is_in(codes)
    return any_true(
        actual == _literal(low, column)
        if low == high
        else actual.is_between(_literal(low, column), _literal(high, column))
        for low, high in runs
    )


def _runs(codes: list[int]) -> list[tuple[int, int]]:
    """Sorted codes as runs of neighbours."""
    runs: list[tuple[int, int]] = []
    for code in codes:
        if runs and code == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], code)
        else:
            runs.append((code, code))
    return runs
