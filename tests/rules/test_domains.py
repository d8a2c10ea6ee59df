"""What facts can still be under conditions: never less than what they really can be."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume as suppose
from hypothesis import given, settings

from app.rules.conditions import AllOf, AnyOf, Comparison, FactOperand
from app.rules.domains import Choices, Knowledge, Members, Span, assume, can_hold, count_ways
from app.rules.evaluate import truth_of
from tests.rules import formula_samples as samples

VOCABULARY = samples.VOCABULARY
NOTHING = Knowledge(VOCABULARY)


def both(*parts):
    return AllOf(parts)


def admits(known, values):
    """Whether what is known leaves room for these values."""
    for name, value in values.items():
        match known.domain(name):
            case Span(low=low, high=high):
                figure = Fraction(value.toordinal() if isinstance(value, date) else value)
                if (low is not None and figure < low) or (high is not None and figure > high):
                    return False
            case Choices(values=allowed):
                if allowed is not None and value not in allowed:
                    return False
            case Members() as members:
                empty_is_wrong = not value and not members.may_be_empty
                if not value <= members.allowed or empty_is_wrong or any(not group & value for group in members.groups):
                    return False
    return all(
        _within(Fraction(values[left]) - Fraction(values[right]), span)
        for (left, right), span in known.differences.items()
    )


def _within(figure, span):
    return (span.low is None or figure >= span.low) and (span.high is None or figure <= span.high)


class TestSoundness:
    @settings(max_examples=200, deadline=None)
    @given(condition=samples.conditions(), values=samples.all_facts(samples.DECIDING))
    def test_values_that_make_a_condition_true_or_false_are_never_dropped(self, condition, values):
        truth = truth_of(condition, values)
        known = assume(NOTHING, condition, truth=truth)
        assert known is not None
        assert admits(known, values)

    @settings(max_examples=100, deadline=None)
    @given(condition=samples.conditions(), values=samples.all_facts(samples.DECIDING))
    def test_a_condition_that_some_values_meet_can_hold(self, condition, values):
        suppose(truth_of(condition, values))
        assert can_hold(condition, VOCABULARY)


class TestFigures:
    @pytest.mark.parametrize(
        ("operator", "low", "high"),
        [
            ("less_than", "0", "9.99"),
            ("less_than_or_equal_to", "0", "10"),
            ("greater_than", "10.01", "1000000000000000"),
            ("greater_than_or_equal_to", "10", "1000000000000000"),
            ("equal_to", "10", "10"),
        ],
    )
    def test_strict_bounds_move_by_one_fen(self, operator, low, high):
        known = assume(NOTHING, Comparison("price", operator, Decimal(10)))
        assert known.span("price") == Span(Fraction(low), Fraction(high))

    def test_not_the_smallest_is_one_step_above_it(self):
        known = assume(NOTHING, Comparison("count", "equal_to", 0), truth=False)
        assert known.span("count") == Span(Fraction(1), Fraction(1000))

    def test_not_the_largest_is_one_step_below_it(self):
        known = assume(NOTHING, Comparison("count", "equal_to", 1000), truth=False)
        assert known.span("count") == Span(Fraction(0), Fraction(999))

    def test_a_hole_in_the_middle_is_not_kept(self):
        known = assume(NOTHING, Comparison("count", "equal_to", 7), truth=False)
        assert known.span("count") == NOTHING.span("count")

    def test_below_the_smallest_is_impossible(self):
        assert assume(NOTHING, Comparison("count", "less_than", 0)) is None

    def test_a_figure_above_another_bounds_both_and_their_difference(self):
        known = assume(NOTHING, Comparison("price", "greater_than", FactOperand("ceiling", Decimal(5))))
        assert known.span("price").low == Fraction("5.01")
        assert known.span("ceiling").high == Fraction(10**15) - Fraction("5.01")
        assert known.difference("price", "ceiling").low == Fraction("5.01")
        assert known.difference("ceiling", "price").high == -Fraction("5.01")

    def test_a_chain_of_figures_that_tightens_for_ever_is_left_open(self):
        above = Comparison("price", "greater_than", FactOperand("ceiling", Decimal(1)))
        below = Comparison("ceiling", "greater_than_or_equal_to", FactOperand("price", Decimal(0)))
        assert assume(NOTHING, both(above, below)) is None
        ring = (("annual_revenue", "price"), ("price", "ceiling"), ("ceiling", "annual_revenue"))
        leaves = (Comparison(left, "greater_than", FactOperand(right)) for left, right in ring)
        assert assume(NOTHING, both(*leaves)) is not None

    def test_a_figure_that_no_room_is_left_for(self):
        largest = assume(NOTHING, Comparison("ceiling", "equal_to", Decimal(10**15)))
        assert assume(largest, Comparison("price", "greater_than", FactOperand("ceiling"))) is None

    def test_a_figure_beside_itself(self):
        assert assume(NOTHING, Comparison("price", "less_than", FactOperand("price"))) is None
        assert assume(NOTHING, Comparison("price", "less_than_or_equal_to", FactOperand("price"))) == NOTHING

    def test_not_equal_to_another_figure_says_nothing(self):
        assert assume(NOTHING, Comparison("price", "equal_to", FactOperand("ceiling")), truth=False) == NOTHING

    def test_dates_move_by_days(self):
        day = date(2024, 2, 28)
        known = assume(NOTHING, Comparison("since", "greater_than", day))
        assert known.span("since") == Span(Fraction(date(2024, 2, 29).toordinal()), None)


class TestChoices:
    def test_a_member_excludes_the_others(self):
        known = assume(NOTHING, Comparison("kind", "equal_to", "a"))
        assert assume(known, Comparison("kind", "is_one_of", ("b", "c"))) is None

    def test_all_members_excluded(self):
        assert assume(NOTHING, Comparison("kind", "is_one_of", ("a", "b", "c")), truth=False) is None

    def test_text_can_be_anything_until_it_is_named(self):
        known = assume(NOTHING, Comparison("place", "equal_to", "here"))
        assert assume(known, Comparison("place", "equal_to", "there")) is None
        assert assume(NOTHING, Comparison("place", "equal_to", "here"), truth=False) == Knowledge(
            VOCABULARY, {"place": Choices()}
        )

    def test_an_enum_equal_to_another_shares_its_members(self):
        first = assume(NOTHING, Comparison("kind", "equal_to", "a"))
        assert assume(first, Comparison("level", "equal_to", FactOperand("kind"))) is None
        assert assume(first, Comparison("level", "equal_to", FactOperand("kind")), truth=False) == first

    def test_picking_narrows_enums_only(self):
        assert NOTHING.pick("kind", "a").domain("kind") == Choices(frozenset({"a"}))
        assert NOTHING.pick("kind", "nothing") is None
        assert NOTHING.pick("tags", "x") == NOTHING

    def test_a_span_where_none_is(self):
        assert NOTHING.span("kind") == Span()


class TestJoin:
    def test_what_holds_in_either_branch(self):
        known = assume(
            NOTHING,
            AnyOf(
                (
                    both(Comparison("kind", "equal_to", "a"), Comparison("count", "less_than", 5)),
                    both(Comparison("kind", "equal_to", "b"), Comparison("count", "equal_to", 9)),
                )
            ),
        )
        assert known.domain("kind") == Choices(frozenset({"a", "b"}))
        assert known.span("count") == Span(Fraction(0), Fraction(9))

    def test_a_fact_of_one_branch_alone_stays_open(self):
        known = assume(NOTHING, AnyOf((Comparison("ready", "is_true"), Comparison("fixed", "is_true"))))
        assert known.domain("ready") == Choices(frozenset({True, False}))

    def test_sets_keep_the_groups_that_both_need(self):
        has_x = Comparison("tags", "shares_at_least_one_element_with", ("x",))
        has_y = Comparison("tags", "shares_at_least_one_element_with", ("y",))
        known = assume(NOTHING, AnyOf((both(has_x, has_y), has_x)))
        assert known.domain("tags") == Members(frozenset("xyz"), may_be_empty=False, groups=frozenset({frozenset("x")}))

    def test_texts_that_differ_can_be_anything_again(self):
        known = assume(
            NOTHING, AnyOf((Comparison("place", "equal_to", "here"), Comparison("place", "is_one_of", ("there",))))
        )
        assert known.domain("place") == Choices(frozenset({"here", "there"}))
        loose = Knowledge(VOCABULARY, {"place": Choices()})
        assert loose.join(known).domain("place") == Choices()

    def test_differences_widen(self):
        tight = assume(NOTHING, Comparison("price", "equal_to", FactOperand("ceiling")))
        loose = assume(NOTHING, Comparison("price", "less_than_or_equal_to", FactOperand("ceiling", Decimal(3))))
        assert tight.join(loose).difference("price", "ceiling").high == 3


class TestWays:
    def test_products_of_sums(self):
        pair = AnyOf((Comparison("ready", "is_true"), Comparison("fixed", "is_true")))
        assert count_ways(AllOf((pair, pair, Comparison("kind", "equal_to", "a")))) == 4
        assert count_ways(AnyOf((pair, pair))) == 4

    def test_too_many_to_look_at_are_taken_to_be_possible(self):
        never = Comparison("count", "less_than", 0)
        pair = AnyOf((never, never))
        assert not can_hold(AllOf((pair,) * 9), VOCABULARY)
        assert can_hold(AllOf((pair,) * 10), VOCABULARY)

    def test_a_set_that_must_be_empty_and_not(self):
        empty, not_empty = Comparison("tags", "is_empty"), assume(NOTHING, Comparison("tags", "is_empty"), truth=False)
        assert assume(not_empty, empty) is None
