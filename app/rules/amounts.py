"""Amount formulas as a frozen typed tree; ``formulas.py`` reads it from arithmetic text.

``(0.03 - guarantee_fee_rate) * guaranteed_amount * guarantee_months / 12`` may use facts, parameters that the county
publishes, figures, ``+ - * /``, ``min``, ``max`` and ``schedule(name, x)``; names of ``where`` stand for parts of it.
A part may be looked up by an enum fact or chosen by a condition.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.rules.conditions import leaves

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from app.rules.conditions import Condition
    from app.rules.text import Text

__all__ = [
    "Bracket",
    "Choose",
    "Expression",
    "FactRef",
    "Figure",
    "Lookup",
    "Named",
    "Operation",
    "ParameterRef",
    "Pick",
    "Schedule",
    "children",
    "facts_of",
    "parameters_of",
    "walk",
]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the rule itself."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class FactRef:
    """The value of a numeric fact."""

    fact: str


@dataclass(frozen=True, slots=True)
class ParameterRef:
    """A figure that the county publishes; unset until it does."""

    parameter: str


@dataclass(frozen=True, slots=True)
class Operation:
    """``left symbol right``; the symbol is one of ``+ - * /``."""

    symbol: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Pick:
    """The smallest (``min``) or largest (``max``) of its parts."""

    name: str
    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Bracket:
    """One step of a progressive schedule, up to and including ``up_to`` (None: no upper end)."""

    up_to: Decimal | None
    rate: Decimal
    quick: Decimal


@dataclass(frozen=True, slots=True)
class Schedule:
    """``x * rate - quick`` of the bracket that ``x`` falls in."""

    name: str
    brackets: tuple[Bracket, ...]
    base: Expression


@dataclass(frozen=True, slots=True)
class Lookup:
    """The expression that belongs to the value of an enum fact."""

    fact: str
    cases: tuple[tuple[str, Expression], ...]


@dataclass(frozen=True, slots=True)
class Choose:
    """``then`` where the condition is true, ``otherwise`` where it is false, unknown where it is unknown."""

    condition: Condition
    then: Expression
    otherwise: Expression


@dataclass(frozen=True, slots=True)
class Named:
    """A part with a name and a label of its own: one step of the arithmetic shown."""

    name: str
    label: Text
    body: Expression


Expression = Figure | FactRef | ParameterRef | Operation | Pick | Schedule | Lookup | Choose | Named


def children(node: Expression) -> tuple[Expression, ...]:
    """The parts directly below ``node``."""
    match node:
        case Operation():
            return (node.left, node.right)
        case Pick():
            return node.parts
        case Schedule():
            return (node.base,)
        case Lookup():
            return tuple(expression for _, expression in node.cases)
        case Choose():
            return (node.then, node.otherwise)
        case Named():
            return (node.body,)
        case _:
            return ()


def walk(node: Expression) -> Iterator[Expression]:
    """``node`` and every part below it, left to right."""
    yield node
    for child in children(node):
        yield from walk(child)


def facts_of(node: Expression) -> frozenset[str]:
    """Every fact that the amount can read."""
    found: set[str] = set()
    for part in walk(node):
        if isinstance(part, FactRef | Lookup):
            found.add(part.fact)
        elif isinstance(part, Choose):
            found.update(fact for leaf in leaves(part.condition) for fact in leaf.facts)
    return frozenset(found)


def parameters_of(node: Expression) -> tuple[str, ...]:
    """Every parameter that the amount can read, in the order written, without repeats."""
    return tuple(dict.fromkeys(part.parameter for part in walk(node) if isinstance(part, ParameterRef)))
