"""The next question: the fact that settles most, every undetermined result having one point to give."""

from __future__ import annotations

from functools import lru_cache
from math import lcm
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["facts_of_mask", "next_question"]


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
def _unit(widest: int) -> int:
    """One point in shares that every number of facts up to ``widest`` divides."""
    return lcm(*range(1, widest + 1))


def next_question(masks: Iterable[int], skip: int) -> tuple[int, int] | None:
    """The place of the fact to ask and how many open results list it; None when nothing is left to ask.

    Each open result gives each of its k askable facts 1/k point, exactly; the fact with most points is asked, ties go
    to the order of the vocabulary.
    """
    asked = [facts_of_mask(mask & ~skip) for mask in masks] if skip else [facts_of_mask(mask) for mask in masks]
    asked = [places for places in asked if places]
    if not asked:
        return None
    unit = _unit(max(map(len, asked)))
    points = [0] * (max(places[-1] for places in asked) + 1)
    for places in asked:
        share = unit // len(places)
        for place in places:
            points[place] += share
    place = points.index(max(points))
    return place, sum(place in places for places in asked)
