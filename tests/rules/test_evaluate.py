"""The reference evaluator and the compiled edition: each operator, the unknown, and what can still change a status."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from app.rules.edition import Edition, alternatives
from app.rules.evaluate import Status, status_of, truth_of, unknown_facts
from app.rules.evaluation import CompiledEdition
from app.rules.operators import OPERATORS
from app.rules.truth import DECODE
from tests.rules import small

DAY = date(2023, 1, 1)
leaf = small.leaf
READY, FIXED = leaf("ready", "is_true"), leaf("fixed", "is_true")


def edition(*conditions):
    rules = [small.rule(f"r-{place}", condition) for place, condition in enumerate(conditions)]
    return Edition.of(small.policy(*rules), DAY)


def evaluate(condition, known):
    """The truth, the missing facts and the same two by compiled code."""
    asked = edition(condition)
    tree = asked.standings[0].condition
    compiled = CompiledEdition(asked)
    found = compiled.evaluate(known, compiled.select(lambda rule: True))
    facts = compiled.vocabulary.facts
    missing = {fact.id for fact in facts if found.missing.get(0, 0) >> fact.index & 1}
    truth = truth_of(tree, known)
    assert DECODE[found.statuses[0]] is truth
    assert unknown_facts(tree, known) == missing
    return truth, missing


class TestOperators:
    @pytest.mark.parametrize(
        ("condition", "value", "truth"),
        [
            (leaf("ready", "is_true"), True, True),
            (leaf("ready", "is_true"), False, False),
            (leaf("ready", "is_false"), False, True),
            (leaf("ready", "is_false"), True, False),
            (leaf("kind", "equal_to", "a"), "a", True),
            (leaf("kind", "equal_to", "a"), "b", False),
            (leaf("kind", "is_one_of", ["a", "b"]), "b", True),
            (leaf("kind", "is_one_of", ["a", "b"]), "c", False),
            (leaf("count", "equal_to", "3"), 3, True),
            (leaf("count", "less_than", "3"), 3, False),
            (leaf("count", "less_than", "3"), 2, True),
            (leaf("count", "less_than_or_equal_to", "3"), 3, True),
            (leaf("count", "less_than_or_equal_to", "3"), 4, False),
            (leaf("count", "greater_than", "3"), 3, False),
            (leaf("count", "greater_than", "3"), 4, True),
            (leaf("count", "greater_than_or_equal_to", "3"), 3, True),
            (leaf("count", "greater_than_or_equal_to", "3"), 2, False),
            (leaf("price", "equal_to", "0.30"), Decimal("0.3"), True),
            (leaf("share", "equal_to", "0.03"), Decimal("0.0299999999"), False),
            (leaf("share", "less_than", "0.03"), Decimal("0.0299999999"), True),
            (leaf("weight", "less_than", "10"), Decimal("9.999999"), True),
            (leaf("weight", "less_than", "10"), Decimal(10), False),
            (leaf("since", "less_than", "2022-04-18"), date(2022, 4, 17), True),
            (leaf("since", "less_than", "2022-04-18"), date(2022, 4, 18), False),
            (leaf("since", "equal_to", "2022-04-18"), date(2022, 4, 18), True),
            (leaf("place", "equal_to", "寒王乡"), "寒王乡", True),
            (leaf("place", "is_one_of", ["寒王乡", "x"]), "寒王", False),
            (leaf("industry_code", "is_one_of", ["C33", "C34"]), "C34", True),
            (leaf("tags", "shares_at_least_one_element_with", ["x", "y"]), frozenset("yz"), True),
            (leaf("tags", "shares_at_least_one_element_with", ["x", "y"]), frozenset("z"), False),
            (leaf("tags", "shares_at_least_one_element_with", ["x", "y"]), frozenset(), False),
            (leaf("tags", "is_empty"), frozenset(), True),
            (leaf("tags", "is_empty"), frozenset("x"), False),
        ],
    )
    def test_on_a_known_value_and_on_an_unknown_one(self, condition, value, truth):
        assert evaluate({"all": [condition]}, {condition["name"]: value}) == (truth, set())
        assert evaluate({"all": [condition]}, {}) == (None, {condition["name"]})

    def test_the_list_is_closed(self):
        assert set(OPERATORS) == {
            "is_true",
            "is_false",
            "equal_to",
            "is_one_of",
            "less_than",
            "less_than_or_equal_to",
            "greater_than",
            "greater_than_or_equal_to",
            "shares_at_least_one_element_with",
            "is_empty",
        }


class TestAnotherFact:
    BELOW = leaf("price", "less_than_or_equal_to", {"fact": "ceiling", "plus": "0.50"})

    @pytest.mark.parametrize(
        ("known", "truth", "missing"),
        [
            ({"price": Decimal("2.50"), "ceiling": Decimal(2)}, True, set()),
            ({"price": Decimal("2.51"), "ceiling": Decimal(2)}, False, set()),
            ({"price": Decimal(0)}, None, {"ceiling"}),
            ({"ceiling": Decimal(10**15)}, None, {"price"}),
            ({}, None, {"price", "ceiling"}),
        ],
    )
    def test_unknown_on_either_side(self, known, truth, missing):
        assert evaluate({"all": [self.BELOW]}, known) == (truth, missing)

    def test_without_a_constant(self):
        above = leaf("growth", "greater_than", {"fact": "growth"})
        assert evaluate({"all": [above]}, {"growth": Decimal(1)}) == (False, set())
        assert evaluate({"all": [above]}, {}) == (None, {"growth"})


KIND_A = leaf("kind", "equal_to", "a")
ONE = leaf("count", "equal_to", "1")


class TestMissing:
    @pytest.mark.parametrize(
        ("condition", "known", "truth", "missing"),
        [
            (READY, {}, None, {"ready"}),
            (READY, {"ready": True}, True, set()),
            ({"all": [READY, FIXED]}, {"ready": False}, False, set()),
            ({"all": [READY, FIXED]}, {"ready": True}, None, {"fixed"}),
            ({"any": [READY, FIXED]}, {"ready": True}, True, set()),
            ({"any": [READY, FIXED]}, {"ready": False}, None, {"fixed"}),
            ({"all": [READY, {"any": [FIXED, KIND_A]}]}, {"kind": "a"}, None, {"ready"}),
            ({"all": [READY, {"any": [FIXED, KIND_A]}]}, {"kind": "b"}, None, {"ready", "fixed"}),
            ({"any": [READY, {"all": [FIXED, KIND_A]}]}, {"kind": "b"}, None, {"ready"}),
            ({"any": [{"all": [READY, FIXED]}, {"all": [READY, ONE]}]}, {"fixed": False}, None, {"ready", "count"}),
            ({"all": [{"any": [{"all": [READY]}, {"all": [FIXED, KIND_A]}]}]}, {"kind": "b"}, None, {"ready"}),
        ],
    )
    def test_only_unknown_parts_are_entered(self, condition, known, truth, missing):
        assert evaluate(condition, known) == (truth, missing)

    def test_status(self):
        tree = edition({"all": [READY]}).standings[0].condition
        assert [status_of(tree, known) for known in ({}, {"ready": True}, {"ready": False})] == [
            Status.UNDETERMINED,
            Status.ELIGIBLE,
            Status.INELIGIBLE,
        ]


class TestEdition:
    def test_each_condition_once_in_the_order_first_written(self):
        asked = edition({"all": [READY, FIXED]}, {"any": [FIXED, leaf("kind", "equal_to", "a"), READY]})
        assert [item.fact for item in asked.conditions] == ["ready", "fixed", "kind"]
        assert [asked.condition_index[item] for item in asked.conditions] == [0, 1, 2]

    def test_conditions_of_rules_out_of_force_are_not_there(self):
        old = small.rule("old", versions=[small.version({"all": [FIXED]}, until="2022-06-30", amount="1")])
        asked = Edition.of(small.policy(old, small.rule("new", {"all": [READY]})), DAY)
        assert [standing.in_force for standing in asked.standings] == [False, True]
        assert [item.fact for item in asked.conditions] == ["ready"]
        compiled = CompiledEdition(asked)
        selection = compiled.select(lambda rule: True)
        assert compiled.evaluate({"ready": True, "fixed": True}, selection).statuses == (4, 3)
        assert compiled.amounts == {}

    def test_rules_without_a_condition_are_no_part_of_it(self):
        duty = small.rule("duty", versions=[small.version()])
        asked = Edition.of(small.policy(duty, small.rule("r", {"all": [READY]})), DAY)
        assert [standing.rule.id for standing in asked.standings] == ["r"]

    @pytest.mark.parametrize(
        ("condition", "ways"),
        [
            (READY, [["ready"]]),
            ({"all": [READY, FIXED]}, [["ready", "fixed"]]),
            ({"any": [READY, FIXED]}, [["ready"], ["fixed"]]),
            (
                {"all": [{"any": [READY, FIXED]}, {"any": [leaf("kind", "equal_to", "a"), leaf("tags", "is_empty")]}]},
                [["ready", "kind"], ["ready", "tags"], ["fixed", "kind"], ["fixed", "tags"]],
            ),
            ({"any": [{"all": [READY, {"any": [FIXED]}]}, READY]}, [["ready", "fixed"], ["ready"]]),
        ],
    )
    def test_the_ways_in_which_a_condition_can_hold(self, condition, ways):
        tree = edition(condition).standings[0].condition
        assert [[item.fact for item in way] for way in alternatives(tree)] == ways
