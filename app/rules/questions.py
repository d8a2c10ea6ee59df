"""The next question: the fact that settles most, every undetermined result having one point to give."""

from __future__ import annotations

from functools import lru_cache
from math import lcm
from operator import itemgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

__all__ = ["facts_of_mask", "next_question"]

_last = itemgetter(-1)


@lru_cache(maxsize=65536)
def facts_of_mask(mask: int) -> tuple[int, ...]:
    """The places of the facts in a mask, ascending (the order of the vocabulary)."""
    places = []
    while mask:
        lowest = mask & -mask
        places.append(lowest.bit_length() - 1)
        mask ^= lowest
    return tuple(places)


@lru_cache(maxsize=64)
def _shares(widest: int) -> tuple[int, ...]:
    """One point divided among k facts, for each k up to ``widest``, in a unit that makes all of them whole."""
    unit = lcm(*range(1, widest + 1))
    return tuple(unit // max(count, 1) for count in range(widest + 1))


def next_question(missing: Iterable[tuple[int, ...]], skip: Collection[int] = ()) -> tuple[int, int] | None:
    """The place of the fact to ask and how many open results list it; None when nothing is left to ask.

    Each open result gives each of its k askable facts 1/k point, exactly; the fact with most points is asked, ties go
    to the order of the vocabulary. ``missing``: for each result the places of its facts, ascending; those in ``skip``
    are not asked.
    """
    if skip:
        missing = [tuple([place for place in places if place not in skip]) for places in missing]
    asked = [places for places in missing if places]
    if not asked:
        return None
    points = [0] * (max(map(_last, asked)) + 1)
    shares = _shares(max(map(len, asked)))
    for places in asked:
        share = shares[len(places)]
        for place in places:
            points[place] += share
    place = points.index(max(points))
    return place, sum([place in places for places in asked])
