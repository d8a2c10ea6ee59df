"""What an amount comes to: the exact figure, or what keeps it open; the same by compiled code."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from app.rules.amount_value import bracket_of, calculate
from app.rules.amounts import Bracket
from app.rules.compile_python import compile_amount
from app.rules.edition import Edition
from app.rules.evaluation import CompiledEdition
from tests.rules import small

DAY = date(2023, 1, 1)
LABEL = small.text("part")
READY = small.leaf("ready", "is_true")
TAX = {"tax": [{"up_to": "100", "rate": "0.1", "quick": "0"}, {"rate": "0.2", "quick": "10"}]}


def part(**written):
    return {"formula": "part", "where": {"part": {"label": LABEL, **written}}}


def edition(amount, **parameters):
    """A policy whose only rule has this amount; parameters with their figure or None."""
    named = [
        small.parameter(name, *([("2022-01-01", None, value)] if value else [])) for name, value in parameters.items()
    ]
    policy = small.policy(small.rule("r", {"all": [READY]}, amount=amount), parameters=named)
    return Edition.of(policy, DAY)


def compute(amount, parameters=None, **known):
    asked = edition(amount, **(parameters or {}))
    return calculate(asked.standings[0].version.amount, known, asked.parameters)


def by_code(amount, parameters=None, **known):
    """The same amount, rounded, by compiled code; every fact of it must be known."""
    asked = edition(amount, **(parameters or {}))
    compiled = compile_amount(asked.standings[0].version.amount, asked)
    vector = [known.get(fact.id) for fact in asked.policy.vocabulary.facts]
    return f"{compiled.value(vector):.2f}"


GUARANTEE = "(0.03 - share) * price * months / 12"
TAXED = {"formula": "schedule(tax, price)", "schedules": TAX}
BY_KIND = part(by="kind", values={"a": "1", "b": "price", "c": "3"})
IF_READY = part(**{"if": READY, "then": "1", "else": "2"})
BELOW = small.leaf("price", "less_than", {"fact": "ceiling", "plus": "1"})
NESTED = {"any": [READY, {"all": [small.leaf("fixed", "is_true"), small.leaf("kind", "is_one_of", ["a"])]}]}


class TestValue:
    @pytest.mark.parametrize(
        ("amount", "known", "value", "yuan"),
        [
            ("150000", {}, 150000, "150000.00"),
            ("0", {}, 0, "0.00"),
            ("price", {"price": "12.34"}, "12.34", "12.34"),
            ("count * 2 + 1", {"count": 3}, 7, "7.00"),
            ("price - 20", {"price": "5"}, -15, "0.00"),
            ("price / 3", {"price": "1"}, "1/3", "0.33"),
            ("price / 3 * 3", {"price": "0.055"}, "0.055", "0.06"),
            ("count / 8", {"count": 1}, "0.125", "0.13"),
            (GUARANTEE, {"share": "0.02", "price": "302.50", "months": 12}, "3.025", "3.03"),
            ("min(price, 100)", {"price": "150"}, 100, "100.00"),
            ("max(price, 100, 120)", {"price": "110"}, 120, "120.00"),
            (TAXED, {"price": "0"}, 0, "0.00"),
            (TAXED, {"price": "100"}, 10, "10.00"),
            (TAXED, {"price": "100.01"}, "10.002", "10.00"),
            (BY_KIND, {"kind": "b", "price": "9"}, 9, "9.00"),
            (BY_KIND, {"kind": "c", "price": "9"}, 3, "3.00"),
            (IF_READY, {"ready": True}, 1, "1.00"),
            (IF_READY, {"ready": False}, 2, "2.00"),
            (part(**{"if": BELOW, "then": "1", "else": "2"}), {"price": "2.99", "ceiling": "2"}, 1, "1.00"),
            (part(**{"if": BELOW, "then": "1", "else": "2"}), {"price": "3", "ceiling": "2"}, 2, "2.00"),
            (part(**{"if": NESTED, "then": "1", "else": "2"}), {"ready": False, "fixed": True, "kind": "a"}, 1, "1.00"),
            (part(**{"if": NESTED, "then": "1", "else": "2"}), {"ready": False, "fixed": True, "kind": "b"}, 2, "2.00"),
        ],
    )
    def test_exactly_and_by_code(self, amount, known, value, yuan):
        known = {name: Decimal(item) if type(item) is str and name != "kind" else item for name, item in known.items()}
        assert compute(amount, **known).value == Fraction(value)
        assert by_code(amount, **known) == yuan

    def test_a_branch_not_taken_is_not_computed(self):
        guarded = part(**{"if": small.leaf("count", "greater_than", "0"), "then": "price / count", "else": "0"})
        assert compute(guarded, count=0, price=Decimal(5)).value == 0
        assert by_code(guarded, count=0, price=Decimal(5)) == "0.00"

    def test_upper_ends_belong_to_their_bracket(self):
        brackets = (Bracket(Decimal(100), Decimal("0.1"), Decimal(0)), Bracket(None, Decimal("0.2"), Decimal(10)))
        assert [bracket_of(brackets, Decimal(base)).rate for base in ("100", "100.01")] == [
            Decimal("0.1"),
            Decimal("0.2"),
        ]


KINDS = part(by="kind", values={"a": "1", "b": "price", "c": "months"})


class TestOpen:
    @pytest.mark.parametrize(
        ("amount", "known", "missing"),
        [
            ("price * months", {}, {"price", "months"}),
            ("price * months", {"months": 3}, {"price"}),
            ("min(price, 100)", {}, {"price"}),
            ({"formula": "schedule(tax, price)", "schedules": TAX}, {}, {"price"}),
            (part(by="kind", values={"a": "1", "b": "price", "c": "months"}), {}, {"kind", "price", "months"}),
            (part(by="kind", values={"a": "1", "b": "price", "c": "months"}), {"kind": "b"}, {"price"}),
            (
                part(by="kind", values={"a": "1", "b": "price", "c": "months"}),
                {"price": Decimal(1)},
                {"kind", "months"},
            ),
            (part(**{"if": READY, "then": "price", "else": "months"}), {}, {"ready", "price", "months"}),
            (part(**{"if": READY, "then": "price", "else": "months"}), {"ready": True}, {"price"}),
            (part(**{"if": READY, "then": "price", "else": "0"}), {"price": Decimal(1)}, {"ready"}),
        ],
    )
    def test_what_is_wanting(self, amount, known, missing):
        found = compute(amount, **known)
        assert (found.value, found.missing) == (None, missing)

    def test_nothing_is_concluded_from_a_product_with_zero(self):
        assert compute("price * 0").missing == {"price"}

    def test_a_condition_decided_by_one_fact_asks_no_other(self):
        either = {"any": [READY, small.leaf("fixed", "is_true")]}
        found = compute(part(**{"if": either, "then": "1", "else": "2"}), ready=True)
        assert (found.value, found.missing) == (1, set())


class TestParameters:
    def test_unset(self):
        found = compute("award", {"award": None})
        assert (found.value, found.parameter, found.unset, found.missing) == (None, "award", "award", set())

    def test_set(self):
        found = compute("award * count", {"award": "2.5"}, count=3)
        assert (found.value, found.parameter, found.unset) == (Fraction("7.5"), "award", None)
        assert by_code("award * count", {"award": "2.5"}, count=3) == "7.50"

    def test_the_first_reached_and_the_first_unset(self):
        found = compute("one + two", {"one": "1", "two": None})
        assert (found.value, found.parameter, found.unset) == (None, "one", "two")

    def test_of_a_branch_not_taken_do_not_count(self):
        tiers = part(**{"if": READY, "then": "one", "else": "two"})
        found = compute(tiers, {"one": None, "two": "2"}, ready=False)
        assert (found.value, found.parameter, found.unset) == (2, "two", None)

    def test_of_an_open_branch_are_not_reached(self):
        found = compute(part(**{"if": READY, "then": "one", "else": "two * price"}), {"one": None, "two": None})
        assert (found.parameter, found.unset, found.missing) == (None, None, {"ready", "price"})

    def test_an_unset_one_and_a_missing_fact_are_both_told(self):
        found = compute("award * price", {"award": None})
        assert (found.unset, found.missing) == ("award", {"price"})

    def test_code_is_ready_only_when_all_are_published(self):
        asked = edition("one + two", one="1", two=None)
        compiled = CompiledEdition(asked).amounts[0]
        assert not compiled.ready
        with pytest.raises(ValueError, match=r"\[\]"):
            compiled.formula([])
