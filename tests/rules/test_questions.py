"""The next question: exact points, ties in the order of the vocabulary, nothing skipped."""

from __future__ import annotations

import pytest

from app.rules.questions import facts_of_mask, next_question


def mask(*places):
    return sum(1 << place for place in places)


class TestMask:
    @pytest.mark.parametrize("places", [(), (0,), (3,), (0, 1, 2), (5, 168), (168,)])
    def test_places_ascending(self, places):
        assert facts_of_mask(mask(*places)) == places


class TestQuestion:
    @pytest.mark.parametrize(
        ("open_results", "skip", "asked"),
        [
            ([], (), None),
            ([()], (), None),
            ([(4,)], (), (4, 1)),
            ([(4, 2)], (), (2, 1)),
            ([(4, 2), (4,)], (), (4, 2)),
            ([(0, 1, 2), (3,)], (), (3, 1)),
            ([(0, 1), (0, 2), (3,)], (), (0, 2)),
            ([(1, 5), (1, 6), (0,)], (), (0, 1)),
            ([(0, 1, 2), (0, 1, 2), (0, 1, 2), (9,)], (), (0, 3)),
            ([(3, 4), (3, 5), (3, 6), (3, 7), (2,), (2,)], (), (2, 2)),
            ([(4, 2)], (2,), (4, 1)),
            ([(4,)], (4,), None),
            ([(4,), (2, 4)], (4,), (2, 1)),
            ([(0, 1, 2), (3, 4)], (4,), (3, 1)),
            ([(0, 9), (1, 9)], (0, 1), (9, 2)),
        ],
    )
    def test_most_points(self, open_results, skip, asked):
        assert next_question([tuple(sorted(places)) for places in open_results], skip) == asked

    def test_thirds_are_exact(self):
        """Three thirds are a whole point, so the earlier fact wins the tie; in floating point they are less."""
        thirds = [(7, 20, 21), (7, 22, 23), (7, 24, 25)]
        assert next_question([*thirds, (9,)]) == (7, 3)
        assert next_question([*thirds, (5,)]) == (5, 1)

    def test_a_fifth_and_a_third_are_more_than_a_half(self):
        assert next_question([(1, 2, 3, 4, 9), (5, 6, 9), (0, 7)]) == (9, 2)

    def test_many_equal_results_are_counted(self):
        assert next_question([(3, 8)] * 5000 + [(8,)]) == (8, 5001)
