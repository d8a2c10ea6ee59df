"""What a durable receipt and a signature cost: servers in turns, many connections at once."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from secrets import token_hex
from typing import TYPE_CHECKING

import orjson

from app.services.signing import Signed, sign_sha256, sign_sm3
from bench.client import Connection, post
from bench.measure import LEAST_ROUNDS, Series
from bench.process import ROOT, ours, serve
from bench.report import Bar, Figure, Row
from bench.subject import FACTS, ON

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bench.measure import Budget
    from bench.process import Server
    from bench.subject import Subject

CONNECTIONS = 16
CALLS = 20
"""For each connection in one turn."""
PATH = "/v1/eligibility"
RECEIPT = "durable receipt before the answer"
_NOTE = f"Receipts and signatures: {CONNECTIONS} connections at once, time of a turn divided by its calls."


class _Crowd:
    """Callers of one server, each on a connection of its own."""

    def __init__(self, server: Server, requests: Callable[[], Sequence[bytes]]) -> None:
        self._connections = [Connection(server.port) for _ in range(CONNECTIONS)]
        self._requests = requests

    def turn(self, pool: ThreadPoolExecutor) -> float:
        """Seconds for one call, all callers together."""
        shares = [self._requests() for _ in self._connections]
        started = time.perf_counter()
        list(pool.map(_call_all, self._connections, shares))
        return (time.perf_counter() - started) / (CONNECTIONS * CALLS)


def _call_all(connection: Connection, requests: Sequence[bytes]) -> None:
    for request in requests:
        assert connection.send(request).status == 200


def run(_subject: Subject, budget: Budget) -> list[Row]:
    """The same decision without either, with a receipt, and signed by both methods."""
    with contextlib.ExitStack() as stack:
        crowds = _crowds(stack)
        pool = stack.enter_context(ThreadPoolExecutor(CONNECTIONS))
        series = Series({name: [] for name in crowds})
        for crowd in crowds.values():
            crowd.turn(pool)
        end = time.monotonic() + budget.seconds
        for number in range(budget.rounds):
            if number >= LEAST_ROUNDS and time.monotonic() > end:
                break
            for name, crowd in crowds.items():
                series.rounds[name].append(crowd.turn(pool))
    return [
        _row(series, RECEIPT, ("with a receipt",), 1.4),
        _row(series, "signed calls", ("signed, HMAC-SM3", "signed, HMAC-SHA256"), 1.3),
    ]


def _row(series: Series, work: str, names: Sequence[str], limit: float) -> Row:
    plain = "without"
    figures = [Figure(name, series.seconds(name), times=series.ratio(name, plain)) for name in (plain, *names)]
    return Row(work, figures, [Bar(f"{name} ÷ {plain}", series.ratio(name, plain), limit) for name in names], [_NOTE])


def _crowds(stack: contextlib.ExitStack) -> dict[str, _Crowd]:
    body = orjson.dumps({"facts": FACTS, "on": ON.isoformat(), "explain": "none"})
    plain = [post(PATH, body)] * CALLS
    found = {}
    for name, receipts in (("without", "off"), ("with a receipt", "required")):
        arguments, environment = ours(stack.enter_context(tempfile.TemporaryDirectory(prefix="beizeng-bench-")))
        server = stack.enter_context(serve(arguments, "/readyz", **{**environment, "BEIZENG_RECEIPTS": receipts}))
        found[name] = _Crowd(server, lambda: plain)
    arguments, environment = ours(stack.enter_context(tempfile.TemporaryDirectory(prefix="beizeng-bench-")))
    environment |= {"BEIZENG_AUTH": "required", "BEIZENG_QUOTA_PER_SECOND": "100000", "BEIZENG_QUOTA_BURST": "100000"}
    made = _application(environment)
    server = stack.enter_context(serve(arguments, "/readyz", **environment))
    for name, sign in (("SM3", sign_sm3), ("SHA256", sign_sha256)):
        found[f"signed, HMAC-{name}"] = _Crowd(server, _signer(made["app_id"], made["secret"].encode(), sign, body))
    return found


def _application(environment: dict[str, str]) -> dict[str, str]:
    command = [sys.executable, "-m", "app", "apps", "add", "bench", "--role", "decide", "--json"]
    whole = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    told = subprocess.run(command, cwd=ROOT, env=whole, check=True, capture_output=True, text=True)
    made: dict[str, str] = json.loads(told.stdout)
    return made


def _signer(
    application: str, secret: bytes, sign: Callable[[bytes, bytes], str], body: bytes
) -> Callable[[], Sequence[bytes]]:
    """Makes requests that are signed anew, each with a nonce of its own."""
    digest, (head, empty, rest) = sha256(body).hexdigest(), post(PATH, body).partition(b"\r\n\r\n")

    def requests() -> Sequence[bytes]:
        made = []
        for _ in itertools.repeat(None, CALLS):
            signed = Signed("POST", PATH, "", digest, application, str(int(time.time())), token_hex(16))
            fields = (
                f"\r\nx-app-id: {application}\r\nx-timestamp: {signed.timestamp}\r\nx-nonce: {signed.nonce}"
                f"\r\nx-signature: {sign(secret, signed.text())}"
            )
            made.append(head + fields.encode() + empty + rest)
        return made

    return requests
