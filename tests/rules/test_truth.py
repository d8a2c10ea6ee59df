"""Kleene's strong logic, written out. The tables are those of the DMN test kit's cases 0106 and 0107."""

from __future__ import annotations

from datetime import date

import pytest

from app.rules.edition import Edition
from app.rules.evaluate import truth_of
from app.rules.evaluation import CompiledEdition
from app.rules.truth import DECODE, FALSE, TRUE, UNKNOWN, all_of, any_of, encode
from tests.rules import small

T, F, N = True, False, None

#: left, right, left and right
AND = [
    (T, T, T),
    (T, F, F),
    (T, N, N),
    (F, T, F),
    (F, F, F),
    (F, N, F),
    (N, T, N),
    (N, F, F),
    (N, N, N),
]
#: left, right, left or right
OR = [
    (T, T, T),
    (T, F, T),
    (T, N, T),
    (F, T, T),
    (F, F, F),
    (F, N, N),
    (N, T, T),
    (N, F, N),
    (N, N, N),
]
DAY = date(2023, 1, 1)


@pytest.fixture(scope="module")
def trees():
    """Each rule is one tree over two facts, with its two parts bare or nested."""
    left, right = small.leaf("ready", "is_true"), small.leaf("fixed", "is_true")
    written = {
        "and": {"all": [left, right]},
        "or": {"any": [left, right]},
        "and-nested": {"all": [{"any": [left]}, {"all": [right]}]},
        "or-nested": {"any": [{"all": [left]}, {"any": [right]}]},
        "or-of-ands": {"any": [{"all": [left, right]}, {"all": [right, left]}]},
        "and-of-ors": {"all": [{"any": [left, right]}, {"any": [right, left]}]},
    }
    return small.policy(*(small.rule(name, tree) for name, tree in written.items()))


def known(left, right):
    return {name: value for name, value in (("ready", left), ("fixed", right)) if value is not None}


class TestTwoValues:
    @pytest.mark.parametrize(("left", "right", "both"), AND)
    def test_and(self, left, right, both):
        assert all_of([left, right]) is both

    @pytest.mark.parametrize(("left", "right", "either"), OR)
    def test_or(self, left, right, either):
        assert any_of([left, right]) is either

    @pytest.mark.parametrize(("left", "right", "both"), AND)
    def test_and_of_the_integers(self, left, right, both):
        assert DECODE[encode(left) & encode(right)] is both

    @pytest.mark.parametrize(("left", "right", "either"), OR)
    def test_or_of_the_integers(self, left, right, either):
        assert DECODE[encode(left) | encode(right)] is either

    def test_the_integers(self):
        assert (encode(F), encode(N), encode(T)) == (FALSE, UNKNOWN, TRUE) == (0, 1, 3)


class TestManyValues:
    def test_of_nothing(self):
        assert (all_of([]), any_of([])) == (True, False)

    @pytest.mark.parametrize("first", [T, F, N])
    @pytest.mark.parametrize("second", [T, F, N])
    @pytest.mark.parametrize("third", [T, F, N])
    def test_three_values_are_two_of_two(self, first, second, third):
        assert all_of([first, second, third]) is all_of([all_of([first, second]), third])
        assert any_of([first, second, third]) is any_of([any_of([first, second]), third])
        assert encode(first) & encode(second) & encode(third) == encode(all_of([first, second, third]))
        assert encode(first) | encode(second) | encode(third) == encode(any_of([first, second, third]))

    def test_reads_an_iterator_once(self):
        assert all_of(iter([T, N, T])) is None
        assert any_of(iter([F, N, F])) is None


class TestTrees:
    """The same tables through conditions: by the evaluator, and as compiled code."""

    @pytest.mark.parametrize(
        ("rule_id", "left", "right", "expected"),
        [(rule_id, *row) for rule_id in ("and", "and-nested", "or-of-ands") for row in AND]
        + [(rule_id, *row) for rule_id in ("or", "or-nested", "and-of-ors") for row in OR],
    )
    def test_tree(self, trees, rule_id, left, right, expected):
        facts = known(left, right)
        assert truth_of(trees.rule(rule_id).in_force(DAY).condition, facts) is expected
        edition = CompiledEdition(Edition.of(trees, DAY))
        selection = edition.select(lambda rule: rule.id == rule_id)
        assert DECODE[edition.evaluate(facts, selection).statuses[selection.places[0]]] is expected

    def test_nothing_is_concluded_by_cases(self):
        """Ready or not ready holds in every case and is still unknown."""
        tree = {"any": [small.leaf("ready", "is_true"), small.leaf("ready", "is_false")]}
        condition = small.policy(small.rule("either", tree)).rules[0].versions[0].condition
        assert truth_of(condition, {}) is None
        assert truth_of(condition, {"ready": False}) is True
