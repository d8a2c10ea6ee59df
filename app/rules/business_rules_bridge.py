"""A policy in the terms of the business-rules library: variables, actions, rules, and its exported vocabulary.

The library is the standing oracle: on complete facts ``run_all`` must decide as we do. Its own numeric type treats
figures within a millionth as equal, so every operator type here is ours and exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from business_rules import export_rule_data, run_all
from business_rules.actions import BaseActions, rule_action
from business_rules.fields import (
    FIELD_NO_INPUT,
    FIELD_NUMERIC,
    FIELD_SELECT,
    FIELD_SELECT_MULTIPLE,
    FIELD_TEXT,
)
from business_rules.operators import BaseType, type_operator
from business_rules.variables import BaseVariables, rule_variable

from app.rules.conditions import AllOf, Comparison, Condition, Expected, expected_value
from app.rules.operators import OPERATORS, Operand
from app.rules.vocabulary import NUMERIC, FactType
from app.rules.wording import expected_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from app.rules.policy import Policy
    from app.rules.text import Language
    from app.rules.vocabulary import Fact, Value, Vocabulary

__all__ = ["condition_json", "decide_with_library", "rule_data", "rule_list"]


@dataclass(frozen=True, slots=True)
class _Seen:
    """The value of a variable together with the facts that a right side may name."""

    value: Any
    known: Mapping[str, Value]


def condition_json(condition: Condition, vocabulary: Vocabulary) -> dict[str, Any]:
    """The condition in the library's own JSON, figures as text."""
    if isinstance(condition, Comparison):
        no_input = OPERATORS[condition.operator].operand == Operand.NONE
        value = True if no_input else expected_json(vocabulary[condition.fact], condition)
        return {"name": condition.fact, "operator": condition.operator, "value": value}
    key = "all" if isinstance(condition, AllOf) else "any"
    return {key: [condition_json(part, vocabulary) for part in condition.parts]}


def _operator_type(name: str, types: Iterable[FactType], field: str) -> type[BaseType]:
    """An exact operator type for some fact types, with the operators that fit them."""
    members: dict[str, Any] = {
        "name": name,
        "_assert_valid_value_and_cast": staticmethod(lambda value: value),
    }
    for operator in OPERATORS.values():
        if operator.types & set(types):
            chosen = FIELD_NO_INPUT if operator.operand == Operand.NONE else field
            if operator.operand == Operand.LIST:
                chosen = FIELD_SELECT_MULTIPLE
            members[operator.name] = _library_operator(operator.name, chosen)
    created: type[BaseType] = type(f"Exact{name.title().replace('_', '')}Type", (BaseType,), members)
    return created


def _library_operator(name: str, field: str) -> Any:
    holds = OPERATORS[name].holds

    def compare(self: Any, expected: Expected = None) -> bool:
        return holds(self.value.value, expected_value(expected, self.value.known))

    compare.__name__ = name
    return type_operator(field, label=OPERATORS[name].words.en, assert_type_for_arguments=False)(compare)


_TYPES: dict[FactType, type[BaseType]] = {}
for _name, _kinds, _field in (
    ("exact_numeric", tuple(NUMERIC), FIELD_NUMERIC),
    ("exact_date", (FactType.DATE,), FIELD_TEXT),
    ("yes_no", (FactType.BOOL,), FIELD_NO_INPUT),
    ("choice", (FactType.ENUM,), FIELD_SELECT),
    ("members", (FactType.SET,), FIELD_SELECT_MULTIPLE),
    ("exact_text", (FactType.TEXT, FactType.CODE), FIELD_TEXT),
):
    _created = _operator_type(_name, _kinds, _field)
    _TYPES.update(dict.fromkeys(_kinds, _created))


def _variables_class(vocabulary: Vocabulary, language: Language) -> type[BaseVariables]:
    """One variable for each fact."""

    def variable(fact: Fact) -> Any:
        def read(self: Any) -> _Seen:
            return _Seen(self.known.get(fact.id), self.known)

        read.__name__ = fact.id
        options = [{"name": m.value, "label": m.label.in_(language)} for m in fact.members]
        return rule_variable(_TYPES[fact.type], label=fact.label.in_(language), options=options)(read)

    def keep(self: Any, known: Mapping[str, Value]) -> None:
        self.known = known

    members: dict[str, Any] = {fact.id: variable(fact) for fact in vocabulary.facts}
    created: type[BaseVariables] = type("FactVariables", (BaseVariables,), {"__init__": keep, **members})
    return created


class DecisionActions(BaseActions):  # type: ignore[misc]  # the library has no types
    """What a rule that holds does: it names itself eligible."""

    def __init__(self) -> None:
        """Start with nothing decided."""
        self.eligible: set[str] = set()

    @rule_action(params={"rule_id": FIELD_TEXT})  # type: ignore[untyped-decorator]  # as above
    def mark_eligible(self, rule_id: str) -> None:
        """The rule applies to the asker."""
        self.eligible.add(rule_id)


def rule_list(policy: Policy, on: date) -> list[dict[str, Any]]:
    """Every decidable rule in force on the date, as the library's rule list; right sides are exact values."""

    def native(condition: Condition) -> dict[str, Any]:
        if isinstance(condition, Comparison):
            return {
                "name": condition.fact,
                "operator": condition.operator,
                "value": condition.expected,
            }
        key = "all" if isinstance(condition, AllOf) else "any"
        return {key: [native(part) for part in condition.parts]}

    rules = []
    for rule in policy.decidable:
        version = rule.in_force(on)
        if version is not None and version.condition is not None:
            action = {"name": "mark_eligible", "params": {"rule_id": rule.id}}
            rules.append({"conditions": native(version.condition), "actions": [action]})
    return rules


def decide_with_library(policy: Policy, on: date, known: Mapping[str, Value]) -> set[str]:
    """The ids of eligible rules by ``business_rules.run_all``, for facts that leave nothing unknown."""
    actions = DecisionActions()
    run_all(
        rule_list(policy, on),
        _variables_class(policy.vocabulary, "en")(known),
        actions,
    )
    return actions.eligible


def rule_data(policy: Policy, language: Language) -> dict[str, Any]:
    """``export_rule_data`` for any rule editor, with our operator types (the library lists only its own module's)."""
    data: dict[str, Any] = export_rule_data(_variables_class(policy.vocabulary, language), DecisionActions)
    data["variable_type_operators"] = {kind.name: kind.get_all_operators() for kind in dict.fromkeys(_TYPES.values())}
    return data
