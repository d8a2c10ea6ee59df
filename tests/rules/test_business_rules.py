"""The library's own terms: the exported vocabulary, rules that it runs unchanged, and its exactness in our types."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest

from app.rules.business_rules_bridge import condition_json, decide_with_library, rule_data, rule_list
from app.rules.conditions import leaves
from app.rules.operators import OPERATORS
from tests.rules import plan, small

DAY = date(2023, 1, 1)
leaf = small.leaf


class TestExport:
    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_lists_every_fact_with_its_label_and_options(self, language):
        data = rule_data(plan.policy(), language)
        facts = {fact.id: fact for fact in plan.policy().vocabulary.facts}
        assert {item["name"] for item in data["variables"]} == set(facts)
        for item in data["variables"]:
            fact = facts[item["name"]]
            assert item["label"] == fact.label.in_(language)
            assert [option["name"] for option in item["options"]] == [member.value for member in fact.members]

    def test_lists_our_operator_types(self):
        data = rule_data(plan.policy(), "en")
        operators = data["variable_type_operators"]
        assert {item["field_type"] for item in data["variables"]} <= set(operators)
        assert {item["name"] for kind in operators.values() for item in kind} == set(OPERATORS)
        assert {item["name"] for item in operators["exact_numeric"]} == {
            "equal_to",
            "less_than",
            "less_than_or_equal_to",
            "greater_than",
            "greater_than_or_equal_to",
        }
        assert {item["input_type"] for item in operators["yes_no"]} == {"none"}

    def test_names_the_one_action(self):
        (action,) = rule_data(plan.policy(), "en")["actions"]
        assert action["name"] == "mark_eligible"

    def test_is_json(self):
        assert json.loads(json.dumps(rule_data(plan.policy(), "zh")))


class TestConditionJson:
    def test_is_the_librarys_own_shape(self):
        written = {
            "all": [
                leaf("ready", "is_true"),
                {"any": [leaf("price", "less_than", "0.50"), leaf("tags", "is_empty")]},
                leaf("kind", "is_one_of", ["b", "a"]),
                leaf("price", "less_than", {"fact": "ceiling", "plus": "1"}),
            ]
        }
        policy = small.policy(small.rule("r", written))
        assert condition_json(policy.rules[0].versions[0].condition, policy.vocabulary) == {
            "all": [
                {"name": "ready", "operator": "is_true", "value": True},
                {
                    "any": [
                        {"name": "price", "operator": "less_than", "value": "0.50"},
                        {"name": "tags", "operator": "is_empty", "value": True},
                    ]
                },
                {"name": "kind", "operator": "is_one_of", "value": ["b", "a"]},
                {"name": "price", "operator": "less_than", "value": {"fact": "ceiling", "plus": "1.00"}},
            ]
        }

    def test_of_every_rule_of_the_plan_keeps_its_conditions(self):
        for rule in plan.policy().decidable:
            for version in rule.versions:
                text = json.dumps(condition_json(version.condition, plan.policy().vocabulary))
                assert text.count('"operator"') == len(list(leaves(version.condition)))


class TestDeciding:
    def test_rules_out_of_force_are_not_run(self):
        ready = {"all": [leaf("ready", "is_true")]}
        old = small.rule("old", versions=[small.version(ready, until="2022-06-30")])
        duty = small.rule("duty", versions=[small.version()])
        policy = small.policy(old, small.rule("new", ready), duty)
        assert [rule["actions"][0]["params"]["rule_id"] for rule in rule_list(policy, DAY)] == ["new"]
        assert decide_with_library(policy, DAY, {"ready": True}) == {"new"}
        assert decide_with_library(policy, DAY, {"ready": False}) == set()

    def test_figures_a_millionth_apart_are_not_the_same(self):
        """The library's own numeric type calls 0.0299999 and 0.03 equal."""
        policy = small.policy(small.rule("r", {"all": [leaf("share", "less_than", "0.03")]}))
        assert decide_with_library(policy, DAY, {"share": Decimal("0.0299999999")}) == {"r"}
        assert decide_with_library(policy, DAY, {"share": Decimal("0.03")}) == set()

    @pytest.mark.parametrize(
        ("written", "known"),
        [
            (leaf("ready", "is_false"), {"ready": False}),
            (leaf("kind", "equal_to", "a"), {"kind": "a"}),
            (leaf("kind", "is_one_of", ["a"]), {"kind": "a"}),
            (leaf("place", "equal_to", "x"), {"place": "x"}),
            (leaf("partner", "is_one_of", ["91140722MA0KX7Y867"]), {"partner": "91140722MA0KX7Y867"}),
            (leaf("since", "less_than", "2022-04-18"), {"since": date(2022, 4, 17)}),
            (leaf("tags", "shares_at_least_one_element_with", ["x"]), {"tags": frozenset("xy")}),
            (leaf("tags", "is_empty"), {"tags": frozenset()}),
            (
                leaf("price", "less_than", {"fact": "ceiling", "plus": "1"}),
                {"price": Decimal(2), "ceiling": Decimal("1.01")},
            ),
        ],
    )
    def test_each_operator(self, written, known):
        policy = small.policy(small.rule("r", {"all": [written]}))
        assert decide_with_library(policy, DAY, known) == {"r"}
