"""The arithmetic of an amount, figure by figure."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from app.rules.edition import Edition
from app.rules.steps import arithmetic
from tests.rules import small
from tests.rules.plan import ask_rule

DAY = date(2023, 1, 1)
READY = small.leaf("ready", "is_true")


def steps(amount, language="en", parameters=(), **known):
    policy = small.policy(small.rule("r", {"all": [READY]}, amount=amount), parameters=parameters)
    edition = Edition.of(policy, DAY)
    found = arithmetic(edition.standings[0].version.amount, known, edition.parameters, language)
    return [tuple(step.values()) for step in found]


class TestExpression:
    @pytest.mark.parametrize(
        ("amount", "known", "expression", "value"),
        [
            ("150000", {}, "150000", "150000"),
            ("price * 2", {"price": Decimal("1.50")}, "1.5 × 2", "3"),
            ("price - 2 - 1", {"price": Decimal(9)}, "9 − 2 − 1", "6"),
            ("price - (2 - 1)", {"price": Decimal(9)}, "9 − (2 − 1)", "8"),
            ("(price + 2) * 3", {"price": Decimal(9)}, "(9 + 2) × 3", "33"),
            ("price + 2 * 3", {"price": Decimal(9)}, "9 + (2 × 3)", "15"),
            ("price / (2 + 2)", {"price": Decimal(9)}, "9 ÷ (2 + 2)", "2.25"),
            ("min(price, 2)", {"price": Decimal(9)}, "min(9, 2)", "2"),
            ("max(price, 2 + 1)", {"price": Decimal(9)}, "max(9, 2 + 1)", "9"),
            ("share * 1000", {"share": Decimal("0.0250")}, "0.025 × 1000", "25"),
        ],
    )
    def test_has_figures_in_the_place_of_names(self, amount, known, expression, value):
        assert steps(amount, **known) == [("Amount", expression, value)]

    def test_a_parameter_shows_its_figure(self):
        award = small.parameter("award", ("2022-01-01", None, "12.50"))
        assert steps("award * 2", parameters=[award]) == [("Amount", "12.5 × 2", "25")]


AMOUNT = {
    "formula": "base * rate + base",
    "where": {
        "base": {"label": {"zh": "税基", "en": "Base"}, "formula": "min(price, 100)"},
        "rate": {"label": {"zh": "税率", "en": "Rate"}, "by": "kind", "values": {"a": "0.1", "b": "0.2", "c": "0"}},
    },
}


class TestNamedParts:
    def test_each_stands_once_before_it_is_used(self):
        assert steps(AMOUNT, price=Decimal(150), kind="b") == [
            ("Base", "min(150, 100)", "100"),
            ("Rate", "0.2", "0.2"),
            ("Amount", "100 × 0.2 + 100", "120"),
        ]

    def test_in_chinese(self):
        assert [label for label, _, _ in steps(AMOUNT, "zh", price=Decimal(150), kind="b")] == [
            "税基",
            "税率",
            "金额",
        ]

    def test_a_choice_shows_the_branch_taken(self):
        label = {"zh": "部分", "en": "Part"}
        amount = {"formula": "part", "where": {"part": {"label": label, "if": READY, "then": "price * 2", "else": "0"}}}
        assert steps(amount, ready=True, price=Decimal(4))[0] == ("Part", "4 × 2", "8")
        assert steps(amount, ready=False)[0] == ("Part", "0", "0")

    def test_what_is_open_has_no_arithmetic(self):
        with pytest.raises(ValueError, match="Lookup"):
            steps(AMOUNT, price=Decimal(150))
        with pytest.raises(ValueError, match="FactRef"):
            steps(AMOUNT, kind="b")


class TestRounding:
    def test_a_figure_that_changes_is_a_step_of_its_own(self):
        assert steps("price / 8", price=Decimal(1)) == [
            ("Amount", "1 ÷ 8", "0.125"),
            ("Rounded half-up to the fen, never below zero", "0.125", "0.13"),
        ]

    def test_a_figure_without_an_end_is_cut_and_marked(self):
        assert steps("price / 3", price=Decimal(2)) == [
            ("Amount", "2 ÷ 3", "0.6666666667…"),
            ("Rounded half-up to the fen, never below zero", "0.6666666667…", "0.67"),
        ]

    def test_below_zero_is_zero(self):
        assert steps("price - 5", price=Decimal(2))[-1] == (
            "Rounded half-up to the fen, never below zero",
            "-3",
            "0.00",
        )


BRACKETS = [{"up_to": "100", "rate": "0.1", "quick": "0"}, {"rate": "0.2", "quick": "10"}]


class TestSchedule:
    @pytest.mark.parametrize(
        ("price", "step"),
        [
            ("100", ("Bracket above 0 up to 100 yuan: rate 0.1, quick deduction 0", "100 × 0.1 − 0", "10")),
            ("150.5", ("Bracket above 100 yuan: rate 0.2, quick deduction 10", "150.5 × 0.2 − 10", "20.1")),
        ],
    )
    def test_names_the_bracket(self, price, step):
        amount = {"formula": "schedule(tax, price)", "schedules": {"tax": BRACKETS}}
        assert steps(amount, price=Decimal(price))[0] == step

    def test_third_bracket_of_an_individual_business(self):
        """F31: bracket, quick deduction and halving can be read off."""
        facts = {
            "entity_type": "individual_business",
            "annual_taxable_income": "240000",
            "other_tax_relief_amount": "0",
        }
        amount = ask_rule("m09-individual-business-income-tax", facts, on="2024-12-31")["amount"]
        assert amount["value"] == "18750.00"
        text = " / ".join(f"{step['label']} {step['expression']} = {step['value']}" for step in amount["steps"])
        for words in ("超过 90000 元至 300000 元的一档", "税率 0.2", "速算扣除数 10500"):
            assert words in text
        assert "240000 × 0.2 − 10500 = 37500" in text
        assert amount["steps"][-1]["expression"].endswith("× 0.5")
        assert amount["steps"][-1]["value"] == "18750"
