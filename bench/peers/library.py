"""``business_rules.run_all`` with the library's own operator types.

What they lack is put in their terms: a list of allowed values becomes ``any`` of ``equal_to``, an empty set
``shares_no_elements_with`` all members, and a comparison of two facts a variable that holds their difference.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from business_rules import run_all
from business_rules.actions import BaseActions, rule_action
from business_rules.fields import FIELD_TEXT
from business_rules.operators import BooleanType, NumericType, SelectMultipleType, StringType
from business_rules.variables import BaseVariables, rule_variable

from app.rules.conditions import AllOf, Comparison, FactOperand
from app.rules.vocabulary import NUMERIC, FactType

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.rules.conditions import Condition
    from bench.subject import Subject


class Actions(BaseActions):
    """A rule that holds names itself."""

    def __init__(self):
        self.eligible = []

    @rule_action(params={"rule_id": FIELD_TEXT})
    def mark(self, rule_id):
        self.eligible.append(rule_id)


def build(subject: Subject) -> Callable[[dict[str, Any]], list[str]]:
    """``decide(facts)``: the ids of the rules that apply."""
    differences: dict[str, tuple[str, str]] = {}
    rules = [
        {
            "conditions": _condition(rule.condition, subject, differences),
            "actions": [{"name": "mark", "params": {"rule_id": rule.id}}],
        }
        for rule in subject.rules
    ]
    variables = _variables(subject, differences)

    def decide(facts: dict[str, Any]) -> list[str]:
        actions = Actions()
        run_all(rules, variables(facts), actions)
        return actions.eligible

    return decide


def _variables(subject: Subject, differences: dict[str, tuple[str, str]]) -> type[BaseVariables]:
    def fact_variable(name: str, kind: type) -> Any:
        return rule_variable(kind)(lambda self: self.facts[name])

    def difference(left: str, right: str) -> Any:
        return rule_variable(NumericType)(lambda self: self.facts[left] - self.facts[right])

    def keep(self: Any, facts: dict[str, Any]) -> None:
        self.facts = facts

    members: dict[str, Any] = {fact.id: fact_variable(fact.id, _kind(fact.type)) for fact in subject.used}
    members |= {name: difference(*pair) for name, pair in differences.items()}
    return type("Variables", (BaseVariables,), {"__init__": keep, **members})


def _kind(fact_type: FactType) -> type:
    if fact_type in NUMERIC:
        return NumericType
    return {FactType.BOOL: BooleanType, FactType.SET: SelectMultipleType}.get(fact_type, StringType)


def _condition(condition: Condition, subject: Subject, differences: dict[str, tuple[str, str]]) -> dict[str, Any]:
    if isinstance(condition, Comparison):
        return _comparison(condition, subject, differences)
    key = "all" if isinstance(condition, AllOf) else "any"
    return {key: [_condition(part, subject, differences) for part in condition.parts]}


def _comparison(leaf: Comparison, subject: Subject, differences: dict[str, tuple[str, str]]) -> dict[str, Any]:
    expected = leaf.expected
    if isinstance(expected, FactOperand):
        name = f"{leaf.fact}_minus_{expected.fact}"
        differences[name] = (leaf.fact, expected.fact)
        return {"name": name, "operator": leaf.operator, "value": expected.plus}
    if leaf.operator == "is_one_of":
        return {"any": [{"name": leaf.fact, "operator": "equal_to", "value": value} for value in expected]}
    if leaf.operator == "is_empty":
        members = [member.value for member in subject.vocabulary[leaf.fact].members]
        return {"name": leaf.fact, "operator": "shares_no_elements_with", "value": members}
    return {"name": leaf.fact, "operator": leaf.operator, "value": True if expected is None else expected}


def reader(subject: Subject) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Facts of a request body in the library's types; what is not told has its assumption."""
    numeric = {fact.id for fact in subject.used if fact.type in NUMERIC}

    def read(facts: dict[str, Any]) -> dict[str, Any]:
        told = {fact: Decimal(value) if fact in numeric else value for fact, value in facts.items()}
        return {**subject.known, **told}

    return read
