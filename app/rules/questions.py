"""The next question: the fact that settles most, every undetermined result having one point to give."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from math import lcm
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["facts_of_mask", "next_question"]

_COUNT_BITS = 24


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
    counts = Counter([mask & ~skip for mask in masks] if skip else masks)
    del counts[0]
    if not counts:
        return None
    unit = _unit(max(mask.bit_count() for mask in counts))
    # one number for each fact: points above, the count of results in the lowest bits
    scores: dict[int, int] = {}
    for mask, count in counts.items():
        places = facts_of_mask(mask)
        score = (count * (unit // len(places)) << _COUNT_BITS) + count
        for place in places:
            scores[place] = scores.get(place, 0) + score
    best = max(scores.values()) >> _COUNT_BITS
    place = min(place for place, score in scores.items() if score >> _COUNT_BITS == best)
    return place, scores[place] & (1 << _COUNT_BITS) - 1
