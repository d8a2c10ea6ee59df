"""Half of the calls are bad: the other half goes on, and no bad call costs much."""

from __future__ import annotations

import itertools
from statistics import median
from typing import TYPE_CHECKING

from bench.load.arrivals import alternating, as_fast_as_answered, good
from bench.load.bad_calls import BAD_CALLS
from bench.load.client import Callers
from bench.load.figures import per_second
from bench.load.outcome import Outcome
from bench.load.service import Health
from bench.report import Bar, Figure, Row

if TYPE_CHECKING:
    from bench.load.bad_calls import BadCall
    from bench.load.form import Form
    from bench.load.service import Service

LIMIT = 0.15
#: Tries of each bad call by itself; the quickest is what the service needs, the rest is what else the machine does.
TRIES = 5


async def run(service: Service, requests: list[bytes], form: Form) -> list[Outcome]:
    """Good calls alone and mixed with as many bad ones, in turns; then each bad call by itself."""
    health, callers = Health(), Callers(service.port)
    alone, mixed, calls = [], [], []
    async with health.watching(service.port):
        await as_fast_as_answered(callers, itertools.cycle(requests), form.bad_turn / 2)  # warm
        for _ in range(form.bad_turns):
            alone.append(per_second(await as_fast_as_answered(callers, itertools.cycle(requests), form.bad_turn)))
            mixture = alternating(requests, [bad.request for bad in BAD_CALLS])
            found = await as_fast_as_answered(callers, mixture, form.bad_turn)
            mixed.append(per_second(found))
            calls += found
    times = [await _alone(service, callers, bad) for bad in BAD_CALLS]
    callers.close()
    kept = median(with_bad / (without / 2) for with_bad, without in zip(mixed, alone, strict=True))
    worst = max(times, key=lambda one: one.seconds)
    figures = [
        Figure("good calls alone", median(alone), "/s"),
        Figure("good calls beside as many bad ones", median(mixed), "/s"),
        Figure(f"slowest bad call ({worst.place})", worst.seconds),
        Figure("its processor time", worst.processor),
    ]
    bars = [
        Bar("throughput of the good half ÷ half of that alone", kept, 0.8, at_least=True),
        Bar("slowest bad call", worst.seconds, LIMIT, unit="s"),
    ]
    outcome = Outcome(Row(f"half of the calls bad ({len(BAD_CALLS)} kinds)", figures, bars))
    statuses = {call.status for call in calls} - {200, *(bad.status for bad in BAD_CALLS)}
    outcome.promise(f"statuses {statuses}", holds=not statuses)
    outcome.promise("no good call was answered", holds=bool(good(calls)))
    for one in times:
        outcome.promise(f"{one.place} got {one.status}, not {one.expected}", holds=one.status == one.expected)
        outcome.promise(f"{one.place} cost {one.processor:.3f} s of processor time", holds=one.processor <= LIMIT)
    outcome.health(health)
    return [outcome]


class _Time:
    """What one bad call takes when nothing else is asked."""

    def __init__(self, bad: BadCall, status: int, seconds: float, processor: float) -> None:
        self.place, self.expected, self.status = bad.place, bad.status, status
        self.seconds, self.processor = seconds, processor


async def _alone(service: Service, callers: Callers, bad: BadCall) -> _Time:
    seconds, processor, status = [], [], bad.status
    for _ in range(TRIES):
        before = service.server.cpu_seconds()
        call = await callers.call(bad.request)
        processor.append(service.server.cpu_seconds() - before)
        seconds.append(call.seconds)
        status = call.status if call.status != bad.status else status
    return _Time(bad, status, min(seconds), min(processor))
