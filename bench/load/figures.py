"""Figures of many calls."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from bench.load.arrivals import good

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from bench.load.client import Call

#: What a good call may be answered under too much load.
REFUSED = "overloaded"
_GOOD, _UNAVAILABLE = 200, 503


def quantile(values: Iterable[float], share: float) -> float:
    """The value that so large a share does not exceed; 0 of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def p99(calls: Iterable[Call]) -> float:
    """Seconds within which 99 of 100 had their answer."""
    return quantile((call.seconds for call in calls), 0.99)


def per_second(calls: Sequence[Call]) -> float:
    """Good answers a second while the calls were made."""
    if not calls:
        return 0.0
    first = min(call.planned for call in calls)
    last = max(call.ended for call in calls)
    return len(good(calls)) / (last - first)


def refused(calls: Iterable[Call]) -> list[Call]:
    """Those that were turned away for too much load."""
    return [call for call in calls if call.status == _UNAVAILABLE and call.word == REFUSED]


def broken(calls: Iterable[Call], allowed: Collection[str] = ()) -> dict[str, int]:
    """How often each code came beside good answers that may not."""
    found = Counter(call.word for call in calls if call.status != _GOOD)
    return {word: count for word, count in found.items() if word not in allowed}
