"""Amount formulas as a frozen typed tree, read from arithmetic text through a whitelist of Python's own grammar.

``(0.03 - guarantee_fee_rate) * guaranteed_amount * guarantee_months / 12`` may use facts, parameters that the county
publishes, figures, ``+ - * /``, ``min``, ``max`` and ``schedule(name, x)``; names of ``where`` stand for parts of it.
A part may be looked up by an enum fact or chosen by a condition.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from app.rules.conditions import Condition, leaves, parse_condition
from app.rules.errors import Fault, Path
from app.rules.text import Text
from app.rules.vocabulary import NUMERIC, FactType, Vocabulary, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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
    "parse_amount",
    "walk",
]

MAX_DEPTH = 20
_SYMBOLS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}


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


@dataclass(slots=True)
class _Scope:
    vocabulary: Vocabulary
    parameters: Mapping[str, Any]
    schedules: Mapping[str, tuple[Bracket, ...]]
    names: dict[str, Expression]
    faults: list[Fault]

    def fault(self, code: str, path: Path, **params: Any) -> Expression:
        self.faults.append(Fault(code, path, params))
        return Figure(Decimal(0))


def parse_amount(
    raw: Mapping[str, Any],
    vocabulary: Vocabulary,
    parameters: Mapping[str, Any],
    path: Path,
    faults: list[Fault],
) -> Expression:
    """The tree of ``{formula, where, schedules}``; every fault is added to ``faults``."""
    schedules = {
        name: _parse_schedule(steps, (*path, "schedules", name), faults)
        for name, steps in (raw.get("schedules") or {}).items()
    }
    scope = _Scope(vocabulary, parameters, schedules, {}, faults)
    for name, part in (raw.get("where") or {}).items():
        body = _parse_part(part, scope, (*path, "where", name))
        label = part.get("label") or {"zh": name, "en": name}
        scope.names[name] = Named(name, Text(label["zh"], label["en"]), body)
    return _parse_formula(raw.get("formula"), scope, (*path, "formula"))


def _parse_schedule(steps: Any, path: Path, faults: list[Fault]) -> tuple[Bracket, ...]:
    try:
        brackets = tuple(
            Bracket(
                Decimal(step["up_to"]) if "up_to" in step else None,
                Decimal(step["rate"]),
                Decimal(step["quick"]),
            )
            for step in steps
        )
    except (KeyError, TypeError, InvalidOperation):
        faults.append(Fault("formula_invalid", path, {"value": "schedule"}))
        return ()
    ends = [bracket.up_to for bracket in brackets]
    if not brackets or ends[-1] is not None or any(end is None for end in ends[:-1]):
        faults.append(Fault("formula_invalid", path, {"value": "schedule"}))
    return brackets


def _parse_part(raw: Any, scope: _Scope, path: Path) -> Expression:
    """A formula text, a lookup ``{by, values}``, a choice ``{if, then, else}`` or ``{formula}``."""
    if isinstance(raw, str):
        return _parse_formula(raw, scope, path)
    if not isinstance(raw, dict):
        return scope.fault("formula_invalid", path, value=str(raw))
    if "by" in raw:
        return _parse_lookup(raw, scope, path)
    if "if" in raw:
        condition = parse_condition(raw["if"], scope.vocabulary, (*path, "if"), scope.faults)
        then = _parse_part(raw.get("then"), scope, (*path, "then"))
        return Choose(condition, then, _parse_part(raw.get("else"), scope, (*path, "else")))
    return _parse_formula(raw.get("formula"), scope, (*path, "formula"))


def _parse_lookup(raw: Mapping[str, Any], scope: _Scope, path: Path) -> Expression:
    fact = scope.vocabulary.get(raw["by"])
    values = raw.get("values") or {}
    if fact is None or fact.type is not FactType.ENUM:
        scope.faults.append(scope.vocabulary.unknown_fact(str(raw["by"]), *path, "by"))
        return Figure(Decimal(0))
    if set(values) != fact.allowed:
        return scope.fault(
            "not_in_enum",
            (*path, "values"),
            value=", ".join(values),
            allowed=sorted(fact.allowed),
        )
    return Lookup(
        fact.id,
        tuple((key, _parse_part(item, scope, (*path, "values", key))) for key, item in values.items()),
    )


def _parse_formula(text: Any, scope: _Scope, path: Path) -> Expression:
    if not isinstance(text, str):
        return scope.fault("formula_invalid", path, value=str(text))
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return scope.fault("formula_invalid", path, value=text[:60])
    return _convert(tree, text.strip(), scope, path, 1)


def _convert(node: ast.expr, text: str, scope: _Scope, path: Path, depth: int) -> Expression:
    if depth > MAX_DEPTH:
        return scope.fault("too_deep", path, limit=MAX_DEPTH)
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return _figure(node, text, scope, path)
        case ast.Name():
            return _resolve(node.id, scope, path)
        case ast.BinOp(op=op) if type(op) in _SYMBOLS:
            left = _convert(node.left, text, scope, path, depth + 1)
            return Operation(
                _SYMBOLS[type(op)],
                left,
                _convert(node.right, text, scope, path, depth + 1),
            )
        case ast.Call(func=ast.Name(id="min" | "max" as name), keywords=[]) if len(node.args) > 1:
            return Pick(
                name,
                tuple(_convert(arg, text, scope, path, depth + 1) for arg in node.args),
            )
        case ast.Call(func=ast.Name(id="schedule"), args=[ast.Name(id=name), base], keywords=[]):
            if name not in scope.schedules:
                return scope.fault("formula_invalid", path, value=name)
            return Schedule(
                name,
                scope.schedules[name],
                _convert(base, text, scope, path, depth + 1),
            )
    return scope.fault("formula_invalid", path, value=(ast.get_source_segment(text, node) or text)[:60])


def _figure(node: ast.expr, text: str, scope: _Scope, path: Path) -> Expression:
    """The figure from its own digits, never through the binary float that the parser made of it."""
    digits = ast.get_source_segment(text, node) or ""
    try:
        value = Decimal(digits)
    except InvalidOperation:
        return scope.fault("formula_invalid", path, value=digits)
    return Figure(value) if "e" not in digits.lower() else scope.fault("formula_invalid", path, value=digits)


def _resolve(name: str, scope: _Scope, path: Path) -> Expression:
    if name in scope.names:
        return scope.names[name]
    if name in scope.parameters:
        return ParameterRef(name)
    fact = scope.vocabulary.get(name)
    if fact is not None and fact.type in NUMERIC:
        return FactRef(name)
    known = [
        *scope.names,
        *scope.parameters,
        *(f.id for f in scope.vocabulary.facts if f.type in NUMERIC),
    ]
    scope.faults.append(Fault("unknown_fact", path, {"value": name}, nearest(name, known)))
    return Figure(Decimal(0))
