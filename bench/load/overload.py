"""Twice as many calls as can be answered, by a clock: refused early, the rest answered, and all is well afterwards."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from bench.load.arrivals import as_fast_as_answered, by_clock, good
from bench.load.client import Callers
from bench.load.figures import REFUSED, broken, p99, per_second, quantile, refused
from bench.load.outcome import Outcome
from bench.load.service import Health
from bench.report import Bar, Figure, Row

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterator

    from bench.load.client import Call
    from bench.load.form import Form
    from bench.load.service import Service

TIMES = 2
WINDOW = 1.0
#: A second is normal again when nothing is refused and its p99 is at most so many times that of half the load.
NORMAL = 3


@dataclass
class _Turn:
    """One turn of base and candidate: calls a second, the calls of each piece, and what a good answer costs.

    ``peak_cost``, ``over_cost``: seconds of the server's processor time for one.
    """

    peak: float
    half: list[Call]
    over: list[Call]
    after: list[Call]
    peak_cost: float
    over_cost: float


async def run(service: Service, requests: list[bytes], form: Form) -> list[Outcome]:
    """The peak, half of it, twice as much, half of it again; the peak is that of before and after."""
    health, coming, callers = Health(), itertools.cycle(requests), Callers(service.port)
    await callers.open_all()
    async with health.watching(service.port):
        turns = [await _turn(service, callers, coming, form) for _ in range(form.overload_turns)]
    callers.close()
    outcome, over = Outcome(_row(turns, form)), [call for turn in turns for call in turn.over]
    for name in ("half", "after"):
        found = broken([call for turn in turns for call in getattr(turn, name)], (REFUSED,))
        outcome.promise(f"{found} at half the load", holds=not found)
    found = broken(over, (REFUSED,))
    outcome.promise(f"{found} under too much load", holds=not found)
    outcome.promise("refusals took longer than answers", holds=_refused_early(over))
    outcome.health(health)
    return [outcome]


async def _turn(service: Service, callers: Callers, coming: Iterator[bytes], form: Form) -> _Turn:
    await as_fast_as_answered(callers, coming, form.peak / 2)  # warm
    first, first_cost = await _with_cost(service, as_fast_as_answered(callers, coming, form.peak))
    before = per_second(first)
    half = await by_clock(callers, coming, before / 2, form.half)
    over, over_cost = await _with_cost(service, by_clock(callers, coming, before * TIMES, form.overload))
    after = await by_clock(callers, coming, before / 2, form.after)
    last, last_cost = await _with_cost(service, as_fast_as_answered(callers, coming, form.peak))
    peak, peak_cost = (before + per_second(last)) / 2, (first_cost + last_cost) / 2
    return _Turn(peak, half, over, after, peak_cost, over_cost)


async def _with_cost(service: Service, calling: Awaitable[list[Call]]) -> tuple[list[Call], float]:
    before = service.server.cpu_seconds()
    calls = await calling
    return calls, (service.server.cpu_seconds() - before) / max(1, len(good(calls)))


def _row(turns: list[_Turn], form: Form) -> Row:
    over, told = [call for turn in turns for call in turn.over], [turn.half for turn in turns]
    answered, turned_away = good(over), refused(over)
    goodput = median(_in_time(turn.over, form.overload) / form.overload / turn.peak for turn in turns)
    slower = median(p99(good(turn.over)) / p99(half) for turn, half in zip(turns, told, strict=True))
    thrift = median(turn.peak_cost / turn.over_cost for turn in turns)
    share = len(turned_away) / len(over)
    late = quantile((call.seconds for call in turned_away), 0.99)
    back = max(_normal_after(turn) for turn in turns)
    figures = [
        Figure("peak", median(turn.peak for turn in turns), "/s"),
        Figure("p99 at half the load", median(p99(half) for half in told)),
        Figure("p99 of those answered", p99(answered), times=slower),
        Figure("refused", share, "share"),
    ]
    bars = [
        Bar("goodput ÷ peak", goodput, 0.8, at_least=True),
        Bar("the same for a second of the server's processor time", thrift, 0.8, at_least=True),
        Bar("p99 of those answered ÷ p99 at half the load", slower, 10),
        Bar("99 of 100 refusals within", late, 0.1, unit="s"),
        Bar("normal again after", back, 10, unit="s"),
    ]
    return Row(f"{TIMES} × capacity for {form.overload:g} s", figures, bars)


def _refused_early(over: list[Call]) -> bool:
    """Half of the refusals are there before half of the answers are."""
    waits = [[call.seconds for call in calls] for calls in (refused(over), good(over))]
    return not waits[0] or quantile(waits[0], 0.5) < quantile(waits[1], 0.5)


def _in_time(calls: list[Call], seconds: float) -> int:
    """Good answers while calls were offered: what came afterwards does not count."""
    return sum(call.ended <= calls[0].planned + seconds for call in good(calls))


def _normal_after(turn: _Turn) -> float:
    """Seconds after the overload until the first normal second."""
    started, limit = turn.after[0].planned, NORMAL * p99(turn.half)
    windows = itertools.groupby(turn.after, lambda call: int((call.planned - started) / WINDOW))
    for number, calls in windows:
        found = list(calls)
        if not refused(found) and p99(found) <= limit:
            return number * WINDOW
    return turn.after[-1].planned - started
