"""The rules as JsonLogic, for datalogic-py (Rust) and json-logic-qubit (Python). Figures are floats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.rules.conditions import AllOf, Comparison, FactOperand
from bench.subject import constant

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.rules.conditions import Condition
    from bench.subject import Subject

    Decide = Callable[[dict[str, Any]], list[bool]]

_SYMBOLS = {
    "equal_to": "==",
    "less_than": "<",
    "less_than_or_equal_to": "<=",
    "greater_than": ">",
    "greater_than_or_equal_to": ">=",
}


def build_rust(subject: Subject) -> Decide:
    """All rules as one compiled JsonLogic array, on facts as a dict."""
    from datalogic_py import Engine  # noqa: PLC0415 - a peer that may be absent

    session, rule = _compiled(subject, Engine())
    return lambda facts: session.evaluate(rule, facts)


def build_rust_prepared(subject: Subject) -> Decide:
    """The same on facts that were turned into its own form before: without the cost of handing them over."""
    from datalogic_py import DataHandle, Engine  # noqa: PLC0415 - a peer that may be absent

    session, rule = _compiled(subject, Engine())
    handle = DataHandle(subject.plain)
    return lambda _facts: session.evaluate_data(rule, handle)


def build_python(subject: Subject) -> Decide:
    """Each rule by the interpreter in Python."""
    from json_logic import jsonLogic  # noqa: PLC0415 - a peer that may be absent

    rules = [_logic(rule.condition) for rule in subject.rules]
    return lambda facts: [bool(jsonLogic(rule, facts)) for rule in rules]


def _compiled(subject: Subject, engine: Any) -> tuple[Any, Any]:
    return engine.session(), engine.compile([_logic(rule.condition) for rule in subject.rules])


def _logic(condition: Condition) -> dict[str, Any]:
    if isinstance(condition, Comparison):
        return _comparison(condition)
    key = "and" if isinstance(condition, AllOf) else "or"
    return {key: [_logic(part) for part in condition.parts]}


def _comparison(leaf: Comparison) -> dict[str, Any]:
    actual = {"var": leaf.fact}
    match leaf.operator:
        case "is_true":
            return {"!!": [actual]}
        case "is_false" | "is_empty":
            return {"!": [actual]}
        case "is_one_of":
            return {"in": [actual, constant(leaf)]}
        case "shares_at_least_one_element_with":
            return {"some": [actual, {"in": [{"var": ""}, constant(leaf)]}]}
    right: Any = constant(leaf)
    if isinstance(leaf.expected, FactOperand):
        right = {"+": [{"var": leaf.expected.fact}, float(leaf.expected.plus)]}
    return {_SYMBOLS[leaf.operator]: [actual, right]}
