"""What an amount comes to on these facts: the reference calculation, in exact fractions."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from app.rules.amounts import (
    Bracket,
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
from app.rules.evaluate import truth_of, unknown_facts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from app.rules.vocabulary import Value

__all__ = ["Calculation", "bracket_of", "branch", "calculate", "combine"]


@dataclass(slots=True)
class Calculation:
    """The exact value in yuan (None when open), the facts that are wanting, and the parameters reached.

    ``unset`` is the first parameter reached that has no value; ``parameter`` the first one reached at all.
    """

    value: Fraction | None
    missing: set[str] = field(default_factory=set)
    parameter: str | None = None
    unset: str | None = None


def calculate(
    node: Expression,
    known: Mapping[str, Value],
    parameters: Mapping[str, Decimal | None],
) -> Calculation:
    """The amount of ``node`` before rounding, with everything that keeps it open."""
    result = Calculation(None)
    result.value = _value(node, known, parameters, result)
    return result


def _value(
    node: Expression,
    known: Mapping[str, Value],
    parameters: Mapping[str, Decimal | None],
    result: Calculation,
) -> Fraction | None:
    match node:
        case Figure():
            return Fraction(node.value)
        case FactRef():
            value = known.get(node.fact)
            if value is None:
                result.missing.add(node.fact)
                return None
            return Fraction(value)  # type: ignore[arg-type]  # the parser admits numeric facts only
        case ParameterRef():
            return _parameter(node.parameter, parameters, result)
        case Named():
            return _value(node.body, known, parameters, result)
        case Lookup() | Choose():
            chosen = branch(node, known)
            if chosen is not None:
                return _value(chosen, known, parameters, result)
            _note_open_branches(node, known, parameters, result)
            return None
        case Operation() | Pick() | Schedule():  # pragma: no branch - the match is exhaustive
            parts = [_value(child, known, parameters, result) for child in children(node)]
            return None if any(part is None for part in parts) else combine(node, [p for p in parts if p is not None])


def _parameter(name: str, parameters: Mapping[str, Decimal | None], result: Calculation) -> Fraction | None:
    result.parameter = result.parameter or name
    value = parameters.get(name)
    if value is None:
        result.unset = result.unset or name
        return None
    return Fraction(value)


def branch(node: Lookup | Choose, known: Mapping[str, Value]) -> Expression | None:
    """The branch that the facts choose; None while they leave it open."""
    if isinstance(node, Lookup):
        return dict(node.cases).get(str(known.get(node.fact)))
    truth = truth_of(node.condition, known)
    if truth is None:
        return None
    return node.then if truth else node.otherwise


def _note_open_branches(
    node: Lookup | Choose,
    known: Mapping[str, Value],
    parameters: Mapping[str, Decimal | None],
    result: Calculation,
) -> None:
    """While the branch is open, what decides it is missing, and so is what any branch still possible needs."""
    result.missing.update([node.fact] if isinstance(node, Lookup) else unknown_facts(node.condition, known))
    aside = Calculation(None)
    for child in children(node):
        _value(child, known, parameters, aside)
    result.missing.update(aside.missing)


def combine(node: Operation | Pick | Schedule, parts: list[Fraction]) -> Fraction:
    """The value of a node from the values of its parts."""
    match node:
        case Operation(symbol="+"):
            return parts[0] + parts[1]
        case Operation(symbol="-"):
            return parts[0] - parts[1]
        case Operation(symbol="*"):
            return parts[0] * parts[1]
        case Operation():
            return parts[0] / parts[1]
        case Pick():
            return min(parts) if node.name == "min" else max(parts)
        case Schedule():  # pragma: no branch - the match is exhaustive
            bracket = bracket_of(node.brackets, parts[0])
            return parts[0] * Fraction(bracket.rate) - Fraction(bracket.quick)


def bracket_of(brackets: tuple[Bracket, ...], base: Fraction | Decimal) -> Bracket:
    """The step of a schedule that ``base`` falls in; upper ends are inclusive."""
    return next(bracket for bracket in brackets if bracket.up_to is None or base <= bracket.up_to)
