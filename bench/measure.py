"""Timing: candidates take turns (A B A B …), figures are medians over the rounds, ratios are taken inside a round."""

from __future__ import annotations

import gc
import time
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

#: A turn is long enough for the clock and short enough that all candidates see the same weather.
TURN_SECONDS = 0.02
LEAST_ROUNDS = 3


@dataclass
class Budget:
    """How long a section may take."""

    seconds: float
    rounds: int


@dataclass
class Series:
    """Seconds per call of each candidate, one figure for each round."""

    rounds: dict[str, list[float]] = field(default_factory=dict)

    def seconds(self, name: str) -> float:
        return median(self.rounds[name])

    def ratio(self, name: str, base: str) -> float:
        """How many times as long as ``base``, as the median of the rounds' own ratios."""
        return median(a / b for a, b in zip(self.rounds[name], self.rounds[base], strict=True))

    def __contains__(self, name: str) -> bool:
        return name in self.rounds


def interleave(candidates: Mapping[str, Callable[[], object]], budget: Budget) -> Series:
    """Processor time of this process (all threads) for one call of each candidate."""
    counts = {name: _count(call) for name, call in candidates.items()}
    series = Series({name: [] for name in candidates})
    gc.collect()
    gc.freeze()  # as the server does once it is ready
    end = time.monotonic() + budget.seconds
    for number in range(budget.rounds):
        if number >= LEAST_ROUNDS and time.monotonic() > end:
            break
        for name, call in candidates.items():
            series.rounds[name].append(_turn(call, counts[name]))
    return series


def _turn(call: Callable[[], object], count: int) -> float:
    started = time.process_time_ns()
    for _ in range(count):
        call()
    return (time.process_time_ns() - started) / count / 1e9


def _count(call: Callable[[], object]) -> int:
    """How many calls fill a turn; also warms the candidate up."""
    call()
    count = 1
    while True:
        seconds = _turn(call, count) * count
        if seconds > TURN_SECONDS / 8:
            return max(1, round(count * TURN_SECONDS / seconds))
        count *= 4
