"""How calls arrive: by a clock whatever the server does, or each caller as soon as it has its answer."""

from __future__ import annotations

import asyncio
import itertools
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from bench.load.client import Call, Callers

#: Callers of a closed load: enough to keep the server busy, few enough that it takes none of them for too many.
CALLERS = 16


async def by_clock(callers: Callers, requests: Iterator[bytes], rate: float, seconds: float) -> list[Call]:
    """So many calls a second, evenly; a call that is due is made even while others wait."""
    return await by_clock_until(callers, requests, rate, _after(seconds))


async def by_clock_until(
    callers: Callers, requests: Iterator[bytes], rate: float, over: Callable[[], bool]
) -> list[Call]:
    """The same until something is over."""
    started, under_way = time.perf_counter(), []
    for number in itertools.count():
        planned = started + number / rate
        if (wait := planned - time.perf_counter()) > 0:
            await asyncio.sleep(wait)
        if over():
            break
        under_way.append(asyncio.create_task(callers.call(next(requests), planned)))
    return list(await asyncio.gather(*under_way))


async def as_fast_as_answered(
    callers: Callers, requests: Iterator[bytes], seconds: float, count: int = CALLERS
) -> list[Call]:
    """So many callers without a pause: the throughput that the server has."""
    return await as_fast_until(callers, requests, _after(seconds), count)


async def as_fast_until(
    callers: Callers, requests: Iterator[bytes], over: Callable[[], bool], count: int = CALLERS
) -> list[Call]:
    """The same until something is over."""
    shares = await asyncio.gather(*[_again_and_again(callers, requests, over) for _ in range(count)])
    return list(itertools.chain.from_iterable(shares))


async def _again_and_again(callers: Callers, requests: Iterator[bytes], over: Callable[[], bool]) -> list[Call]:
    made = []
    while not over():
        made.append(await callers.call(next(requests)))
    return made


def _after(seconds: float) -> Callable[[], bool]:
    until = time.perf_counter() + seconds
    return lambda: time.perf_counter() >= until


def alternating(*kinds: Sequence[bytes]) -> Iterator[bytes]:
    """One of each kind in turn, each kind from its beginning again and again."""
    cycles = [itertools.cycle(kind) for kind in kinds]
    return (next(one) for one in itertools.cycle(cycles))


def good(calls: Iterable[Call]) -> list[Call]:
    """Those that were answered as asked."""
    return [call for call in calls if call.status == 200]
