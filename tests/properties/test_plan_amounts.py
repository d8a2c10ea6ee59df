"""The plan's amounts against the same law written again by hand, in exact fractions.

Nothing here reads the pack: limits, rates and schedules stand as the announcements have them.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from tests.properties.strategies import examples
from tests.rules import plan


def yuan(value):
    """Half-up to the fen, never below zero, as text."""
    fen = max(0, (Fraction(value) * 200 + 1) // 2)
    return f"{fen // 100}.{fen % 100:02d}"


def money(*near, most=10**15):
    """Amounts in yuan with two decimals: on the figures named, one fen beside them, or anywhere."""
    fen = [figure * 100 + step for figure in near for step in (-1, 0, 1) if 0 <= figure * 100 + step <= most * 100]
    anywhere = st.integers(0, most * 100)
    return st.one_of(st.sampled_from(fen), anywhere, st.integers(0, 10**8)).map(lambda n: Decimal(n).scaleb(-2))


def days(*spans):
    """A day in one of the spans, often its first or last."""
    edges = [date.fromisoformat(day) for span in spans for day in span]
    return st.one_of(st.sampled_from(edges), *(st.dates(*(date.fromisoformat(d) for d in span)) for span in spans))


def result(rule, facts, on):
    sent = {name: f"{value:f}" if isinstance(value, Decimal) else value for name, value in facts.items()}
    return plan.ask_rule(rule, sent, on=on.isoformat(), explain="none")


def outcome(rule, facts, on):
    """Status and amount, null where none is computed."""
    found = result(rule, facts, on)
    return found["status"], found["amount"]["value"]


class TestVat:
    """财政部 税务总局 announcements on small-scale taxpayers, 2022 to 2027."""

    RULE = "m09-vat-small-scale-exemption"

    @staticmethod
    def saved(facts, on):
        """Eligible and the tax saved, or not."""
        sales, estate = Fraction(facts["vat_period_sales"]), Fraction(facts["vat_period_real_estate_sales"])
        quarterly, three = facts["vat_filing_period"] == "quarter", facts["vat_statutory_levy"] == "three_percent"
        first, second = Fraction(3, 100), Fraction(5, 100)
        month, quarter = (150_000, 450_000) if on.year == 2022 else (100_000, 300_000)
        if on.year >= 2023:
            first = Fraction(1, 100)
        if on.year >= 2026:
            second = Fraction(3, 100)

        def within(figure):
            if on.year >= 2026:
                return figure < month or (quarterly and figure < quarter)
            return figure <= month or (quarterly and figure <= quarter)

        whole = within(sales)
        rest = on.year < 2026 and within(sales - estate)
        overlay = on.year == 2022 and three
        if facts["vat_taxpayer_type"] != "small_scale" or not (whole or rest or overlay):
            return "ineligible", None
        tax = (sales - estate) * (first if three else second) + (estate * second if whole else 0)
        return "eligible", yuan(tax)

    @examples(300)
    @given(
        st.fixed_dictionaries(
            {
                "vat_taxpayer_type": st.sampled_from(["small_scale", "small_scale", "small_scale", "general"]),
                "vat_filing_period": st.sampled_from(["month", "quarter"]),
                "vat_period_sales": money(0, 100_000, 150_000, 300_000, 450_000),
                "vat_period_real_estate_sales": money(0, 1, 50_000, 100_000, 200_000),
                "vat_statutory_levy": st.sampled_from(["three_percent", "five_percent"]),
            }
        ),
        days(("2022-04-18", "2022-12-31"), ("2023-01-01", "2025-12-31"), ("2026-01-01", "2027-12-31")),
    )
    def test_exemption(self, facts, on):
        assert outcome(self.RULE, facts, on) == self.saved(facts, on)

    @examples(30)
    @given(days(("2028-01-01", "2028-12-31"), ("2022-01-01", "2022-04-17")))
    def test_outside_the_known_versions(self, on):
        assert outcome(self.RULE, {"vat_taxpayer_type": "small_scale"}, on) == ("not_in_force", None)


class TestSmallProfit:
    @staticmethod
    def saved(facts, on):
        income = Fraction(facts["annual_taxable_income"])
        fits = (
            facts["entity_type"] == "enterprise"
            and not facts["is_restricted_industry"]
            and income <= 3_000_000
            and facts["employees_avg"] <= 300
            and facts["total_assets_avg"] <= 50_000_000
        )
        if not fits:
            return "ineligible", None
        if on.year == 2022:
            tax = min(income, 1_000_000) * Fraction(25, 1000) + max(income - 1_000_000, 0) * Fraction(5, 100)
        else:
            tax = income * Fraction(5, 100)
        return "eligible", yuan(income * Fraction(25, 100) - tax)

    @examples(150)
    @given(
        st.fixed_dictionaries(
            {
                "entity_type": st.sampled_from(["enterprise", "enterprise", "enterprise", "individual_business"]),
                "is_restricted_industry": st.sampled_from([False, False, False, True]),
                "annual_taxable_income": money(0, 1_000_000, 3_000_000, most=4_000_000),
                "employees_avg": st.sampled_from([0, 299, 300, 301]),
                "total_assets_avg": money(0, 50_000_000, most=50_000_000),
            }
        ),
        days(("2022-04-18", "2022-12-31"), ("2023-01-01", "2027-12-31")),
    )
    def test_reduced_tax(self, facts, on):
        assert outcome("m09-small-profit-income-tax", facts, on) == self.saved(facts, on)


class TestIndividualBusiness:
    #: The five steps of business income: end, rate, quick deduction.
    STEPS = ((30_000, 5, 0), (90_000, 10, 1_500), (300_000, 20, 10_500), (500_000, 30, 40_500), (None, 35, 65_500))

    def tax(self, base):
        _, rate, quick = next(step for step in self.STEPS if step[0] is None or base <= step[0])
        return base * Fraction(rate, 100) - quick

    def saved(self, facts, on):
        income, other = Fraction(facts["annual_taxable_income"]), Fraction(facts["other_tax_relief_amount"])
        within = min(income, 1_000_000 if on.year == 2022 else 2_000_000)
        shared = other * within / income if income else 0
        return "eligible", yuan((self.tax(within) - shared) / 2)

    @examples(150)
    @given(
        money(0, 30_000, 90_000, 300_000, 500_000, 1_000_000, 2_000_000),
        money(0, 1, 2_000, 6_000, most=10**6),
        days(("2022-04-18", "2022-12-31"), ("2023-01-01", "2027-12-31")),
    )
    def test_halved_tax(self, income, other, on):
        facts = {"annual_taxable_income": income, "other_tax_relief_amount": other}
        found = outcome("m09-individual-business-income-tax", {"entity_type": "individual_business", **facts}, on)
        assert found == self.saved(facts, on)

    def test_the_published_examples(self):
        """Income 80,000 and other relief 2,000; 2,400,000 and 6,000; 1,500,000 under either ceiling."""
        for income, other, year, value in (
            (80_000, 2_000, 2023, "2250.00"),
            (2_400_000, 6_000, 2023, "314750.00"),
            (1_500_000, 0, 2022, "142250.00"),
            (1_500_000, 0, 2023, "229750.00"),
        ):
            facts = {"annual_taxable_income": income, "other_tax_relief_amount": other}
            assert self.saved(facts, date(year, 12, 31)) == ("eligible", value)
            sent = {"entity_type": "individual_business", **{name: str(figure) for name, figure in facts.items()}}
            assert outcome("m09-individual-business-income-tax", sent, date(year, 12, 31)) == ("eligible", value)


CATEGORIES = [member.value for member in plan.policy().vocabulary["key_group_category"].members]


class TestKeyGroups:
    @staticmethod
    def ceiling(facts, on):
        self_employed, hire = (14_400, 7_800) if on.year == 2022 else (24_000, 7_800)
        if facts["key_group_months_used"] >= 36:
            return "ineligible", None
        category = facts["key_group_category"]
        both = ("poverty_alleviated", "registered_unemployed")
        if facts["key_group_role"] == "self_employed":
            fits = category in (*both, "zero_employment_family", "graduate")
            return ("eligible", yuan(self_employed)) if fits else ("ineligible", None)
        insured, hires = facts["key_group_contract_and_insurance"], facts["key_group_hires"]
        return ("eligible", yuan(hire * hires)) if category in both and insured and hires >= 1 else ("ineligible", None)

    @examples(150)
    @given(
        st.fixed_dictionaries(
            {
                "key_group_category": st.sampled_from(
                    [
                        "poverty_alleviated",
                        "registered_unemployed",
                        "zero_employment_family",
                        "graduate",
                        "veteran",
                        "none",
                    ]
                ),
                "key_group_role": st.sampled_from(["self_employed", "employer"]),
                "key_group_hires": st.sampled_from([0, 1, 2, 7, 10**9]),
                "key_group_contract_and_insurance": st.sampled_from([True, True, False]),
                "key_group_months_used": st.sampled_from([0, 35, 36]),
            }
        ),
        days(("2022-04-18", "2022-12-31"), ("2023-01-01", "2027-12-31")),
    )
    def test_yearly_ceiling(self, facts, on):
        assert outcome("m10-key-group-employment", facts, on) == self.ceiling(facts, on)


class TestGuarantee:
    @examples(200)
    @given(
        st.one_of(
            st.integers(0, 10**10).map(lambda n: Decimal(n).scaleb(-10)),
            st.sampled_from([Decimal(text) for text in ("0", "0.02", "0.0299999999", "0.03", "0.0300000001", "1")]),
        ),
        money(0, 1, 302, 1_000_000),
        st.one_of(st.integers(0, 60), st.just(10**15)),
        st.sampled_from(["small_micro", "agriculture_rural_farmers", "strategic_emerging", "other"]),
    )
    def test_gap_up_to_three_percent(self, rate, amount, months, client):
        facts = {
            "guarantor_is_policy_based": True,
            "guarantee_client_kind": client,
            "guarantee_fee_rate": rate,
            "guaranteed_amount": amount,
            "guarantee_months": months,
        }
        found = outcome("m19-guarantee-fee-subsidy", facts, date(2023, 1, 10))
        if client == "other" or Fraction(rate) >= Fraction(3, 100):
            assert found == ("ineligible", None)
        else:
            gap = Fraction(3, 100) - Fraction(rate)
            assert found == ("eligible", yuan(gap * Fraction(amount) * months / 12))

    def test_half_a_fen_goes_up(self):
        """F34: a hundredth of 302.50 yuan is 3.025."""
        assert yuan(Fraction("302.50") / 100) == "3.03"


class TestProducts:
    @examples(60)
    @given(money(0, 1, 100_000), days(("2022-04-18", "2027-12-31")))
    def test_deed_tax_of_a_conversion(self, value, on):
        facts = {
            "converted_from_individual_business": True,
            "transfer_of_land_or_house_on_conversion": True,
            "transfer_between_same_investor": True,
            "transfer_value": value,
        }
        assert outcome("m09-conversion-deed-tax", facts, on) == ("eligible", yuan(Fraction(value) * Fraction(3, 100)))

    @examples(60)
    @given(
        money(0, 1, 100_000),
        st.sampled_from([0, 23, 24, 25]),
        st.sampled_from(["venture_capital_enterprise", "angel_individual", "other"]),
        st.sampled_from(["unlisted_sme_hnte", "seed_stage_tech", "startup_tech", "other"]),
        st.booleans(),
        st.booleans(),
    )
    def test_venture_investment(self, amount, held, investor, investee, qualifying, cash):
        facts = {
            "investor_type": investor,
            "investee_kind": investee,
            "investee_is_qualifying_startup": qualifying,
            "investment_is_equity_cash": cash,
            "investment_held_months": held,
            "investment_amount": amount,
        }
        route_a = investor == "venture_capital_enterprise" and investee == "unlisted_sme_hnte"
        route_b = investor != "other" and investee in ("seed_stage_tech", "startup_tech") and qualifying and cash
        fits = held >= 24 and (route_a or route_b)
        expected = ("eligible", yuan(Fraction(amount) * Fraction(7, 10))) if fits else ("ineligible", None)
        assert outcome("m09-venture-investment-deduction", facts, date(2024, 1, 1)) == expected
