"""The next question: the fact that settles most, every undetermined result having one point to give."""

from __future__ import annotations

from collections import Counter
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


def next_question(masks: Iterable[int], skip: int) -> tuple[int, int] | None:
    """The place of the fact to ask and how many open results list it; None when nothing is left to ask.

    Each open result gives each of its k askable facts 1/k point, exactly; the fact with most points is asked, ties go to
    the order of the vocabulary.
    """
    counts = Counter(mask & ~skip for mask in masks)
    del counts[0]
    if not counts:
        return None
    unit = lcm(*{mask.bit_count() for mask in counts})
    points: dict[int, int] = {}
    settles: dict[int, int] = {}
    for mask, count in counts.items():
        share = count * (unit // mask.bit_count())
        for place in facts_of_mask(mask):
            points[place] = points.get(place, 0) + share
            settles[place] = settles.get(place, 0) + count
    best = max(points.values())
    place = min(place for place, score in points.items() if score == best)
    return place, settles[place]
