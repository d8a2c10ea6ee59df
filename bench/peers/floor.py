"""The floor: the rules as straight-line Python that somebody might write by hand. No unknown, no explanation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.rules.conditions import AllOf, Comparison, FactOperand
from app.rules.operators import OPERATORS

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.rules.conditions import Condition
    from bench.subject import Subject


def build(subject: Subject) -> Callable[[dict[str, Any]], tuple[bool, ...]]:
    """``decide(facts)``: one boolean for each rule, by ``and`` and ``or`` that stop as soon as they can."""
    names: dict[str, Any] = {}
    rules = "".join(f"    {_source(rule.condition, names)},\n" for rule in subject.rules)
    exec(f"def decide(f):\n    return (\n{rules})", names)  # noqa: S102 - written from our own policy
    decide: Callable[[dict[str, Any]], tuple[bool, ...]] = names["decide"]
    return decide


def _source(condition: Condition, names: dict[str, Any]) -> str:
    if isinstance(condition, Comparison):
        return _comparison(condition, names)
    word = " and " if isinstance(condition, AllOf) else " or "
    return "(" + word.join(_source(part, names) for part in condition.parts) + ")"


def _comparison(leaf: Comparison, names: dict[str, Any]) -> str:
    actual, expected = f"f[{leaf.fact!r}]", ""
    if leaf.operator in ("is_true", "is_false"):
        return actual if leaf.operator == "is_true" else f"not {actual}"
    if isinstance(leaf.expected, FactOperand):
        expected = f"(f[{leaf.expected.fact!r}] + {_name(leaf.expected.plus, names)})"
    elif leaf.expected is not None:
        members = leaf.expected
        expected = _name(frozenset(members) if isinstance(members, tuple) else members, names)
    return OPERATORS[leaf.operator].source.format(actual=actual, expected=expected)


def _name(value: object, names: dict[str, Any]) -> str:
    name = f"k{len(names)}"
    names[name] = value
    return name
