"""Faults that others met in the same kind of work: deciding, calculating and reading facts, asked of the service.

What concerns the wire itself stands in ``test_over_http.py``.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest

from app.rules.reading import Number, read_fact, read_facts
from app.rules.vocabulary import FactType
from app.services.decide import DecisionRequest, decide
from app.services.registry import ActivePolicy
from tests.rules import plan
from tests.rules.plan import ask, ask_rule

COUNTY = {"registration_division": "140722"}


def faults(raw):
    _, found = read_facts(plan.policy().vocabulary, raw)
    return [(fault.code, fault.path) for fault in found]


class TestSizeClass:
    @pytest.mark.parametrize(
        ("revenue", "size", "status"),
        [("399999999.99", "medium", "eligible"), ("400000000", "large", "ineligible")],
    )
    def test_f24_large_needs_every_indicator(self, revenue, size, status):
        facts = {
            "entity_type": "enterprise",
            "industry_code": "C3311",
            "employees": 1200,
            "annual_revenue": revenue,
            "credit_record_good": True,
            "operating_normally": True,
        }
        answer = ask(facts, rules=["m05-credit-loan-renewal"])
        assert answer["results"][0]["status"] == status
        assert answer["derived"][0]["value"] == size

    def test_f25_vat_status_tax_smallness_and_size_class_are_three_things(self):
        asked = {"enterprise_size": "micro", "vat_taxpayer_type": "general"}
        assert ask_rule("m09-vat-small-scale-exemption", asked)["status"] == "ineligible"
        facts = {
            "entity_type": "enterprise",
            "enterprise_size": "medium",
            "is_restricted_industry": False,
            "annual_taxable_income": 3000000,
            "employees_avg": 300,
            "total_assets_avg": 50000000,
        }
        assert ask_rule("m09-small-profit-income-tax", facts, on="2024-12-31")["status"] == "eligible"

    @pytest.mark.parametrize(("revenue", "status"), [("5000000", "ineligible"), ("4999999.99", "eligible")])
    def test_f26_exactly_on_the_line(self, revenue, status):
        facts = {"entity_type": "enterprise", "industry_code": "A0111", "annual_revenue": revenue}
        assert ask_rule("m02-medium-term-credit-line", facts)["status"] == status


class TestTaxLaw:
    @pytest.mark.parametrize(("on", "status"), [("2022-12-31", "eligible"), ("2023-01-01", "ineligible")])
    def test_f27_the_limit_has_dates(self, on, status):
        facts = {
            "vat_taxpayer_type": "small_scale",
            "vat_filing_period": "month",
            "vat_statutory_levy": "five_percent",
            "vat_period_sales": "150000",
            "vat_period_real_estate_sales": 0,
        }
        assert ask_rule("m09-vat-small-scale-exemption", facts, on=on)["status"] == status

    @pytest.mark.parametrize(
        ("real_estate", "status", "missing"),
        [
            (None, "undetermined", ["vat_period_real_estate_sales"]),
            ("250000", "eligible", []),
            ("0", "ineligible", []),
        ],
    )
    def test_f28_above_the_limit_real_estate_is_asked_before_saying_no(self, real_estate, status, missing):
        facts = {
            "vat_taxpayer_type": "small_scale",
            "vat_filing_period": "quarter",
            "vat_statutory_levy": "three_percent",
            "vat_period_sales": "500000",
            "vat_period_real_estate_sales": real_estate,
        }
        result = ask_rule("m09-vat-small-scale-exemption", facts, on="2024-06-30")
        assert (result["status"], result["missing_facts"]) == (status, missing)

    @pytest.mark.parametrize(("on", "value"), [("2022-12-31", "325000.00"), ("2023-12-31", "300000.00")])
    def test_f29_last_years_law_for_last_year(self, on, value):
        facts = {
            "entity_type": "enterprise",
            "is_restricted_industry": False,
            "annual_taxable_income": "1500000",
            "employees_avg": 120,
            "total_assets_avg": "20000000",
        }
        assert ask_rule("m09-small-profit-income-tax", facts, on=on)["amount"]["value"] == value

    def test_f30_the_tax_is_halved_and_not_the_income(self):
        facts = {"entity_type": "individual_business", "annual_taxable_income": "2000000"}
        rule = "m09-individual-business-income-tax"
        whole = ask_rule(rule, {**facts, "other_tax_relief_amount": "0"}, on="2024-12-31")
        assert whole["amount"]["value"] == "317250.00"
        part = ask_rule(rule, facts, on="2024-12-31")
        assert (part["status"], part["amount"]["status"]) == ("eligible", "undetermined")
        assert part["amount"]["missing_facts"] == ["other_tax_relief_amount"]


class TestAwards:
    def test_f32_the_borrower_is_not_the_recipient(self):
        facts = {"entity_type": "enterprise", "enterprise_size": "small", "guarantor_is_policy_based": False}
        for language, words in (("zh", ("担保", "借款")), ("en", ("guarantee company receives", "borrower"))):
            result = ask_rule("m19-guarantee-fee-subsidy", facts, language=language, explain="summary")
            assert result["status"] == "ineligible"
            assert all(word in result["reasons"][0]["text"] for word in words)

    def test_f33_a_total_that_is_not_all_says_so(self):
        facts = {
            **COUNTY,
            "entity_type": "enterprise",
            "industry_code": "E4710",
            "annual_output_value": "1000000000",
            "highest_output_tier_before": "none",
            "hnte_application_accepted": True,
            "hnte_application_grant_received": False,
        }
        rules = ["m38-hnte-application-grant", "m12-construction-output-tier"]
        answer = ask(facts, rules=rules, on="2023-03-01", calculation=True)
        assert answer["counts"]["eligible"] == 2
        assert answer["total"]["value"] == "60000.00"
        assert answer["total"]["complete"] is False
        assert answer["total"]["excludes"] == ["m12-construction-output-tier"]

    def test_f34_half_a_fen_goes_up(self):
        facts = {
            "guarantor_is_policy_based": True,
            "guarantee_client_kind": "small_micro",
            "guarantee_fee_rate": "0.02",
            "guaranteed_amount": "302.50",
            "guarantee_months": 12,
        }
        assert ask_rule("m19-guarantee-fee-subsidy", facts, on="2023-01-10")["amount"]["value"] == "3.03"


class TestUnknown:
    def test_f35_null_is_not_a_small_number(self):
        facts = {"eia_catalogue_listed": True, "project_sector": "photovoltaic"}
        assert plan.body({**facts, "pv_capacity_kw": None}) == plan.body(facts)
        result = ask_rule("m33-eia-exempt", {**facts, "pv_capacity_kw": None})
        assert (result["status"], result["missing_facts"]) == ("undetermined", ["pv_capacity_kw"])

    def test_f36_not_answered_is_not_no(self):
        facts = {"involves_public_safety": False}
        assert ask_rule("m49-commitment-licence", facts)["status"] == "undetermined"
        result = ask_rule("m49-commitment-licence", {**facts, "involves_ecology": True})
        assert (result["status"], result["missing_facts"]) == ("ineligible", [])

    @pytest.mark.parametrize("given", [(), ("bank_inclusive_loan_growth_rate",), ("large_state_bank_growth_rate",)])
    def test_f37_two_unknowns_are_not_equal(self, given):
        rates = ["bank_inclusive_loan_growth_rate", "large_state_bank_growth_rate"]
        facts = {"bank_type": "local_legal_person", **dict.fromkeys(given, "0.1")}
        result = ask_rule("m04-local-bank-inclusive-loan-growth", facts)
        assert result["status"] == "undetermined"
        assert result["missing_facts"] == [rate for rate in rates if rate not in given]


class TestQuestions:
    def test_f38_nothing_is_asked_that_cannot_matter(self):
        answer = ask({"vat_taxpayer_type": "general"}, rules=["m09-vat-small-scale-exemption"])
        assert answer["results"][0]["status"] == "ineligible"
        assert answer["results"][0]["missing_facts"] == []
        assert answer["next_question"] is None

    @pytest.mark.parametrize("seed", range(11))
    def test_f39_asking_ends(self, seed):
        """From nothing, and from ten sets of facts; each answer is one of the options, or a figure, picked by turns."""
        facts = {fact: value for place, (fact, value) in enumerate(SOME) if seed and (place + seed) % 4 == 0}
        asked_for = []
        while (
            question := (answer := ask(facts, explain="none", calculation=seed % 2 == 1))["next_question"]
        ) is not None:
            fact = question["fact"]
            assert fact not in facts
            asked_for.append(fact)
            choices = [option["value"] for option in question["options"] or []] or FIGURES[question["type"]]
            chosen = choices[(seed + len(asked_for)) % len(choices)]
            facts[fact] = [chosen] if question["type"] == "set" else CODES.get(fact, chosen)
        assert len(asked_for) <= len(plan.policy().vocabulary.facts)
        assert answer["counts"]["undetermined"] == 0


CODES = {"registration_division": "140722", "industry_code": "C3311"}
FIGURES = {
    "int": [0, 3, 400],
    "money": ["0", "1000000.00"],
    "rate": ["0", "0.5"],
    "number": ["0", "9.5"],
    "text": ["寒王乡"],
}
FIGURES["code"] = [None]
SOME = [
    ("entity_type", "enterprise"),
    ("registration_division", "140722"),
    ("industry_code", "E4710"),
    ("employees", 40),
    ("annual_revenue", "5000000"),
    ("tax_credit_rating", "C"),
    ("has_current_bank_loan", True),
    ("vat_taxpayer_type", "small_scale"),
    ("project_sector", "photovoltaic"),
    ("person_role", "key_technician"),
    ("is_newly_established", False),
    ("general_processes", []),
    ("request_kind", "power"),
    ("hnte_times_certified", 2),
]


class TestLogic:
    def test_f40_an_empty_list_disturbs_no_other_rule(self):
        facts = {
            "entity_type": "enterprise",
            "tax_credit_rating": "A",
            "managed_by_general_process": True,
            "general_processes": [],
            "project_sector": "coal_mining_washing",
        }
        answer = ask(facts, rules=["m36-registration-only", "m01-bank-tax-credit-loan"])
        assert [result["status"] for result in answer["results"]] == ["eligible", "eligible"]

    @pytest.mark.parametrize(
        ("processes", "status", "missing"),
        [
            ([], "eligible", []),
            (["water_treatment"], "ineligible", []),
            (None, "undetermined", ["general_processes"]),
        ],
    )
    def test_f41_none_of_over_a_list(self, processes, status, missing):
        facts = {
            "managed_by_general_process": True,
            "project_sector": "equipment_manufacturing",
            "general_processes": processes,
        }
        result = ask_rule("m36-registration-only", facts)
        assert (result["status"], result["missing_facts"]) == (status, missing)


class TestNumbers:
    def test_f42_compare_first_and_never_round_before(self):
        assert ask_rule("m04-ftp-discount", {"bank_ftp_discount_bp": "49.9"})["status"] == "ineligible"
        assert ask_rule("m04-ftp-discount", {"bank_ftp_discount_bp": "50"})["status"] == "eligible"
        solar = {"eia_catalogue_listed": True, "project_sector": "photovoltaic"}
        assert ask_rule("m33-eia-exempt", {**solar, "pv_capacity_kw": "5999.999"})["status"] == "eligible"
        assert ask_rule("m33-eia-exempt", {**solar, "pv_capacity_kw": "6000"})["status"] == "ineligible"

    @pytest.mark.parametrize("figure", ["0", "0.01", "999999999999999.99"])
    def test_f43_money_leaves_plain(self, figure):
        money = [fact.id for fact in plan.policy().vocabulary.facts if fact.type is FactType.MONEY]
        facts = {
            "entity_type": "individual_business",
            "converted_from_individual_business": True,
            "transfer_of_land_or_house_on_conversion": True,
            "transfer_between_same_investor": True,
            **dict.fromkeys(money, figure),
        }
        content = plan.body(facts, on="2024-06-01", calculation=True)
        answer = plan.strict_json(content)
        digest = answer["policy"]["sha256"].encode()
        assert not re.search(rb"[0-9][eE][+-]?[0-9]", content.replace(digest, b""))
        values = [result["amount"]["value"] for result in answer["results"]] + [answer["total"]["value"]]
        assert all(value is None or re.fullmatch(r"-?\d+\.\d{2}", value) for value in values)
        shown = [reason["actual"] for result in answer["results"] for reason in result["reasons"]]
        assert f"{Decimal(figure):.2f}" in shown

    @pytest.mark.parametrize(
        ("raw", "code"),
        [
            ("NaN", "number_format"),
            ("Infinity", "number_format"),
            (Number("1e400"), "out_of_range"),
            ("12.345", "too_many_decimals"),
            ("-1", "out_of_range"),
        ],
    )
    def test_f44_not_a_number(self, raw, code):
        assert faults({"annual_revenue": raw}) == [(code, ("annual_revenue",))]


class TestInputTypes:
    @pytest.mark.parametrize("raw", ["false", "NO", "否", Number("0"), "true", Number("1")])
    def test_f45_booleans_as_text_are_refused_for_every_boolean_fact(self, raw):
        bools = [fact for fact in plan.policy().vocabulary.facts if fact.type is FactType.BOOL]
        assert {fault.code for fact in bools for fault in read_fact(fact, raw)} == {"wrong_type"}

    def test_f46_a_misspelt_name_is_an_error(self):
        _, (found,) = read_facts(plan.policy().vocabulary, {"anual_revenue": "100"})
        assert (found.code, found.suggestions[0]) == ("unknown_fact", "annual_revenue")

    @pytest.mark.parametrize(("fact", "raw"), [("entity_type", "Enterprise"), ("tax_credit_rating", "a")])
    def test_f47_another_case_of_an_enum_member(self, fact, raw):
        assert faults({fact: raw}) == [("not_in_enum", (fact,))]
        (found,) = read_fact(plan.policy().vocabulary[fact], raw)
        assert found.params["allowed"] == [member.value for member in plan.policy().vocabulary[fact].members]


class TestParity:
    @pytest.mark.parametrize("calculation", [False, True])
    def test_f49_a_failure_is_not_a_refusal(self, monkeypatch, calculation):
        """One rule that cannot be calculated fails the whole answer; the next call is whole again."""
        facts = {**COUNTY, "entity_type": "enterprise", "hnte_application_accepted": True}
        facts["hnte_application_grant_received"] = False
        request = DecisionRequest(plan.read(facts), date(2023, 6, 1))
        asked = ActivePolicy(plan.policy())
        compiled = asked.edition(request.on)
        place = next(p for p, s in enumerate(compiled.edition.standings) if s.rule.id == "m38-hnte-application-grant")

        def fail(vector):
            raise ArithmeticError

        with monkeypatch.context() as patch:
            patch.setitem(compiled.amounts, place, _Broken(compiled.amounts[place], fail))
            for _ in range(2):
                with pytest.raises(ArithmeticError):
                    decide(asked, request, plan.TODAY, calculation=calculation)
        whole = decide(asked, request, plan.TODAY, calculation=calculation)
        assert whole == decide(plan.active(), request, plan.TODAY, calculation=calculation)
        assert b'"60000.00"' in whole


class _Broken:
    """An amount whose calculation fails."""

    def __init__(self, amount, fail):
        self._amount, self.value = amount, fail

    def __getattr__(self, name):
        return getattr(self._amount, name)
