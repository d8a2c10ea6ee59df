"""The closed list of operators: what each compares and in which words; with an unknown side each is unknown.

Names are those of the business-rules library; ``is_one_of`` and ``is_empty`` are ours. Comparisons are exact: two
figures are equal only when they are the same number (the library's own numeric type calls 0.029999 and 0.03 equal).
"""

from __future__ import annotations

import operator as python
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.rules.text import Text
from app.rules.vocabulary import NUMERIC, FactType

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["OPERATORS", "Operand", "Operator"]


class Operand:
    """What an operator takes on its right side."""

    NONE = "none"
    VALUE = "value"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator: fact types it fits, its right side, the decision on known values, its words, its Python symbol.

    ``words`` has ``{expected}`` where the right side stands. ``source`` is the expression that compiled code uses, with
    ``{actual}`` and ``{expected}``.
    """

    name: str
    types: frozenset[FactType]
    operand: str
    holds: Callable[[Any, Any], bool]
    words: Text
    source: str


_COMPARABLE = NUMERIC | {FactType.DATE}
_EQUAL = frozenset({FactType.ENUM, FactType.TEXT, FactType.CODE}) | _COMPARABLE

OPERATORS: dict[str, Operator] = {
    op.name: op
    for op in (
        Operator(
            "is_true",
            frozenset({FactType.BOOL}),
            Operand.NONE,
            lambda actual, _: actual is True,
            Text("须为“是”", "must be yes"),
            "{actual} is True",
        ),
        Operator(
            "is_false",
            frozenset({FactType.BOOL}),
            Operand.NONE,
            lambda actual, _: actual is False,
            Text("须为“否”", "must be no"),
            "{actual} is False",
        ),
        Operator(
            "equal_to",
            _EQUAL,
            Operand.VALUE,
            python.eq,
            Text("须为{expected}", "must be {expected}"),
            "{actual} == {expected}",
        ),
        Operator(
            "is_one_of",
            frozenset({FactType.ENUM, FactType.TEXT, FactType.CODE}),
            Operand.LIST,
            lambda actual, expected: actual in expected,
            Text("须为以下之一:{expected}", "must be one of: {expected}"),
            "{actual} in {expected}",
        ),
        Operator(
            "less_than",
            _COMPARABLE,
            Operand.VALUE,
            python.lt,
            Text(
                "须低于{expected}(不含本数)",
                "must be below {expected} (that figure excluded)",
            ),
            "{actual} < {expected}",
        ),
        Operator(
            "less_than_or_equal_to",
            _COMPARABLE,
            Operand.VALUE,
            python.le,
            Text(
                "须不超过{expected}(含本数)",
                "must be at most {expected} (that figure included)",
            ),
            "{actual} <= {expected}",
        ),
        Operator(
            "greater_than",
            _COMPARABLE,
            Operand.VALUE,
            python.gt,
            Text(
                "须高于{expected}(不含本数)",
                "must be above {expected} (that figure excluded)",
            ),
            "{actual} > {expected}",
        ),
        Operator(
            "greater_than_or_equal_to",
            _COMPARABLE,
            Operand.VALUE,
            python.ge,
            Text(
                "须达到{expected}(含本数)",
                "must be at least {expected} (that figure included)",
            ),
            "{actual} >= {expected}",
        ),
        Operator(
            "shares_at_least_one_element_with",
            frozenset({FactType.SET}),
            Operand.LIST,
            lambda actual, expected: not expected.isdisjoint(actual),
            Text(
                "须至少有一项属于:{expected}",
                "must include at least one of: {expected}",
            ),
            "not {expected}.isdisjoint({actual})",
        ),
        Operator(
            "is_empty",
            frozenset({FactType.SET}),
            Operand.NONE,
            lambda actual, _: not actual,
            Text("须一项也没有", "must be none at all"),
            "not {actual}",
        ),
    )
}
