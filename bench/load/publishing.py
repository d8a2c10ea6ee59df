"""A version of the policy is published at full load: each answer is by the old one or the new, never by a mix."""

from __future__ import annotations

import asyncio
import itertools
import re
import shutil
import time
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

import orjson

from app.services.packs import PACKAGED
from app.services.publishing import read_pack
from bench.client import post
from bench.load.arrivals import as_fast_until, good
from bench.load.client import Callers
from bench.load.figures import broken, p99, per_second
from bench.load.outcome import Outcome
from bench.load.service import PATH, Health
from bench.report import Bar, Figure, Row
from bench.subject import FACTS, ON

if TYPE_CHECKING:
    from pathlib import Path

    from app.services.publishing import Pack
    from bench.load.client import Call
    from bench.load.form import Form
    from bench.load.service import Service

POLICY = "zuoquan-2022"
#: Within which a published version answers everywhere, however busy the machine.
ADOPTED_SECONDS = 10
LOOK_SECONDS = 0.1
_VERSION = re.compile(r'^version: "[^"]*"$', re.MULTILINE)
#: The title of the first rule, which each version words in its own way: another part of an answer than the version.
_TITLE, _FIRST = "银税互动与信易贷信用贷款", "m01.yaml"
_REQUEST = post(PATH, orjson.dumps({"facts": FACTS, "on": ON.isoformat(), "explain": "none"}))


@dataclass(frozen=True)
class _Publication:
    """One version published while others asked: their calls, and when its publication was answered."""

    pack: Pack
    calls: list[Call]
    exit_code: int
    said: str
    answered: float

    @property
    def last_old(self) -> float:
        """Seconds from the answer to the last call that was made then or later and got another version."""
        named = _names(self.pack)
        late = [call.planned - self.answered for call in good(self.calls) if named not in call.body]
        return max(0.0, *late)


async def run(service: Service, _requests: list[bytes], form: Form) -> list[Outcome]:
    """Publish once and again while the service is kept busy."""
    health, callers = Health(), Callers(service.port, keeps=True)
    versions = {(await callers.call(_REQUEST)).body: read_pack(POLICY, PACKAGED)}
    made = []
    async with health.watching(service.port):
        for number in range(1, form.publishes + 1):
            made.append(await _publish(service, callers, form, number))
            versions[(await callers.call(_REQUEST)).body] = made[-1].pack
    callers.close()
    return [_outcome(form, health, made, versions)]


async def _publish(service: Service, callers: Callers, form: Form, number: int) -> _Publication:
    packs = service.folder / f"packs-{number}"
    pack = _new_version(packs, f"1.{number}.0")
    over = asyncio.Event()
    load = asyncio.create_task(as_fast_until(callers, itertools.repeat(_REQUEST), over.is_set))
    await asyncio.sleep(form.publish)
    exit_code, said = await service.run("policy", "publish", str(packs / POLICY))
    answered = time.perf_counter()
    await _adopted(callers, pack, answered + ADOPTED_SECONDS)
    await asyncio.sleep(form.publish)
    over.set()
    return _Publication(pack, await load, exit_code, said, answered)


async def _adopted(callers: Callers, pack: Pack, until: float) -> None:
    """Until the version answers, but not for ever."""
    for _ in itertools.takewhile(lambda _: time.perf_counter() < until, itertools.count()):
        if _names(pack) in (await callers.call(_REQUEST)).body:
            return
        await asyncio.sleep(LOOK_SECONDS)


def _new_version(packs: Path, version: str) -> Pack:
    """The pack that comes with the product under another version, and with another word in it."""
    folder = packs / POLICY
    shutil.copytree(PACKAGED / POLICY, folder)
    manifest, clause = folder / "manifest.yaml", folder / "clauses" / _FIRST
    manifest.write_text(_VERSION.sub(f'version: "{version}"', manifest.read_text(encoding="utf-8")), encoding="utf-8")
    clause.write_text(clause.read_text(encoding="utf-8").replace(_TITLE, f"{_TITLE}（{version}）"), encoding="utf-8")
    return read_pack(POLICY, packs)


def _names(pack: Pack) -> bytes:
    """How an answer names the version that gave it."""
    return f'"version":"{pack.version}","sha256":"{pack.sha256}"'.encode()


def _outcome(form: Form, health: Health, made: list[_Publication], versions: dict[bytes, Pack]) -> Outcome:
    calls = [call for one in made for call in one.calls]
    waits = [one.last_old for one in made]
    figures = [
        Figure("answers a second", median(per_second(one.calls) for one in made), "/s"),
        Figure("p99 meanwhile", p99(calls)),
        Figure("last answer by the old version", max(waits)),
    ]
    bars = [Bar("only the new version after", max(waits), 1, unit="s")]
    bars.append(Bar("answers by neither", sum(call.body not in versions for call in good(calls)), 0, unit="count"))
    outcome = Outcome(Row(f"{form.publishes} × a version published at full load", figures, bars))
    found = broken(calls)
    outcome.promise(f"{found}", holds=not found)
    outcome.promise("an answer is by no whole version", holds=all(call.body in versions for call in good(calls)))
    outcome.promise(
        "version and hash do not belong to the answer",
        holds=len(versions) == len(made) + 1 and all(_names(pack) in body for body, pack in versions.items()),
    )
    outcome.promise(f"published: {[one.said for one in made]}", holds=not any(one.exit_code for one in made))
    outcome.promise(f"the new version came {max(waits):.1f} s late", holds=max(waits) < ADOPTED_SECONDS)
    outcome.health(health)
    return outcome
