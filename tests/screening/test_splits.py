"""Pieces decided side by side: all of them, in order, and none begun after the end."""

from __future__ import annotations

import threading
from contextlib import closing
from itertools import count

import pytest

from app.screening.splits import side_by_side


@pytest.mark.parametrize("pieces", [0, 1, 2, 3, 10])
def test_results_come_in_the_order_of_the_pieces(pieces):
    assert list(side_by_side(str, range(pieces))) == [str(piece) for piece in range(pieces)]


def test_two_are_under_way_at_once():
    together = threading.Barrier(2, timeout=20)

    def decide(piece):
        if piece in (1, 2):
            together.wait()
        return piece

    assert list(side_by_side(decide, range(3))) == [0, 1, 2]


def test_whoever_stops_early_finds_nothing_under_way():
    begun, ended = [], []

    def decide(piece):
        begun.append(piece)
        ended.append(piece)
        return piece

    with closing(side_by_side(decide, count())) as found:
        for piece in found:
            if piece == 5:
                break
    assert sorted(begun) == sorted(ended)
    assert 5 <= max(begun) <= 8


def test_a_piece_that_fails_ends_it():
    begun = []

    def decide(piece):
        begun.append(piece)
        if piece == 2:
            raise ArithmeticError(piece)
        return piece

    with pytest.raises(ArithmeticError):
        list(side_by_side(decide, count()))
    assert max(begun) <= 4
