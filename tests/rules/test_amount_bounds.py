"""Bounds of amounts: they hold what the reference works out, and refuse what could not be worked out."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import lcm

import pytest
from hypothesis import assume as suppose
from hypothesis import given, settings
from hypothesis import strategies as st

from app.rules.amount_bounds import CEILINGS, Width, amount_bounds, bound_faults
from app.rules.amount_value import bracket_of, branch, calculate
from app.rules.amounts import (
    Choose,
    FactRef,
    Figure,
    Lookup,
    Named,
    Operation,
    ParameterRef,
    Pick,
    Schedule,
    children,
)
from app.rules.domains import Span
from app.rules.formulas import parse_amount
from app.services.packs import load_policy
from tests.rules import formula_samples as samples
from tests.rules import small

VOCABULARY = samples.VOCABULARY
LABEL = small.text("part")
WIDEST = {Width.INT64: 2**63, Width.INT128: 2**127}


@dataclass
class Published:
    value: Decimal


@dataclass
class Parameter:
    values: tuple[Published, ...] = ()
    type: str = "money"


UNSET = {name: Parameter() for name in samples.PARAMETERS}


def parse(raw, vocabulary=VOCABULARY):
    faults = []
    written = {"formula": raw} if isinstance(raw, str) else raw
    tree = parse_amount(written, vocabulary, UNSET, (), faults)
    assert faults == []
    return tree


def bounds(raw, parameters=UNSET, **more):
    return amount_bounds(parse(raw), VOCABULARY, parameters, **more)


def span(raw, parameters=UNSET):
    found = bounds(raw, parameters).span
    return None if found is None else (found.low, found.high)


def codes(raw, parameters=UNSET):
    return [(fault.code, fault.path) for fault in bound_faults(parse(raw), VOCABULARY, parameters, ())]


def chosen(condition, then, otherwise="0"):
    return {"formula": "part", "where": {"part": {"label": LABEL, "if": condition, "then": then, "else": otherwise}}}


def published(figure):
    return {name: Parameter((Published(Decimal(figure)),)) for name in samples.PARAMETERS}


@dataclass
class Scaled:
    """A value as integers, worked out as columns do, with the largest integer met."""

    n: int
    d: int
    peak: int
    fixed: bool = True


def scaled(node, known, parameters):
    found = _scaled(node, known, parameters)
    return Scaled(found.n, found.d, max(found.peak, abs(found.n), found.d), found.fixed)


def _scaled(node, known, parameters):
    match node:
        case Figure() | FactRef() | ParameterRef():
            return _leaf(node, known, parameters)
        case Named():
            return scaled(node.body, known, parameters)
        case Lookup() | Choose():
            return scaled(branch(node, known), known, parameters)
    parts = [scaled(child, known, parameters) for child in children(node)]
    peak = max(part.peak for part in parts)
    match node:
        case Operation(symbol="*"):
            return Scaled(parts[0].n * parts[1].n, parts[0].d * parts[1].d, peak, all(part.fixed for part in parts))
        case Operation(symbol="/"):
            n, d = parts[0].n * parts[1].d, parts[0].d * abs(parts[1].n)
            fixed = parts[0].fixed and isinstance(node.right, Figure)
            return Scaled(n if parts[1].n > 0 else -n, d, peak, fixed)
        case Schedule(brackets=brackets):
            bracket = bracket_of(brackets, Fraction(parts[0].n, parts[0].d))
            rate, quick = Fraction(bracket.rate), Fraction(bracket.quick)
            scale = lcm(*(Fraction(f).denominator for step in brackets for f in (step.rate, step.quick)))
            n = int((parts[0].n * rate - quick * parts[0].d) * scale)
            return Scaled(n, parts[0].d * scale, peak, parts[0].fixed)
    return _aligned(node, parts, peak)


def _leaf(node, known, parameters):
    if isinstance(node, FactRef):
        value, d = Fraction(known[node.fact]), 10 ** VOCABULARY[node.fact].decimals
    else:
        value = Fraction(node.value if isinstance(node, Figure) else parameters[node.parameter])
        d = value.denominator
    return Scaled(int(value * d), d, 0)


def _aligned(node, parts, peak):
    fixed = all(part.fixed for part in parts)
    common = lcm(*(part.d for part in parts)) if fixed else parts[0].d * parts[1].d
    ints = [part.n * (common // part.d) for part in parts]
    peak = max(peak, common, *(abs(n) for n in ints))
    if isinstance(node, Pick):
        n = min(ints) if node.name == "min" else max(ints)
    else:
        n = ints[0] + ints[1] if node.symbol == "+" else ints[0] - ints[1]
    return Scaled(n, common, peak, fixed)


class TestContainment:
    @settings(max_examples=150, deadline=None)
    @given(
        node=samples.formulas(),
        known=samples.all_facts(samples.DECIDING),
        figure=st.sampled_from(["0", "0.05", "50000", "999999999.99"]),
    )
    def test_the_interval_holds_the_value_and_the_width_its_integers(self, node, known, figure):
        suppose(not any(f.code == "possible_division_by_zero" for f in bound_faults(node, VOCABULARY, UNSET, ())))
        parameters = published(figure)
        figures = dict.fromkeys(samples.PARAMETERS, Decimal(figure))
        found = amount_bounds(node, VOCABULARY, parameters, ceilings=False)
        value = calculate(node, known, figures).value
        assert found.span.low <= value <= found.span.high
        integers = scaled(node, known, figures)
        assert Fraction(integers.n, integers.d) == value
        assert integers.peak < WIDEST.get(found.width, integers.peak + 1)

    @settings(max_examples=75, deadline=None)
    @given(node=samples.formulas(), known=samples.facts(samples.DECIDING))
    def test_what_is_accepted_never_divides_by_zero_even_while_facts_are_missing(self, node, known):
        suppose(not any(f.code == "possible_division_by_zero" for f in bound_faults(node, VOCABULARY, UNSET, ())))
        calculate(node, known, dict.fromkeys(samples.PARAMETERS))
        calculate(node, known, dict.fromkeys(samples.PARAMETERS, Decimal(0)))

    @settings(max_examples=75, deadline=None)
    @given(node=samples.formulas(), known=samples.all_facts(samples.DECIDING))
    def test_what_is_never_worked_out_has_no_bounds(self, node, known):
        suppose(not any(f.code == "possible_division_by_zero" for f in bound_faults(node, VOCABULARY, UNSET, ())))
        if amount_bounds(node, VOCABULARY, UNSET).span is None:
            assert calculate(node, known, dict.fromkeys(samples.PARAMETERS)).value is None


class TestGuards:
    def test_above_zero_a_figure_divides(self):
        guarded = chosen({"all": [small.leaf("price", "greater_than", "0")]}, "ceiling / price")
        assert codes(guarded) == [("possible_overflow", ("formula",))]
        assert codes(chosen({"all": [small.leaf("price", "greater_than", "0")]}, "min(ceiling / price, 100)")) == []

    def test_not_zero_divides_in_the_other_branch(self):
        assert codes(chosen({"all": [small.leaf("count", "equal_to", "0")]}, "0", "price / count")) == []

    def test_at_least_zero_does_not(self):
        guarded = chosen({"all": [small.leaf("count", "less_than", "9")]}, "price / count")
        assert codes(guarded) == [("possible_division_by_zero", ("where", "part"))]

    def test_held_up_by_max(self):
        assert codes("min(price, 100) / max(share, 0.5)") == []

    def test_a_difference_of_two_figures_that_a_condition_keeps_apart(self):
        apart = small.leaf("price", "greater_than", {"fact": "ceiling", "plus": "9"})
        assert codes(chosen({"all": [apart]}, "1000 / (price - ceiling)")) == []
        assert codes(chosen({"any": [apart]}, "0", "1000 / (price - ceiling)")) != []

    def test_either_of_two_guards_must_do(self):
        one, other = small.leaf("count", "greater_than", "0"), small.leaf("ready", "is_true")
        assert codes(chosen({"all": [one, other]}, "price / count")) == []
        assert codes(chosen({"any": [one, other]}, "price / count")) != []

    def test_a_parameter_may_be_published_as_zero(self):
        assert codes("price * 0.01 / award_1") == [("possible_division_by_zero", ("formula",))]

    def test_a_choice_that_always_falls_the_same_way(self):
        idle = [("part_idle", ("where", "part", "if"))]
        assert codes(chosen({"all": [small.leaf("count", "less_than_or_equal_to", "1000")]}, "1", "2")) == idle
        assert codes(chosen({"all": [small.leaf("count", "greater_than", "1000")]}, "1", "2")) == idle

    def test_members_ruled_out_by_a_guard_count_no_more(self):
        lookup = {"label": LABEL, "by": "kind", "values": {"a": "5", "b": "6", "c": "price"}}
        guard = {"all": [small.leaf("kind", "is_one_of", ["a", "b"])]}
        whole = {"label": LABEL, "if": guard, "then": "by_kind", "else": "0"}
        assert span({"formula": "whole", "where": {"by_kind": lookup, "whole": whole}}) == (0, 6)


class TestSpans:
    @pytest.mark.parametrize(
        ("formula", "low", "high"),
        [
            ("150000", "150000", "150000"),
            ("count * 1000", "0", "1000000"),
            ("2000 - count", "1000", "2000"),
            ("growth * months", "-36", "3600"),
            ("min(count, 10, months)", "0", "10"),
            ("max(count, 10, months)", "10", "1000"),
            ("count / 8", "0", "125"),
            ("10 / (months + 4)", "1/4", "5/2"),
        ],
    )
    def test_arithmetic(self, formula, low, high):
        assert span(formula) == (Fraction(low), Fraction(high))

    def test_brackets_below_within_and_above(self):
        steps = [{"up_to": "100", "rate": "0.1", "quick": "0"}, {"rate": "0.2", "quick": "10"}]
        assert span({"formula": "schedule(steps, count)", "schedules": {"steps": steps}}) == (0, 190)
        assert span({"formula": "schedule(steps, months)", "schedules": {"steps": steps}}) == (0, Fraction("3.6"))

    def test_figures_published_for_a_parameter(self):
        several = {**UNSET, "award_1": Parameter((Published(Decimal(5)), Published(Decimal("7.5"))))}
        assert span("award_1 * 2", several) == (10, 15)

    def test_an_unset_parameter_is_never_worked_out(self):
        assert span("award_1 + price") is None
        assert span(chosen({"all": [small.leaf("ready", "is_true")]}, "award_1", "3")) == (3, 3)

    def test_a_parameter_of_another_type(self):
        assert bound_faults(parse("award_1 * price"), VOCABULARY, {"award_1": Parameter(type="rate")}, ()) == []
        assert bound_faults(parse("award_1"), VOCABULARY, {"award_1": Parameter(type="gift")}, ()) == []


class TestOverflow:
    @pytest.mark.parametrize("formula", ["price * ceiling", "price * count", "price * 11", "weight * 1000000"])
    def test_beyond_ten_to_the_eighteen_fen(self, formula):
        assert codes(formula) == [("possible_overflow", ("formula",))]

    @pytest.mark.parametrize("formula", ["price * 10", "price * share * months / 4", "min(price * ceiling, 5000)"])
    def test_within(self, formula):
        assert codes(formula) == []

    def test_exact_integers_of_more_than_128_bits(self):
        assert codes("min(price * share * share * share * share, 1)") == [("possible_overflow", ("formula",))]

    def test_a_figure_published_later_is_checked_with_its_value(self):
        assert codes("award_1 * count") == []
        assert codes("award_1 * count", published("10000000000000")) == []
        assert codes("award_1 * count", published("10000000000000.01")) == [("possible_overflow", ("formula",))]


class TestCeilings:
    WIDE = small.vocabulary((small.fact("years", "int", unit="month"), small.fact("paid", "money")))

    def test_a_count_is_taken_at_most_at_the_ceiling_of_its_unit(self):
        node = parse("paid * years / 2000", self.WIDE)
        found = amount_bounds(node, self.WIDE, UNSET)
        assert found.span == Span(Fraction(0), Fraction(6 * 10**14))
        assert found.ceilings == (("years", CEILINGS["month"]),)
        assert (found.width, amount_bounds(node, self.WIDE, UNSET, ceilings=False).width) == ("int128", "int128")

    def test_a_count_that_is_declared_smaller_keeps_its_own_bound(self):
        assert bounds("months * 2").ceilings == ()


class TestPackagedPlan:
    def test_no_amount_is_refused_and_each_fits_128_bits(self):
        policy = load_policy("zuoquan-2022")
        for rule in policy.rules:
            for version in rule.versions:
                if version.amount is not None:
                    assert bound_faults(version.amount, policy.vocabulary, policy.parameters, ()) == [], rule.id
                    found = amount_bounds(version.amount, policy.vocabulary, policy.parameters)
                    assert found.width is not Width.BEYOND, rule.id

    def test_the_guarantee_fee_subsidy_needs_wide_integers_only_beyond_a_hundred_years(self):
        policy = load_policy("zuoquan-2022")
        amount = policy.rule("m19-guarantee-fee-subsidy").versions[0].amount
        found = amount_bounds(amount, policy.vocabulary, policy.parameters)
        assert (found.width, found.ceilings) == (Width.INT128, (("guarantee_months", 1200),))
        declared = amount_bounds(amount, policy.vocabulary, policy.parameters, ceilings=False)
        assert declared.width is Width.BEYOND
