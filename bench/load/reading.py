"""What a receipt adds to a call, and what strict reading of the body does: servers in turns, with it and without."""

from __future__ import annotations

import contextlib
import tempfile
import time
from statistics import median
from typing import TYPE_CHECKING

import orjson

from bench.client import Connection, post
from bench.load.outcome import Outcome
from bench.load.service import PATH
from bench.measure import LEAST_ROUNDS, Budget
from bench.process import UVICORN, ours, serve
from bench.report import Bar, Figure, Row
from bench.sections import trust
from bench.subject import FACTS, ON, Subject

if TYPE_CHECKING:
    from bench.load.form import Form
    from bench.process import Server

CALLS = 40
ROUNDS = 200
_STRICT, _READ = "body read and checked", "the same, read before"
_NOTE = (
    "Reading: processor time of the server for a call, both servers asked in turns; one keeps what it has read and is "
    "sent the same body again. Neither keeps receipts."
)


def receipts(form: Form) -> list[Outcome]:
    """The row of ``make bench`` that is a load bar as well."""
    return [Outcome(row) for row in trust.run(Subject(), Budget(form.reading, ROUNDS)) if row.work == trust.RECEIPT]


def measure(form: Form) -> list[Outcome]:
    """One server reads each body, the other has read it before."""
    with contextlib.ExitStack() as stack:
        servers = {
            _STRICT: stack.enter_context(_server(stack, "app.main:create_app")),
            _READ: stack.enter_context(_server(stack, "bench.servers.already_read:make")),
        }
        rounds = _rounds(servers, form.reading)
    ratio = median(strict / read for strict, read in zip(rounds[_STRICT], rounds[_READ], strict=True))
    figures = [Figure(name, median(values)) for name, values in rounds.items()]
    bars = [Bar(f"{_STRICT} ÷ {_READ}", ratio, 1.3)]
    return [Outcome(Row(f"strict reading of {len(FACTS)} facts", figures, bars, [_NOTE]))]


def _server(stack: contextlib.ExitStack, factory: str) -> contextlib.AbstractContextManager[Server]:
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="beizeng-load-"))
    _, environment = ours(folder)
    return serve((*UVICORN, factory, "--port", "{port}"), "/readyz", **environment)


def _rounds(servers: dict[str, Server], seconds: float) -> dict[str, list[float]]:
    """Seconds of processor time for a call, one figure for each round."""
    request = post(PATH, orjson.dumps({"facts": FACTS, "on": ON.isoformat(), "explain": "none"}))
    connections = {name: Connection(server.port) for name, server in servers.items()}
    found: dict[str, list[float]] = {name: [] for name in servers}
    until = time.monotonic() + seconds
    for number in range(ROUNDS):
        if number >= LEAST_ROUNDS and time.monotonic() > until:
            break
        for name, server in servers.items():
            before = server.cpu_seconds()
            for _ in range(CALLS):
                assert connections[name].send(request).status == 200
            found[name].append((server.cpu_seconds() - before) / CALLS)
    return {name: values[1:] for name, values in found.items()}  # the first round warms up
