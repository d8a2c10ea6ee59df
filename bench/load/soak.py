"""A steady load for a long time: no errors, no memory and no files kept back, and a whole chain after it."""

from __future__ import annotations

import asyncio
import itertools
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.load.arrivals import as_fast_as_answered, by_clock, good
from bench.load.client import Callers
from bench.load.figures import REFUSED, broken, p99, per_second
from bench.load.outcome import Outcome
from bench.load.service import Health
from bench.report import Bar, Figure, Row

if TYPE_CHECKING:
    from bench.load.client import Call
    from bench.load.form import Form
    from bench.load.service import Service

#: Memory and files count from here on: what is kept for later has been made by then.
SETTLED = 0.25
LOOKS = 40


@dataclass(frozen=True)
class _Look:
    """The process at one moment."""

    memory: int
    files: int


async def run(service: Service, requests: list[bytes], form: Form) -> list[Outcome]:
    """So much of the peak by a clock; afterwards every receipt is verified."""
    health, callers = Health(), Callers(service.port)
    peak = per_second(await as_fast_as_answered(callers, itertools.cycle(requests), form.peak))
    async with health.watching(service.port):
        watching = asyncio.create_task(_looks(service, form.soak))
        calls = await by_clock(callers, itertools.cycle(requests), peak * form.soak_share, form.soak)
        looks = await watching
    callers.close()
    started = time.perf_counter()
    exit_code, said = await service.run("audit", "verify")
    outcome = _outcome(form, calls, looks)
    outcome.row.figures.append(Figure("chain verified in", time.perf_counter() - started))
    outcome.promise(f"the chain does not verify: {said}", holds=not exit_code)
    outcome.health(health)
    return [outcome]


async def _looks(service: Service, seconds: float) -> list[_Look]:
    """From when it has settled to the end."""
    await asyncio.sleep(seconds * SETTLED)
    found = []
    for _ in range(LOOKS):
        found.append(_Look(service.server.memory_bytes(), service.open_files()))
        await asyncio.sleep(seconds * (1 - SETTLED) / LOOKS)
    return found


def _outcome(form: Form, calls: list[Call], looks: list[_Look]) -> Outcome:
    memory = [look.memory for look in looks]
    files = [look.files for look in looks]
    last = max(memory[-LOOKS // 4 :])
    errors = len(calls) - len(good(calls))
    figures = [
        Figure("answered", len(good(calls)), "count"),
        Figure("answers a second", per_second(calls), "/s"),
        Figure("p99", p99(calls)),
        Figure("memory when settled", memory[0], "MB"),
        Figure("at most in the last quarter of that", last, "MB"),
        Figure("open files", files[-1], "count"),
    ]
    bars = [
        Bar("errors", errors, 0, unit="count"),
        Bar("memory at the end ÷ memory when settled", last / memory[0], 1.05),
        Bar("open files more than when settled", max(0, files[-1] - files[0]), 0, unit="count"),
    ]
    outcome = Outcome(Row(f"{form.soak / 60:g} minutes at {form.soak_share:.0%} of the peak", figures, bars))
    found = broken(calls, (REFUSED,))  # a busy machine can do less than its peak was; the bar tells
    outcome.promise(f"{found}", holds=not found)
    return outcome
