"""Reading amounts as written: arithmetic text through a whitelist of Python's own grammar, and the parts it names.

A formula is first cut into the only tokens that it may hold (names, plain figures, ``+ - * / ( ) ,``), then parsed;
nothing in it is ever run. A part of ``where`` is a formula, a lookup by an enum fact, or a choice by a condition.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from decimal import Decimal
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Any

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
from app.rules.conditions import parse_condition, parse_text, refuse_other_keys
from app.rules.errors import Fault, Path, excerpt
from app.rules.reading import json_type
from app.rules.vocabulary import NUMERIC, FactType, Vocabulary, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["MAX_DEPTH", "MAX_NODES", "MAX_TREE_DEPTH", "parse_amount"]

MAX_DEPTH = 20
MAX_NODES = 2_000
MAX_TREE_DEPTH = 40
_MAX_LENGTH = 2_000
_MAX_DIGITS = 40
_SYMBOLS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_NOTHING = Figure(Decimal(0))

_TOKENS = re.compile(r"(?>[ \t\n]+|[A-Za-z_][A-Za-z0-9_]*+|(?>[0-9]+)(?>\.[0-9]+)?(?![A-Za-z0-9_.])|[-+*/(),])*+")
_PLAIN = re.compile(r"(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_FUNCTIONS = frozenset({"min", "max", "schedule"})


@dataclass(slots=True)
class _Scope:
    vocabulary: Vocabulary
    parameters: Mapping[str, Any]
    faults: list[Fault]
    schedules: dict[str, tuple[Bracket, ...]] = field(default_factory=dict)
    names: dict[str, Named] = field(default_factory=dict)
    #: Nodes and depth of each finished name, by the identity of its node (``names`` keeps it alive).
    sizes: dict[int, tuple[int, int]] = field(default_factory=dict)

    def fault(self, code: str, path: Path, **params: Any) -> Expression:
        self.faults.append(Fault(code, path, params))
        return _NOTHING

    def invalid(self, path: Path, value: object) -> Expression:
        return self.fault("formula_invalid", path, value=excerpt(value))

    def mapping(self, raw: Any, path: Path) -> Mapping[str, Any]:
        """The mapping that may stand here; nothing where it is left out."""
        if raw is None or isinstance(raw, dict):
            return raw or {}
        self.fault("wrong_type", path, expected="object", actual=json_type(raw))
        return {}


def parse_amount(
    raw: Mapping[str, Any], vocabulary: Vocabulary, parameters: Mapping[str, Any], path: Path, faults: list[Fault]
) -> Expression:
    """The tree of ``{formula, where, schedules}``; every fault is added to ``faults``."""
    refuse_other_keys(raw, frozenset({"formula", "where", "schedules"}), path, faults)
    scope = _Scope(vocabulary, parameters, faults)
    for name, steps in scope.mapping(raw.get("schedules"), (*path, "schedules")).items():
        scope.schedules[name] = _parse_schedule(steps, scope, (*path, "schedules", name))
    where = scope.mapping(raw.get("where"), (*path, "where"))
    for name in _in_order_of_use(where):
        _name_part(name, where[name], scope, (*path, "where", name))
    whole = _parse_formula(raw.get("formula"), scope, (*path, "formula"))
    _measure(whole, scope, (*path, "formula"))
    return whole


def _in_order_of_use(where: Mapping[str, Any]) -> tuple[str, ...]:
    """The names with those that others use before them: a stored document has its keys in the order of the alphabet.

    Names that use each other in a circle stay as written; they are then reported as unknown.
    """
    written = {name: part | {"label": None} if isinstance(part, dict) else part for name, part in where.items()}
    uses = {name: set(_NAME.findall(repr(part))) & where.keys() - {name} for name, part in written.items()}
    try:
        return tuple(TopologicalSorter(uses).static_order())
    except CycleError:
        return tuple(where)


def _name_part(name: str, part: Any, scope: _Scope, path: Path) -> None:
    """One entry of ``where``: a free name, words for it, and what it stands for."""
    taken = name in scope.vocabulary or name in scope.parameters or name in _FUNCTIONS
    if taken or not _NAME.fullmatch(name):
        scope.fault("name_taken" if taken else "formula_invalid", path, value=excerpt(name))
    if not isinstance(part, dict):
        scope.fault("wrong_type", path, expected="object", actual=json_type(part))
        part = {"label": {"zh": name, "en": name}, "formula": "0"}
    label = parse_text(part.get("label"), (*path, "label"), scope.faults)
    named = Named(name, label, _parse_part(part, scope, path, 1, frozenset({"label"})))
    scope.names[name] = named if _measure(named, scope, path) else Named(name, label, _NOTHING)


def _measure(node: Expression, scope: _Scope, path: Path) -> bool:
    """Whether the tree, with every name written out, stays within bounds that each execution can walk."""

    def size(part: Expression) -> tuple[int, int]:
        if id(part) in scope.sizes:
            return scope.sizes[id(part)]
        below = [size(child) for child in children(part)]
        return 1 + sum(count for count, _ in below), 1 + max((depth for _, depth in below), default=0)

    count, depth = size(node)
    if count > MAX_NODES:
        scope.fault("too_many_items", path, limit=MAX_NODES)
    if depth > MAX_TREE_DEPTH:
        scope.fault("too_deep", path, limit=MAX_TREE_DEPTH)
    within = count <= MAX_NODES and depth <= MAX_TREE_DEPTH
    if within:
        scope.sizes[id(node)] = count, depth
    return within


def _parse_schedule(steps: Any, scope: _Scope, path: Path) -> tuple[Bracket, ...]:
    """Brackets from the lowest; each but the last has an upper end, higher than the one before."""
    if not isinstance(steps, list) or not steps:
        scope.fault("empty_list", path)
        return (Bracket(None, Decimal(0), Decimal(0)),)
    brackets = tuple(_parse_bracket(step, scope, (*path, place)) for place, step in enumerate(steps))
    ends = [bracket.up_to for bracket in brackets[:-1]]
    known = [end for end in ends if end is not None]
    if len(known) < len(ends) or brackets[-1].up_to is not None or known != sorted(set(known)):
        scope.fault("schedule_order", path)
        return (Bracket(None, Decimal(0), Decimal(0)),)
    return brackets


def _parse_bracket(step: Any, scope: _Scope, path: Path) -> Bracket:
    step = scope.mapping(step, path)
    refuse_other_keys(step, frozenset({"up_to", "rate", "quick"}), path, scope.faults)
    figures: dict[str, Decimal] = {}
    for key in ("up_to", "rate", "quick"):
        text = step.get(key)
        if text is None:
            if key != "up_to":
                scope.fault("missing_field", (*path, key), value=key)
        elif isinstance(text, str) and _PLAIN.fullmatch(text) and len(text) <= _MAX_DIGITS:
            figures[key] = Decimal(text)
        else:
            scope.fault("number_format", (*path, key), value=excerpt(text))
    return Bracket(figures.get("up_to"), figures.get("rate", Decimal(0)), figures.get("quick", Decimal(0)))


def _parse_part(raw: Any, scope: _Scope, path: Path, depth: int, beside: frozenset[str] = frozenset()) -> Expression:
    """A formula text, a lookup ``{by, values}``, a choice ``{if, then, else}`` or ``{formula}``."""
    if depth > MAX_DEPTH:
        return scope.fault("too_deep", path, limit=MAX_DEPTH)
    if not isinstance(raw, dict):
        return _parse_formula(raw, scope, path)
    if "by" in raw:
        refuse_other_keys(raw, beside | {"by", "values"}, path, scope.faults)
        return _parse_lookup(raw, scope, path, depth)
    if "if" in raw:
        refuse_other_keys(raw, beside | {"if", "then", "else"}, path, scope.faults)
        condition = parse_condition(raw["if"], scope.vocabulary, (*path, "if"), scope.faults)
        then = _parse_part(raw.get("then"), scope, (*path, "then"), depth + 1)
        return Choose(condition, then, _parse_part(raw.get("else"), scope, (*path, "else"), depth + 1))
    refuse_other_keys(raw, beside | {"formula"}, path, scope.faults)
    return _parse_formula(raw.get("formula"), scope, (*path, "formula"))


def _parse_lookup(raw: Mapping[str, Any], scope: _Scope, path: Path, depth: int) -> Expression:
    """One expression for each member of an enum fact; none may be left out."""
    name = str(raw["by"])
    fact = scope.vocabulary.get(name)
    if fact is None:
        scope.faults.append(scope.vocabulary.unknown_fact(name, *path, "by"))
        return _NOTHING
    if fact.type is not FactType.ENUM:
        return scope.fault("operator_not_allowed", (*path, "by"), value="by", type=fact.type.value)
    values = scope.mapping(raw.get("values"), (*path, "values"))
    allowed = [member.value for member in fact.members]
    for key in values:
        if key not in fact.allowed:
            scope.fault("not_in_enum", (*path, "values", key), value=excerpt(key), allowed=allowed)
    for key in allowed:
        if key not in values:
            scope.fault("missing_field", (*path, "values", key), value=key)
    parts = {key: _parse_part(item, scope, (*path, "values", key), depth + 1) for key, item in values.items()}
    whole = set(parts) == fact.allowed
    return Lookup(fact.id, tuple((key, parts[key]) for key in allowed)) if whole else _NOTHING


def _parse_formula(text: Any, scope: _Scope, path: Path) -> Expression:
    if text is None:
        return scope.fault("missing_field", path, value=str(path[-1]))
    if not isinstance(text, str) or len(text) > _MAX_LENGTH or not _TOKENS.fullmatch(text):
        return scope.invalid(path, text)
    text = text.strip().replace("\n", " ")
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, RecursionError, MemoryError):
        return scope.invalid(path, text)
    return _convert(tree, text, scope, path, 1)


def _convert(node: ast.expr, text: str, scope: _Scope, path: Path, depth: int) -> Expression:
    """The node as one of ours; whatever is not on the list is refused."""
    if depth > MAX_DEPTH:
        return scope.fault("too_deep", path, limit=MAX_DEPTH)

    def inner(part: ast.expr) -> Expression:
        return _convert(part, text, scope, path, depth + 1)

    match node:
        case ast.Constant():
            return _figure(ast.get_source_segment(text, node) or "", scope, path)
        case ast.Name(id=name):
            return _resolve(name, scope, path)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _SYMBOLS:
            return Operation(_SYMBOLS[type(op)], inner(left), inner(right))
        case ast.Call(func=ast.Name(id="min" | "max" as name), args=args, keywords=[]) if len(args) > 1:
            return Pick(name, tuple(inner(arg) for arg in args))
        case ast.Call(func=ast.Name(id="schedule"), args=[ast.Name(id=name), base], keywords=[]):
            if name in scope.schedules:
                return Schedule(name, scope.schedules[name], inner(base))
            scope.faults.append(Fault("formula_invalid", path, {"value": name}, nearest(name, scope.schedules)))
            return _NOTHING
        case _:
            return scope.invalid(path, ast.get_source_segment(text, node) or text)


def _figure(digits: str, scope: _Scope, path: Path) -> Expression:
    """The figure from its own digits, never through the binary float that the parser made of it."""
    if not _PLAIN.fullmatch(digits) or len(digits) > _MAX_DIGITS:
        return scope.invalid(path, digits)
    return Figure(Decimal(digits))


def _resolve(name: str, scope: _Scope, path: Path) -> Expression:
    if name in scope.names:
        return scope.names[name]
    if name in scope.parameters:
        return ParameterRef(name)
    fact = scope.vocabulary.get(name)
    if fact is not None and fact.type in NUMERIC:
        return FactRef(name)
    numeric = (known.id for known in scope.vocabulary.facts if known.type in NUMERIC)
    known = [*scope.names, *scope.parameters, *numeric]
    scope.faults.append(Fault("unknown_fact", path, {"value": excerpt(name)}, nearest(name, known)))
    return _NOTHING
