"""Units of amounts: what fits is accepted, what does not is told with both units."""

from __future__ import annotations

import pytest

from app.rules.amount_units import ANY, YUAN, Unit, unit_faults, unit_of
from app.rules.formulas import parse_amount
from app.services.packs import load_policy
from tests.rules import small

FACTS = (*small.FACTS, small.fact("fee", "rate", unit="fraction_per_year", maximum="1"), small.fact("score", "int"))
VOCABULARY = small.vocabulary(FACTS)
KINDS = {"award": "money", "quota": "rate", "points": "number"}
STEPS = [{"up_to": "100", "rate": "0.1", "quick": "0"}, {"rate": "0.2", "quick": "10"}]


def parse(formula):
    raw = {"formula": formula} if isinstance(formula, str) else formula
    faults = []
    tree = parse_amount({**raw, "schedules": {"steps": STEPS}}, VOCABULARY, KINDS, (), faults)
    assert faults == []
    return tree


def mismatches(formula):
    found = unit_faults(parse(formula), VOCABULARY, KINDS, ("amount",))
    assert {fault.code for fault in found} <= {"unit_mismatch"}
    return [(fault.path, fault.params["left"], fault.params["right"]) for fault in found]


class TestWhatFits:
    @pytest.mark.parametrize(
        "formula",
        [
            "150000",
            "price",
            "price + 100",
            "price - ceiling",
            "price * 0.05 + ceiling * share",
            "price * count",
            "price / count",
            "price * ceiling / (price + 1)",
            "(0.03 - fee) * price * months / 12",
            "7800 * count",
            "award * count",
            "award * quota",
            "points * 100",
            "min(price, 1000) + max(ceiling, 0)",
            "schedule(steps, price)",
            "schedule(steps, 1000)",
            "score * 10",
            "share * 1000",
        ],
    )
    def test_it_comes_out_in_yuan(self, formula):
        assert unit_of(parse(formula), VOCABULARY, KINDS) in (YUAN, ANY)
        assert mismatches(formula) == []

    def test_every_amount_of_the_packaged_plan(self):
        policy = load_policy("zuoquan-2022")
        kinds = {name: parameter.type for name, parameter in policy.parameters.items()}
        amounts = [version.amount for rule in policy.rules for version in rule.versions if version.amount is not None]
        assert len(amounts) > 20
        assert [unit_faults(amount, policy.vocabulary, kinds, ()) for amount in amounts] == [[]] * len(amounts)


class TestWhatDoesNot:
    @pytest.mark.parametrize(
        ("formula", "left", "right"),
        [
            ("price + months", "yuan", "month"),
            ("price - share", "yuan", "fraction"),
            ("min(price, count)", "yuan", "person"),
            ("max(100, price, weight)", "yuan", "tonne_per_year"),
            ("(count + months) * price", "person", "month"),
            ("(fee + share) * price", "year^-1", "fraction"),
            ("price + award * price", "yuan", "yuan^2"),
            ("schedule(steps, count) * 1", "yuan", "person"),
            ("count * months + price", "month · person", "yuan"),
        ],
    )
    def test_parts_of_different_units(self, formula, left, right):
        assert mismatches(formula) == [(("amount", "formula"), left, right)]

    @pytest.mark.parametrize(
        ("formula", "unit"),
        [
            ("count", "person"),
            ("share", "fraction"),
            ("score", "fraction"),
            ("months * months", "month^2"),
            ("price / ceiling", "fraction"),
            ("price * ceiling", "yuan^2"),
            ("1000 / price", "yuan^-1"),
            ("count / months", "month^-1 · person"),
        ],
    )
    def test_a_result_that_is_not_yuan(self, formula, unit):
        assert mismatches(formula) == [(("amount", "formula"), "yuan", unit)]

    def test_branches_of_different_units_in_their_own_place(self):
        part = {"label": small.text("part"), "by": "kind", "values": {"a": "price", "b": "months", "c": "0"}}
        whole = {"formula": "part + part", "where": {"part": part}}
        assert mismatches(whole) == [(("amount", "where", "part"), "yuan", "month")]

    def test_a_choice_of_different_units(self):
        condition = {"all": [small.leaf("ready", "is_true")]}
        part = {"label": small.text("part"), "if": condition, "then": "count", "else": "price"}
        assert mismatches({"formula": "part * 1", "where": {"part": part}}) == [
            (("amount", "where", "part"), "person", "yuan")
        ]


def test_units_show_powers():
    assert [str(unit) for unit in (Unit(), Unit(1), Unit(-2), Unit(parts=(("month", 1), ("year", -1))))] == [
        "fraction",
        "yuan",
        "yuan^-2",
        "month · year^-1",
    ]
