"""The size class of 工信部联企业〔2011〕300号: every row of the table, both sides of every bound."""

from __future__ import annotations

from decimal import Decimal
from itertools import product

import pytest

from app.rules.derived import derive, industry_row, missing_inputs, settle
from tests.rules import plan

REVENUE, PEOPLE, ASSETS = "annual_revenue", "employees", "total_assets"
WAN = 10_000
#: By hand from the notice: codes of the row, then large, medium and small bounds of each indicator (money in 万元).
TABLE = {
    "farming": ("A A01 A0111 A05", {REVENUE: (20000, 500, 50)}),
    "industry": ("B06 C C3311 D44", {PEOPLE: (1000, 300, 20), REVENUE: (40000, 2000, 300)}),
    "construction": ("E E4710", {REVENUE: (80000, 6000, 300), ASSETS: (80000, 5000, 300)}),
    "wholesale": ("F51 F5111", {PEOPLE: (200, 20, 5), REVENUE: (40000, 5000, 1000)}),
    "retail": ("F52 F5299", {PEOPLE: (300, 50, 10), REVENUE: (20000, 500, 100)}),
    "transport": ("G54 G55 G56 G57 G58 G581 G591 G5910", {PEOPLE: (1000, 300, 20), REVENUE: (30000, 3000, 200)}),
    "warehousing": ("G592 G593 G594 G595 G596 G599 G5990", {PEOPLE: (200, 100, 20), REVENUE: (30000, 1000, 100)}),
    "postal": ("G60 G6010", {PEOPLE: (1000, 300, 20), REVENUE: (30000, 2000, 100)}),
    "hotels": ("H61 H6110", {PEOPLE: (300, 100, 10), REVENUE: (10000, 2000, 100)}),
    "catering": ("H62 H6210", {PEOPLE: (300, 100, 10), REVENUE: (10000, 2000, 100)}),
    "information": ("I63 I64 I6410", {PEOPLE: (2000, 100, 10), REVENUE: (100000, 1000, 100)}),
    "software": ("I65 I6510", {PEOPLE: (300, 100, 10), REVENUE: (10000, 1000, 50)}),
    "real estate": ("K701 K7010", {REVENUE: (200000, 1000, 100), ASSETS: (10000, 5000, 2000)}),
    "property management": ("K702 K7020", {PEOPLE: (1000, 300, 100), REVENUE: (5000, 1000, 500)}),
    "leasing": ("L71 L72 L7211", {PEOPLE: (300, 100, 10), ASSETS: (120000, 8000, 100)}),
    "other": ("M M73 N77 O80 Q85 R90 K703 K709", {PEOPLE: (300, 100, 10)}),
}  # fmt: skip
CLASSES = ("micro", "small", "medium", "large")
OUTSIDE = ["J", "J66", "P83", "Q84", "S91", "T97", "G53", "G5310", "K704"]
TOO_SHORT = ["F", "G", "G59", "H", "I", "K", "K70", "L", "Q"]


def bound(indicator, figure):
    """A bound in the unit of the fact, with the smallest step below it."""
    return (Decimal(figure) * WAN, Decimal("0.01")) if indicator != PEOPLE else (figure, 1)


def class_of(**given):
    found = derive("enterprise_size", plan.policy().vocabulary, "140722", given)
    return None if found is None else found.value


def rows():
    return [(codes.split()[0], indicators) for codes, indicators in TABLE.values()]


class TestTheTable:
    def test_has_these_sixteen_rows(self):
        table = plan.policy().vocabulary.size_rows
        assert len(table) == len(TABLE) == 16
        for codes, indicators in TABLE.values():
            for code in codes.split():
                row = industry_row(plan.policy().vocabulary, code)
                found = {item.fact: (item.large, item.medium, item.small) for item in row.indicators}
                assert found == {
                    indicator: tuple(bound(indicator, figure)[0] for figure in figures)
                    for indicator, figures in indicators.items()
                }

    @pytest.mark.parametrize("code", OUTSIDE + TOO_SHORT)
    def test_other_industries_have_none(self, code):
        assert industry_row(plan.policy().vocabulary, code) is None
        assert class_of(industry_code=code, employees=5, annual_revenue=Decimal(5), total_assets=Decimal(5)) is None


class TestBounds:
    """The lower bound belongs to the class above it; one indicator below the small bound makes an enterprise micro."""

    @pytest.mark.parametrize(("code", "indicators"), rows())
    @pytest.mark.parametrize("rank", [3, 2, 1])
    def test_all_indicators_exactly_at_the_bound(self, code, indicators, rank):
        given = {name: bound(name, figures[3 - rank])[0] for name, figures in indicators.items()}
        assert class_of(industry_code=code, **given) == CLASSES[rank]

    @pytest.mark.parametrize(("code", "indicators"), rows())
    @pytest.mark.parametrize("rank", [3, 2, 1])
    def test_one_indicator_one_step_below_the_bound(self, code, indicators, rank):
        for lower in indicators:
            given = {}
            for name, figures in indicators.items():
                limit, step = bound(name, figures[3 - rank])
                given[name] = limit - step if name == lower else bound(name, figures[0])[0]
            assert class_of(industry_code=code, **given) == CLASSES[rank - 1]

    @pytest.mark.parametrize(("code", "indicators"), rows())
    def test_every_combination_is_the_lowest_class_that_an_indicator_has(self, code, indicators):
        names = list(indicators)
        for ranks in product(range(4), repeat=len(names)):
            given = {
                name: bound(name, indicators[name][3 - rank])[0] if rank else type(bound(name, 1)[0])(0)
                for name, rank in zip(names, ranks, strict=True)
            }
            assert class_of(industry_code=code, **given) == CLASSES[min(ranks)]


TWO = [(code, indicators) for code, indicators in rows() if len(indicators) == 2]


class TestPartialIndicators:
    @pytest.mark.parametrize(("code", "indicators"), TWO)
    def test_below_the_small_bound_one_is_enough(self, code, indicators):
        for name, figures in indicators.items():
            limit, step = bound(name, figures[2])
            found = derive("enterprise_size", plan.policy().vocabulary, "", {"industry_code": code, name: limit - step})
            assert (found.value, found.inputs) == ("micro", ("industry_code", name))

    @pytest.mark.parametrize(("code", "indicators"), TWO)
    @pytest.mark.parametrize("rank", [3, 2, 1])
    def test_at_a_higher_bound_more_classes_are_possible(self, code, indicators, rank):
        for name, figures in indicators.items():
            given = {"industry_code": code, name: bound(name, figures[3 - rank])[0]}
            assert class_of(**given) is None
            (other,) = indicators.keys() - {name}
            assert missing_inputs("enterprise_size", plan.policy().vocabulary, given) == (other,)

    def test_an_indicator_of_other_rows_does_not_help(self):
        assert class_of(industry_code="C33", total_assets=Decimal(0)) is None
        assert class_of(industry_code="A01", employees=0) is None

    def test_without_an_industry_nothing_follows(self):
        assert class_of(employees=0, annual_revenue=Decimal(0), total_assets=Decimal(0)) is None


class TestWhatToAsk:
    """In the place of an unknown size class its inputs are asked."""

    @pytest.mark.parametrize(
        ("given", "asked"),
        [
            ({}, ("industry_code", PEOPLE, REVENUE, ASSETS)),
            ({PEOPLE: 5}, ("industry_code", REVENUE, ASSETS)),
            ({PEOPLE: 5, REVENUE: Decimal(5), ASSETS: Decimal(5)}, ("industry_code",)),
            ({"industry_code": "C33"}, (PEOPLE, REVENUE)),
            ({"industry_code": "C33", ASSETS: Decimal(5)}, (PEOPLE, REVENUE)),
            ({"industry_code": "C33", PEOPLE: 500}, (REVENUE,)),
            ({"industry_code": "E47"}, (REVENUE, ASSETS)),
            ({"industry_code": "L71"}, (PEOPLE, ASSETS)),
            ({"industry_code": "M73"}, (PEOPLE,)),
            ({"industry_code": "A01"}, (REVENUE,)),
            *(({"industry_code": code}, ("enterprise_size",)) for code in OUTSIDE + TOO_SHORT),
            ({"industry_code": "J66", PEOPLE: 5}, ("enterprise_size",)),
        ],
    )
    def test_inputs(self, given, asked):
        assert settle(plan.policy().vocabulary, "140722", given).needs["enterprise_size"] == asked

    def test_nothing_once_the_class_is_known(self):
        settled = settle(plan.policy().vocabulary, "140722", {"industry_code": "C33", PEOPLE: 5})
        assert settled.known["enterprise_size"] == "micro"
        assert "enterprise_size" not in settled.needs
