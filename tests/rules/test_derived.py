"""Derived facts other than the size class, and the warnings."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from app.rules.derived import DERIVED, FactWarning, settle, warnings
from tests.rules import plan

COUNTY = "140722"
DAY = date(2023, 6, 1)


def settled(**given):
    return settle(plan.policy().vocabulary, COUNTY, given)


def warned(**given):
    return [(item.code, item.facts) for item in warnings(plan.policy().vocabulary, COUNTY, given, DAY)]


class TestCountyAndProvince:
    @pytest.mark.parametrize(
        ("division", "county", "province"),
        [
            ("140722", True, True),
            ("140721", False, True),
            ("140000", False, True),
            ("141181", False, True),
            ("130722", False, False),
            ("110101", False, False),
        ],
    )
    def test_follow_from_the_division(self, division, county, province):
        found = settled(registration_division=division)
        assert (found.known["registered_in_county"], found.known["registered_in_province"]) == (county, province)
        assert [(item.fact, item.inputs) for item in found.derived] == [
            ("registered_in_county", ("registration_division",)),
            ("registered_in_province", ("registration_division",)),
        ]

    def test_are_asked_by_the_division(self):
        needs = settled().needs
        assert needs["registered_in_county"] == needs["registered_in_province"] == ("registration_division",)


class TestSection:
    @pytest.mark.parametrize("code", ["A", "C3311", "E47", "T9700"])
    def test_is_the_letter_of_the_industry(self, code):
        assert settled(industry_code=code).known["industry_section"] == code[0]

    def test_is_asked_by_the_industry(self):
        assert settled().needs["industry_section"] == ("industry_code",)


class TestGivenWins:
    @pytest.mark.parametrize(
        ("fact", "value", "inputs"),
        [
            ("registered_in_county", False, {"registration_division": COUNTY}),
            ("registered_in_province", False, {"registration_division": COUNTY}),
            ("industry_section", "E", {"industry_code": "C33"}),
            ("enterprise_size", "large", {"industry_code": "C33", "employees": 1}),
        ],
    )
    def test_over_what_follows_and_the_difference_is_a_warning(self, fact, value, inputs):
        found = settled(**inputs, **{fact: value})
        assert found.known[fact] == value
        assert fact not in found.needs
        assert fact not in {item.fact for item in found.derived}
        assert warned(**inputs, **{fact: value}) == [("derived_conflict", (*inputs, fact))]

    def test_the_same_value_is_no_warning(self):
        assert warned(registration_division=COUNTY, registered_in_county=True, registered_in_province=True) == []

    def test_what_leaves_the_class_open_contradicts_nothing(self):
        assert warned(industry_code="C33", employees=500, enterprise_size="micro") == []

    def test_nothing_is_derived_from_a_derived_fact(self):
        assert settled(industry_section="C", employees=1).needs["enterprise_size"][0] == "industry_code"

    def test_with_nothing_given_all_four_are_open(self):
        found = settled()
        assert (found.known, found.derived, set(found.needs)) == ({}, (), set(DERIVED))


class TestWarnings:
    def test_a_wrong_check_character(self):
        assert warned(uscc="91140722MA0KX7Y860") == [("code_check_digit", ("uscc",))]
        assert warned(core_enterprise_uscc="1" * 18) == [("code_check_digit", ("core_enterprise_uscc",))]

    def test_a_right_one_draws_none(self):
        assert warned(uscc="91140722MA0KX7Y867", core_enterprise_uscc="93140722MA0KX8A19Q") == []

    @pytest.mark.parametrize(
        ("given", "facts"),
        [
            (
                {"hnte_times_certified": 1, "hnte_consecutive_certifications": 3},
                ("hnte_times_certified", "hnte_consecutive_certifications"),
            ),
            (
                {"vat_period_sales": Decimal(1), "vat_period_real_estate_sales": Decimal("1.01")},
                ("vat_period_sales", "vat_period_real_estate_sales"),
            ),
            ({"established_on": date(2023, 6, 2)}, ("established_on",)),
        ],
    )
    def test_figures_that_contradict_each_other(self, given, facts):
        assert warned(**given) == [("inconsistent_facts", facts)]

    @pytest.mark.parametrize(
        "given",
        [
            {"hnte_times_certified": 3, "hnte_consecutive_certifications": 3},
            {"hnte_consecutive_certifications": 3},
            {"vat_period_sales": Decimal(1), "vat_period_real_estate_sales": Decimal(1)},
            {"vat_period_real_estate_sales": Decimal(1)},
            {"established_on": DAY},
            {"business_state": "operating"},
            {"business_state": "suspended"},
        ],
    )
    def test_none_at_the_edge_or_with_one_side_unknown(self, given):
        assert warned(**given) == []

    @pytest.mark.parametrize("state", ["revoked", "deregistered"])
    def test_an_entity_that_no_longer_operates(self, state):
        assert warned(business_state=state) == [("not_operating", ("business_state",))]

    def test_stand_in_a_fixed_order(self):
        given = {
            "business_state": "revoked",
            "established_on": date(2024, 1, 1),
            "uscc": "1" * 18,
            "registered_in_county": False,
            "registration_division": COUNTY,
        }
        assert [code for code, _ in warned(**given)] == [
            "derived_conflict",
            "code_check_digit",
            "inconsistent_facts",
            "not_operating",
        ]

    def test_a_warning_is_a_value(self):
        assert FactWarning("not_operating", ("business_state",)) == FactWarning("not_operating", ("business_state",))
