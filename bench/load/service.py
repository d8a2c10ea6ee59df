"""The service under load: one ``beizeng serve`` with receipts and data of its own, and what is read from outside it."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import re
import sys
import tempfile
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from bench.client import get, post
from bench.load.client import Callers
from bench.process import ROOT, Server, ours, serve
from bench.subject import ON, Subject

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

    from bench.load.client import Call

PATH = "/v1/eligibility"
FIRMS = 400
HEALTH_SECONDS = 0.05
#: Looks under way at once.
MOST_ASKING = 100
_STATUSES = re.compile(rb'^beizeng_http_requests_total\{.*status="5(\d\d)".*\} (\S+)$', re.MULTILINE)


def questions(subject: Subject, count: int = FIRMS) -> list[bytes]:
    """One call after another from different firms, on all rules in force."""
    shared = {"on": ON.isoformat(), "explain": "none"}
    return [post(PATH, orjson.dumps({"facts": facts, **shared})) for facts in subject.other_firms(count)]


@dataclass(frozen=True)
class Service:
    """A running service with one worker."""

    server: Server
    environment: Mapping[str, str]
    folder: Path

    @property
    def port(self) -> int:
        return self.server.port

    async def run(self, *arguments: str) -> tuple[int, str]:
        """A ``beizeng`` command on its database: exit code and what it said."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "app", *arguments),
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), **self.environment},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate()
        return process.returncode or 0, said.decode(errors="replace")

    def open_files(self) -> int:
        """Open files of the process; connections of callers come and go."""
        process = self.server.process
        return process.num_fds() - len(process.net_connections("inet"))

    async def failures(self) -> int:
        """Answers so far that were a 5xx other than 503: there may be none."""
        callers = Callers(self.port, keeps=True)
        shown = await callers.call(get("/metrics"))
        callers.close()
        return sum(round(float(count)) for code, count in _STATUSES.findall(shown.body) if code != b"03")


@contextlib.contextmanager
def running(**settings: str) -> Iterator[Service]:
    """A service that keeps receipts, ended when the block is left; the folder goes with it."""
    with tempfile.TemporaryDirectory(prefix="beizeng-load-") as folder:
        arguments, environment = ours(folder)
        environment |= {"BEIZENG_RECEIPTS": "required", "BEIZENG_LOG_LEVEL": "warning", **settings}
        with serve(arguments, "/readyz", **environment) as server:
            yield Service(server, environment, Path(folder))


class Health:
    """How long ``/healthz`` took, asked by a clock beside everything else."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.failed = 0

    @contextlib.asynccontextmanager
    async def watching(self, port: int) -> AsyncIterator[None]:
        task = asyncio.create_task(self._watch(port))
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _watch(self, port: int) -> None:
        callers, started = Callers(port), time.perf_counter()
        asking: deque[asyncio.Task[Call]] = deque()
        for number in itertools.count():
            planned = started + number * HEALTH_SECONDS
            if (wait := planned - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            asking.append(asyncio.create_task(callers.call(get("/healthz"), planned)))
            while asking and (asking[0].done() or len(asking) > MOST_ASKING):
                call = await asking.popleft()
                self.seconds.append(call.seconds)
                self.failed += call.status != 200
