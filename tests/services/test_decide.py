"""Decisions as a whole: what is selected, listed, warned of and totalled."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from app.rules.policy import ParameterValue
from app.services.decide import DecisionRequest, Explain, decide, match_targets
from app.services.packs import load_policy, packaged_ids
from app.services.registry import ActivePolicy, Registry
from tests.rules import plan, small
from tests.rules.plan import ask, strict_json

HNTE = {
    "entity_type": "enterprise",
    "registration_division": "140722",
    "hnte_application_accepted": True,
    "hnte_application_grant_received": False,
}


def ids(answer):
    return [result["rule_id"] for result in answer["results"]]


class TestSelection:
    def test_left_out_all_rules_with_a_decision(self):
        answer = ask({}, explain="none")
        assert ids(answer) == [rule.id for rule in plan.policy().decidable]
        assert len(ids(answer)) == 91

    def test_a_calculation_has_those_with_an_amount(self):
        answer = ask({}, explain="none", calculation=True)
        assert ids(answer) == [rule.id for rule in plan.policy().decidable if rule.terms is not None]

    def test_rules_in_the_order_of_the_table_whatever_the_order_asked(self):
        asked = ["m56-entrepreneur-training", "m01-credit-repair", "m12-construction-output-tier"]
        assert ids(ask({}, rules=asked)) == [asked[1], asked[2], asked[0]]

    def test_measures(self):
        assert ids(ask({}, measures=["38", "2"])) == [
            "m02-emergency-turnover-fund",
            "m02-loan-renewal",
            "m02-medium-term-credit-line",
            "m02-repayment-deferral",
            "m38-cultivation-pool",
            "m38-hnte-application-grant",
            "m38-hnte-certification-award",
        ]

    def test_measures_pass_over_what_decides_nothing(self):
        assert ids(ask({}, measures=["6", "8"])) == []

    @pytest.mark.parametrize("subject", [subject.id for subject in plan.policy().subjects])
    def test_subjects(self, subject):
        wanted = [rule.id for rule in plan.policy().decidable if subject in rule.subjects]
        assert ids(ask({}, subjects=[subject], explain="none")) == wanted
        assert bool(wanted) == (subject != "county")

    def test_several_subjects_are_joined_by_or(self):
        either = ids(ask({}, subjects=["bank", "guarantor"], explain="none"))
        assert either == [
            "m04-large-bank-inclusive-loan-growth",
            "m04-local-bank-inclusive-loan-growth",
            "m04-ftp-discount",
            "m19-guarantee-fee-subsidy",
        ]

    def test_the_three_are_joined_by_and(self):
        narrowed = {"measures": ["2", "4"], "subjects": ["individual_business"], "rules": ["m02-repayment-deferral"]}
        assert ids(ask({}, **narrowed)) == ["m02-repayment-deferral"]
        assert ids(ask({}, **{**narrowed, "measures": ["4"]})) == []

    @pytest.mark.parametrize("calculation", [False, True])
    def test_an_empty_intersection_is_no_error(self, calculation):
        answer = ask(HNTE, measures=["1"], subjects=["bank"], calculation=calculation)
        assert answer["results"] == answer["derived"] == []
        assert set(answer["counts"].values()) == {0}
        assert answer["next_question"] is None
        if calculation:
            assert answer["total"] == {
                "value": "0.00",
                "currency": "CNY",
                "complete": True,
                "excludes": [],
                "separate": [],
            }

    def test_the_subject_is_no_condition(self):
        (result,) = ask({**HNTE, "entity_type": "other"}, rules=["m38-cultivation-pool"])["results"]
        assert result["status"] == "ineligible"
        assert result["subjects"] == ["enterprise"]


FACTS = {"registration_division": "140721", "industry_code": "C3311", "employees": 5, "annual_revenue": "100.5"}


class TestDerived:
    def listed(self, facts, **asked):
        return {item["fact"]: (item["value"], item["from"]) for item in ask(facts, **asked)["derived"]}

    def test_with_the_inputs_they_came_from(self):
        assert self.listed(FACTS) == {
            "registered_in_county": (False, {"registration_division": "140721"}),
            "registered_in_province": (True, {"registration_division": "140721"}),
            "industry_section": ("C", {"industry_code": "C3311"}),
            "enterprise_size": ("micro", {"industry_code": "C3311", "employees": 5, "annual_revenue": "100.50"}),
        }

    def test_only_those_that_selected_rules_use(self):
        assert set(self.listed(FACTS, measures=["38"])) == {"registered_in_county"}
        assert set(self.listed(FACTS, measures=["2"])) == {"enterprise_size"}
        assert self.listed(FACTS, measures=["33"]) == {}

    def test_not_those_given(self):
        given = {**FACTS, "registered_in_county": True, "enterprise_size": "large"}
        assert set(self.listed(given)) == {"registered_in_province", "industry_section"}

    def test_not_those_that_stay_open(self):
        assert set(self.listed({"industry_code": "C3311", "employees": 500})) == {"industry_section"}

    def test_not_those_of_rules_out_of_force(self):
        assert self.listed(FACTS, on="2022-04-17") == {}


class TestWarnings:
    def codes(self, facts, **asked):
        return [(warning["code"], warning["facts"]) for warning in ask(facts, **asked)["warnings"]]

    def test_each_kind_in_its_order(self):
        facts = {
            "uscc": "1" * 18,
            "registration_division": "140722",
            "registered_in_county": False,
            "business_state": "deregistered",
            "established_on": "2027-01-01",
        }
        assert self.codes(facts, on="2026-12-01") == [
            ("derived_conflict", ["registration_division", "registered_in_county"]),
            ("code_check_digit", ["uscc"]),
            ("inconsistent_facts", ["established_on"]),
            ("not_operating", ["business_state"]),
            ("date_in_future", []),
        ]

    def test_today_is_not_the_future(self):
        assert self.codes({}, on=plan.TODAY.isoformat()) == []
        assert self.codes({}, on="2026-11-25") == [("date_in_future", [])]

    def test_they_stand_whatever_is_selected(self):
        assert self.codes({"uscc": "1" * 18}, rules=["m33-eia-exempt"]) == [("code_check_digit", ["uscc"])]

    def test_a_size_that_contradicts_its_figures(self):
        """G2 of the robustness list: the given value wins."""
        facts = {
            "entity_type": "enterprise",
            "enterprise_size": "micro",
            "industry_code": "C3311",
            "employees": 5000,
            "annual_revenue": "1000000000",
        }
        answer = ask(facts, rules=["m02-medium-term-credit-line"])
        assert answer["results"][0]["status"] == "eligible"
        assert [warning["code"] for warning in answer["warnings"]] == ["derived_conflict"]
        assert answer["warnings"][0]["facts"][-1] == "enterprise_size"

    def test_real_estate_above_all_sales(self):
        """G1 of the robustness list."""
        facts = {"vat_period_sales": "1", "vat_period_real_estate_sales": "2"}
        assert self.codes(facts) == [("inconsistent_facts", ["vat_period_sales", "vat_period_real_estate_sales"])]


INVESTOR = {
    "investment_held_months": 24,
    "investor_type": "venture_capital_enterprise",
    "investee_kind": "unlisted_sme_hnte",
    "investment_amount": "1000000",
}


class TestTotal:
    def test_deductions_and_ceilings_stand_apart(self):
        facts = {
            **HNTE,
            **INVESTOR,
            "key_group_months_used": 0,
            "key_group_role": "self_employed",
            "key_group_category": "graduate",
        }
        rules = ["m38-hnte-application-grant", "m09-venture-investment-deduction", "m10-key-group-employment"]
        assert ask(facts, rules=rules, on="2023-06-01", calculation=True)["total"] == {
            "value": "60000.00",
            "currency": "CNY",
            "complete": True,
            "excludes": [],
            "separate": ["m09-venture-investment-deduction", "m10-key-group-employment"],
        }

    def test_what_is_not_published_or_open_is_named(self):
        facts = {"land_use_tax_payer": True, "entity_type": "individual_business"}
        rules = ["m10-land-use-tax-reduction", "m09-individual-business-income-tax", "m38-hnte-application-grant"]
        total = ask(facts, rules=rules, calculation=True)["total"]
        assert (total["value"], total["complete"]) == ("0.00", False)
        assert total["excludes"] == ["m09-individual-business-income-tax", "m10-land-use-tax-reduction"]

    def test_of_an_ineligible_rule_nothing_is_wanting(self):
        total = ask({"entity_type": "other"}, rules=["m38-hnte-application-grant"], calculation=True)["total"]
        assert (total["value"], total["complete"]) == ("0.00", True)

    def test_tax_saved_is_money_in_hand(self):
        facts = {
            "converted_from_individual_business": True,
            "transfer_of_land_or_house_on_conversion": True,
            "transfer_between_same_investor": True,
            "transfer_value": "100.17",
        }
        total = ask(facts, rules=["m09-conversion-deed-tax"], calculation=True)["total"]
        assert total["value"] == "3.01"

    def test_the_amount_is_asked_for_where_the_status_is_known(self):
        """An eligible result with an open amount is open in a calculation, and only there."""
        facts = {"entity_type": "individual_business"}
        rules = ["m09-individual-business-income-tax"]
        assert ask(facts, rules=rules)["next_question"] is None
        question = ask(facts, rules=rules, calculation=True)["next_question"]
        assert (question["fact"], question["settles"]) == ("annual_taxable_income", 1)

    def test_both_lists_count_together(self):
        answer = ask({}, rules=["m17-rural-parcel-subsidy"], calculation=True)
        (result,) = answer["results"]
        assert result["missing_facts"] == ["is_parcel_operator", "rural_inbound_parcels"]
        assert result["amount"]["missing_facts"] == ["rural_inbound_parcels"]
        assert answer["next_question"]["fact"] == "is_parcel_operator"

    def test_an_excluded_amount_that_the_county_publishes_is_added(self):
        published = {"m10_land_use_tax_cut": [ParameterValue(date(2023, 1, 1), None, Decimal("12.50"), "notice")]}
        asked = ActivePolicy(plan.policy().with_parameters(published))
        given = {"land_use_tax_payer": True}
        for on, value, parameter in ((date(2022, 12, 31), None, True), (date(2023, 1, 1), "12.50", False)):
            request = DecisionRequest(given, on, rules=frozenset({"m10-land-use-tax-reduction"}))
            answer = strict_json(decide(asked, request, plan.TODAY, calculation=True))
            assert answer["results"][0]["amount"]["value"] == value
            assert bool(answer["total"]["excludes"]) is parameter
            assert answer["results"][0]["amount"]["parameter"] == "m10_land_use_tax_cut"


class TestSkip:
    def test_a_skipped_fact_is_left_out_of_the_points(self):
        asked = {"rules": ["m03-first-loan-list", "m38-hnte-application-grant"], "explain": "none"}
        facts = {"registration_division": "140722", "has_bank_loan_history": False}
        assert ask(facts, skip=["entity_type"], **asked)["next_question"]["fact"] == "hnte_application_accepted"

    def test_when_only_skipped_facts_are_left_nothing_is_asked(self):
        facts = {**HNTE, "entity_type": None}
        answer = ask(facts, rules=["m38-hnte-application-grant"], skip=["entity_type"])
        assert answer["results"][0]["missing_facts"] == ["entity_type"]
        assert answer["next_question"] is None


class TestLanguage:
    def test_words_change_and_nothing_else(self):
        zh, en = (ask(HNTE, language=language) for language in ("zh", "en"))
        for one, other in zip(zh["results"], en["results"], strict=True):
            assert one["title"] != other["title"]
            assert one["units"] != other["units"]
            for key in ("rule_id", "status", "missing_facts", "validity", "subjects"):
                assert one[key] == other[key]
        assert zh["next_question"]["fact"] == en["next_question"]["fact"]
        assert zh["next_question"]["question"] != en["next_question"]["question"]


class TestDates:
    @pytest.mark.parametrize("on", ["1949-10-01", "2022-04-17"])
    def test_before_the_plan_nothing_is_in_force(self, on):
        answer = ask(HNTE, on=on, explain="none")
        assert answer["counts"] == {"eligible": 0, "ineligible": 0, "undetermined": 0, "not_in_force": 91}
        assert answer["next_question"] is None

    def test_long_after_local_measures_stay_and_national_ones_do_not(self):
        answer = ask(HNTE, on="2100-12-31", explain="none")
        gone = {result["rule_id"] for result in answer["results"] if result["status"] == "not_in_force"}
        assert gone == {
            "m09-vat-small-scale-exemption",
            "m09-small-profit-income-tax",
            "m09-individual-business-income-tax",
            "m09-conversion-deed-tax",
            "m09-venture-investment-deduction",
            "m10-land-use-tax-reduction",
            "m10-key-group-employment",
        }


class TestTargets:
    """The cases beside the pack try every target; here stands what they leave to the small."""

    def test_an_unknown_derived_fact_is_asked_by_its_inputs(self):
        target = {
            "id": "small-only",
            "clause": "1",
            "what": small.text("what"),
            "limit": "5",
            "unit": "working_day",
            "runs_from": small.text("from"),
            "ends_with": small.text("with"),
            "when": {"all": [small.leaf("enterprise_size", "equal_to", "micro")]},
        }
        asked = ActivePolicy(small.policy(small.rule("r", small.leaf("ready", "is_true")), targets=[target]))
        assert match_targets(asked, {"industry_code": "A01"}) == {
            "status": "undetermined",
            "targets": ["small-only"],
            "missing_facts": ["annual_revenue"],
            "ranges": [{"unit": "working_day", "min": "5", "max": "5"}],
        }


class TestRegistry:
    def test_answers_by_id_and_by_default(self):
        registry = Registry({"zuoquan-2022": plan.policy()}, "zuoquan-2022", None)
        assert registry.ids == ("zuoquan-2022",)
        assert registry.ready
        assert registry.get() is registry.get("zuoquan-2022")
        assert registry.get("elsewhere") is None

    def test_without_its_default_it_is_not_ready(self):
        registry = Registry({}, "zuoquan-2022", None)
        assert not registry.ready
        assert registry.get() is None

    def test_an_edition_serves_every_day_of_its_period(self):
        asked = ActivePolicy(plan.policy())
        assert asked.edition(date(2023, 1, 1)) is asked.edition(date(2023, 6, 30))
        assert asked.edition(date(2022, 12, 31)) is not asked.edition(date(2023, 1, 1))
        assert asked.renderer(date(2023, 1, 1), "zh") is asked.renderer(date(2023, 2, 1), "zh")
        assert asked.renderer(date(2023, 1, 1), "zh") is not asked.renderer(date(2023, 1, 1), "en")

    def test_the_packaged_plan_has_one_hash(self):
        assert packaged_ids() == ("zuoquan-2022",)
        again = load_policy("zuoquan-2022")
        assert again.sha256 == plan.policy().sha256
        assert ActivePolicy(again).identity == plan.active().identity


def test_explain_is_summary_unless_asked():
    assert DecisionRequest({}, date(2023, 1, 1)).explain is Explain.SUMMARY
