"""A registry is screened while others ask: they hardly notice."""

from __future__ import annotations

import asyncio
import itertools
import time
from statistics import median
from typing import TYPE_CHECKING

import orjson

from bench.client import get
from bench.load.arrivals import as_fast_as_answered, by_clock, by_clock_until
from bench.load.client import Callers
from bench.load.figures import REFUSED, broken, p99, per_second, quantile, refused
from bench.load.outcome import Outcome
from bench.load.registry_file import registry_bytes, upload
from bench.load.service import Health
from bench.report import Bar, Figure, Row
from bench.subject import Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.load.client import Call
    from bench.load.form import Form
    from bench.load.service import Service

#: What is asked meanwhile, of the peak.
SHARE = 0.4
LOOK_SECONDS = 0.1
LONGEST_SECONDS = 60
_ENDED = ("done", "done_with_rejects", "failed", "cancelled")


async def run(service: Service, requests: list[bytes], form: Form) -> list[Outcome]:
    """A steady load by itself and beside a screening, in turns."""
    request = upload(registry_bytes(Subject().vocabulary, form.rows))
    health, callers, jobs = Health(), Callers(service.port), Callers(service.port, keeps=True)
    coming, alone, beside, states, took = itertools.cycle(requests), [], [], [], []
    peak = per_second(await as_fast_as_answered(callers, coming, form.peak))
    async with health.watching(service.port):
        for _ in range(form.batches):
            alone.append(await by_clock(callers, coming, peak * SHARE, form.alone))
            started = time.perf_counter()
            calls, state = await _beside(callers, jobs, coming, peak * SHARE, request)
            took.append(time.perf_counter() - started)
            beside.append(calls)
            states.append(state)
    callers.close()
    jobs.close()
    return [_outcome(form, health, alone, beside, states, took)]


async def _beside(
    callers: Callers, jobs: Callers, coming: Iterator[bytes], rate: float, request: bytes
) -> tuple[list[Call], str]:
    """Calls from the submit to the end of the job, and how it ended."""
    job = asyncio.create_task(_screened(jobs, request))
    calls = await by_clock_until(callers, coming, rate, job.done)
    return calls, job.result()


async def _screened(jobs: Callers, request: bytes) -> str:
    submitted = await jobs.call(request)
    if submitted.status != 202:
        return f"{submitted.status} {submitted.body[:200]!r}"
    where = get("/v1/screenings/" + orjson.loads(submitted.body)["id"])
    until = time.perf_counter() + LONGEST_SECONDS
    state = "not ended"
    while time.perf_counter() < until:
        await asyncio.sleep(LOOK_SECONDS)
        shown = await jobs.call(where)
        state = orjson.loads(shown.body)["state"] if shown.status == 200 else f"{shown.status}"
        if state in _ENDED:
            return state
    return state


def _outcome(
    form: Form, health: Health, alone: list[list[Call]], beside: list[list[Call]], states: list[str], took: list[float]
) -> Outcome:
    slower = median(p99(with_it) / p99(without) for with_it, without in zip(beside, alone, strict=True))
    halfway = [[quantile((call.seconds for call in calls), 0.5) for calls in turns] for turns in (alone, beside)]
    figures = [
        Figure("p99 alone", median(p99(calls) for calls in alone)),
        Figure("p99 beside it", median(p99(calls) for calls in beside), times=slower),
        Figure("median alone", median(halfway[0])),
        Figure("median beside it", median(halfway[1])),
        Figure("from submit to result", median(took)),
        Figure("calls", sum(len(calls) for calls in beside), "count"),
    ]
    bars = [Bar("p99 beside the screening ÷ p99 alone", slower, 3)]
    bars.append(Bar("refused", sum(len(refused(calls)) for calls in (*alone, *beside)), 0, unit="count"))
    outcome = Outcome(Row(f"screening {form.rows:,} rows, interactive calls at {SHARE:.0%} of the peak", figures, bars))
    found = broken(itertools.chain(*alone, *beside), (REFUSED,))
    outcome.promise(f"{found}", holds=not found)
    outcome.promise(f"the jobs ended as {states}", holds=set(states) <= {"done", "done_with_rejects"})
    outcome.health(health)
    return outcome
