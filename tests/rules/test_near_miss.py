"""Near misses: the fewest changes within the asker's power that make an ineligible rule eligible."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from app.rules.derived import settle
from app.rules.edition import Edition
from app.rules.near_miss import NearMissFinder
from tests.rules import plan, small

DAY = date(2023, 1, 1)
leaf = small.leaf
READY, FIXED = leaf("ready", "is_true"), leaf("fixed", "is_true")
LEVEL = leaf("level", "is_one_of", ["mid", "high"])
MANY = leaf("count", "greater_than_or_equal_to", "5")


def finder(condition):
    edition = Edition.of(small.policy(small.rule("r", condition)), DAY)
    return edition, NearMissFinder.of(edition.standings[0], edition)


def near(condition, **given):
    """The sets found, as the facts and right sides of their changes."""
    edition, found = finder(condition)
    settled = settle(edition.policy.vocabulary, edition.policy.division, given)
    sets = found.find(settled.known, given)
    return [[(change.fact, change.operator, change.expected) for change in changes] for changes in sets]


def facts(condition, **given):
    return [list(dict.fromkeys(fact for fact, _, _ in changes)) for changes in near(condition, **given)]


class TestSets:
    def test_one_false_condition(self):
        assert near({"all": [READY, MANY]}, ready=True, count=4) == [[("count", "greater_than_or_equal_to", 5)]]

    def test_all_false_conditions_of_a_conjunction(self):
        assert facts({"all": [READY, MANY, LEVEL]}, ready=False, count=4, level="high") == [["ready", "count"]]

    def test_the_fewest_facts(self):
        condition = {"any": [{"all": [READY, MANY]}, LEVEL]}
        assert facts(condition, ready=False, count=4, level="low") == [["level"]]
        assert facts(condition, ready=True, count=4, level="low") == [["count"], ["level"]]

    def test_in_the_order_of_the_conditions_and_three_at_most(self):
        condition = {"any": [MANY, LEVEL, READY, leaf("tags", "is_empty")]}
        given = {"count": 4, "level": "low", "ready": False, "tags": frozenset("x")}
        assert facts(condition, **given) == [["count"], ["level"], ["ready"]]

    def test_of_the_same_facts_the_first(self):
        condition = {"any": [leaf("count", "greater_than", "5"), leaf("count", "greater_than", "3"), LEVEL]}
        assert near(condition, count=2, level="low") == [
            [("count", "greater_than", 5)],
            [("level", "is_one_of", ("mid", "high"))],
        ]

    def test_a_repeated_condition_is_one_change(self):
        assert facts({"all": [READY, {"any": [READY, FIXED]}]}, ready=False, fixed=False) == [["ready"]]


class TestBeyondReach:
    def test_a_false_condition_that_the_asker_cannot_change(self):
        assert facts({"all": [READY, FIXED]}, ready=False, fixed=False) == []

    def test_an_unknown_fact_in_the_way(self):
        assert facts({"all": [READY, MANY]}, ready=False) == []
        assert facts({"all": [READY, FIXED]}, ready=False) == []

    def test_another_way_without_it(self):
        assert facts({"all": [READY, {"any": [FIXED, MANY]}]}, ready=False, count=9) == [["ready"]]

    def test_nothing_in_the_rule_can_be_changed(self):
        assert finder({"all": [FIXED]})[1] is None

    @pytest.mark.parametrize(("ceiling", "found"), [("0", []), ("0.01", [["price"]])])
    def test_a_change_that_the_bounds_of_the_fact_forbid(self, ceiling, found):
        condition = {"all": [leaf("price", "less_than", {"fact": "ceiling"})]}
        assert facts(condition, price=Decimal(5), ceiling=Decimal(ceiling)) == found
        assert facts({"all": [leaf("count", "less_than", "0")]}, count=5) == []

    def test_a_derived_fact_is_never_changed(self):
        condition = {"all": [leaf("enterprise_size", "equal_to", "micro"), READY]}
        assert facts(condition, ready=False, enterprise_size="large") == []
        assert facts(condition, ready=False, enterprise_size="micro") == [["ready"]]


class TestFactsReadTwice:
    """A change must keep the conditions that held before."""

    @pytest.mark.parametrize(
        ("upper", "found"),
        [("5", []), ("6", [["count"]]), ("1000", [["count"]])],
    )
    def test_between_two_bounds(self, upper, found):
        assert facts({"all": [MANY, leaf("count", "less_than", upper)]}, count=4) == found

    def test_two_false_bounds_of_one_fact(self):
        condition = {"all": [MANY, leaf("count", "greater_than", "7"), leaf("count", "less_than", "9")]}
        assert near(condition, count=4) == [[("count", "greater_than_or_equal_to", 5), ("count", "greater_than", 7)]]

    @pytest.mark.parametrize(("value", "found"), [("1000", []), ("999", [["count"]])])
    def test_the_bounds_of_the_fact_are_kept(self, value, found):
        condition = {"all": [leaf("count", "greater_than", value), MANY]}
        assert facts(condition, count=4) == found

    @pytest.mark.parametrize(("low", "found"), [("0.9999999999", [["share"]]), ("1", [])])
    def test_to_the_last_decimal(self, low, found):
        condition = {"all": [leaf("share", "greater_than", low), leaf("share", "greater_than", "0.5")]}
        assert facts(condition, share=Decimal(0)) == found

    def test_members_that_two_conditions_share(self):
        condition = {"all": [leaf("level", "is_one_of", ["mid", "high"]), leaf("level", "is_one_of", ["low", "high"])]}
        assert facts(condition, level="mid") == [["level"]]
        apart = {"all": [leaf("level", "is_one_of", ["mid"]), leaf("level", "is_one_of", ["low", "high"])]}
        assert facts(apart, level="mid") == []

    @pytest.mark.parametrize("tags", ["", "z", "x", "y", "yz"])
    def test_a_set_that_must_meet_two_lists(self, tags):
        meets = "shares_at_least_one_element_with"
        condition = {"all": [leaf("tags", meets, ["x"]), leaf("tags", meets, ["y"])]}
        assert facts(condition, tags=frozenset(tags)) == [["tags"]]

    def test_a_set_that_must_be_empty_and_meet_a_list(self):
        condition = {"all": [leaf("tags", "is_empty"), leaf("tags", "shares_at_least_one_element_with", ["x"])]}
        assert facts(condition, tags=frozenset("y")) == []

    @pytest.mark.parametrize(
        ("operator", "found"),
        [
            ("less_than", [["since"]]),
            ("greater_than", []),
            ("less_than_or_equal_to", [["since"]]),
            ("equal_to", [["since"]]),
        ],
    )
    def test_days(self, operator, found):
        condition = {"all": [leaf("since", operator, "2022-04-18"), leaf("since", "less_than", "2022-04-19")]}
        assert facts(condition, since=date(2023, 1, 1)) == found

    def test_yes_and_no_at_once(self):
        assert facts({"all": [READY, leaf("ready", "is_false")]}, ready=False) == []


class TestDerivedFromAChange:
    """More revenue makes an enterprise larger, and what hangs on its size goes with it."""

    SMALL = leaf("enterprise_size", "is_one_of", ["micro", "small"])

    def test_a_change_that_would_lift_it_out_of_its_class(self):
        condition = {"all": [self.SMALL, leaf("annual_revenue", "greater_than_or_equal_to", "30000000")]}
        given = {"industry_code": "C33", "employees": 500, "annual_revenue": Decimal(19_000_000)}
        assert facts(condition, **given) == []
        assert facts(condition, **{**given, "employees": 100}) == [["annual_revenue"]]

    def test_a_size_that_was_given_stays(self):
        condition = {"all": [self.SMALL, leaf("annual_revenue", "greater_than_or_equal_to", "30000000")]}
        given = {"enterprise_size": "small", "industry_code": "C33", "annual_revenue": Decimal(1)}
        assert facts(condition, **given) == [["annual_revenue"]]


class TestInTheAnswer:
    def test_change_with_actual_and_expected(self):
        facts = {
            "guarantor_is_policy_based": True,
            "guarantee_client_kind": "small_micro",
            "guarantee_fee_rate": "0.03",
            "guaranteed_amount": "1000000",
            "guarantee_months": 12,
        }
        result = plan.ask_rule("m19-guarantee-fee-subsidy", facts)
        change = {"fact": "guarantee_fee_rate", "actual": "0.03", "operator": "less_than", "expected": "0.03"}
        assert result["near_miss"] == [{"changes": [change], "amount": None}]

    def test_an_amount_that_hangs_on_no_changed_fact_is_told(self):
        facts = {
            "entity_type": "enterprise",
            "registered_in_county": True,
            "hnte_application_accepted": False,
            "hnte_application_grant_received": False,
        }
        assert plan.ask_rule("m38-hnte-application-grant", facts)["near_miss"] == [
            {
                "changes": [
                    {"fact": "hnte_application_accepted", "actual": False, "operator": "is_true", "expected": True}
                ],
                "amount": "60000.00",
            }
        ]

    def test_only_an_ineligible_result_has_them(self):
        facts = {"entity_type": "enterprise", "registered_in_county": True, "hnte_application_accepted": False}
        assert plan.ask_rule("m38-hnte-application-grant", facts)["status"] == "ineligible"
        assert plan.ask_rule("m38-hnte-application-grant", facts)["near_miss"] == []
        assert plan.ask_rule("m38-hnte-application-grant", {})["near_miss"] == []
