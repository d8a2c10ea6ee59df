"""Over real HTTP: one worker each on 127.0.0.1, one kept-alive connection, servers asked in turns."""

from __future__ import annotations

import contextlib
import itertools
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import orjson

from bench.client import Connection, post
from bench.measure import LEAST_ROUNDS, Series
from bench.peers import openfisca
from bench.process import UVICORN, Server, ours, serve
from bench.report import Bar, Figure, Row
from bench.subject import FACTS, ON

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.measure import Budget
    from bench.subject import Subject

LEVELS = ("none", "summary", "full")
#: Requests in one turn: many where they are cheap.
TURN_SECONDS = 0.05
WARM_UP = 50
FIRMS = 400
_OTHERS = "ours, each time another firm,"
GUNICORN = ("-m", "gunicorn", "--workers", "1", "--bind", "127.0.0.1:{port}", "--keep-alive", "75")
FLASK = (*GUNICORN, "--worker-class", "gthread", "--threads", "1", "bench.servers.flask_library:make()")
OPENFISCA = ("-m", "bench.servers.openfisca", "--workers", "1", "--bind", "127.0.0.1:{port}")
_READING = (
    "HTTP: median time of a call as the client sees it; in brackets the server's processor time, which other work on "
    "the machine disturbs less. The echo reads the same request and answers the same bytes."
)
_PEERS = (
    "FastAPI and Flask with run_all answer the ids of the rules that apply; `openfisca serve` answers a truth for each "
    "rule. They take assumptions for what is not told and derive nothing."
)


@dataclass
class _Target:
    """One request to one server."""

    server: Server
    requests: Sequence[bytes]
    connection: Connection = field(init=False)
    turn: int = 1

    def __post_init__(self) -> None:
        self.connection = Connection(self.server.port)
        self._coming = itertools.cycle(self.requests)

    def warm_up(self) -> None:
        started = time.perf_counter()
        calls, spent = 0, 0.0
        while calls < WARM_UP and spent < TURN_SECONDS * 4:
            assert self.connection.send(self.requests[calls % len(self.requests)]).status == 200
            calls, spent = calls + 1, time.perf_counter() - started
        self.turn = max(1, round(TURN_SECONDS * calls / spent))

    def take_turn(self) -> tuple[float, float]:
        """Median time of a call, and processor time of the server for one."""
        send, calls = self.connection.send, []
        turn = [next(self._coming) for _ in range(self.turn)]
        cpu = self.server.cpu_seconds()
        for request in turn:
            started = time.perf_counter()
            send(request)
            calls.append(time.perf_counter() - started)
        return median(calls), (self.server.cpu_seconds() - cpu) / self.turn


def run(subject: Subject, budget: Budget) -> list[Row]:
    """All servers run at once; only the one that is asked has work."""
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="beizeng-bench-"))
        targets = _targets(stack, subject, folder)
        for target in targets.values():
            target.warm_up()
        wall, cpu = _measure(targets, budget)
    return [_row(level, wall, cpu) for level in LEVELS]


def _targets(stack: contextlib.ExitStack, subject: Subject, folder: str) -> dict[str, _Target]:
    arguments, environment = ours(folder)
    server = stack.enter_context(serve(arguments, "/readyz", **environment))
    bodies = {level: orjson.dumps({"facts": FACTS, "on": ON.isoformat(), "explain": level}) for level in LEVELS}
    found = {f"ours {level}": _Target(server, [post("/v1/eligibility", body)]) for level, body in bodies.items()}
    found |= {f"{_OTHERS} {level}": _Target(server, _of_others(subject, level)) for level in LEVELS}
    answers = Path(folder, "answers")
    answers.mkdir()
    for level in LEVELS:
        target = found[f"ours {level}"]
        answer = target.connection.send(target.requests[0])
        assert answer.status == 200, answer.body
        (answers / level).write_bytes(answer.body)
    echo = stack.enter_context(serve(_uvicorn("echo"), "/", BENCH_ANSWERS=str(answers)))
    found |= {f"echo {level}": _Target(echo, [post(f"/{level}", body)]) for level, body in bodies.items()}
    fastapi = stack.enter_context(serve(_uvicorn("fastapi_library"), "/"))
    found["FastAPI + run_all"] = _Target(fastapi, [post("/", bodies["none"])])
    found["Flask + run_all"] = _Target(stack.enter_context(serve(FLASK, "/")), [post("/", bodies["none"])])
    fisca = stack.enter_context(serve(OPENFISCA, "/"))
    found["openfisca serve"] = _Target(fisca, [post("/calculate", _fisca_body(subject))])
    return found


def _of_others(subject: Subject, level: str) -> list[bytes]:
    """One call after another from different firms: what is kept helps only where they are alike."""
    shared = {"on": ON.isoformat(), "explain": level}
    firms = subject.other_firms(FIRMS)
    return [post("/v1/eligibility", orjson.dumps({"facts": facts, **shared})) for facts in firms]


def _uvicorn(name: str) -> tuple[str, ...]:
    return (*UVICORN, f"bench.servers.{name}:make", "--port", "{port}")


def _fisca_body(subject: Subject) -> bytes:
    told = {fact: value for fact, value in subject.plain.items() if fact in subject.given}
    asked = {openfisca.variable_of(rule.id): {openfisca.PERIOD: None} for rule in subject.rules}
    return orjson.dumps({"askers": {"a": {**openfisca.inputs(subject, told), **asked}}})


def _measure(targets: dict[str, _Target], budget: Budget) -> tuple[Series, Series]:
    wall, cpu = Series({name: [] for name in targets}), Series({name: [] for name in targets})
    end = time.monotonic() + budget.seconds
    for number in range(budget.rounds):
        if number >= LEAST_ROUNDS and time.monotonic() > end:
            break
        for name, target in targets.items():
            seconds, processor = target.take_turn()
            wall.rounds[name].append(seconds)
            cpu.rounds[name].append(processor)
    return wall, cpu


def _row(level: str, wall: Series, cpu: Series) -> Row:
    ours_name, echo = f"ours {level}", f"echo {level}"
    peers = ("FastAPI + run_all", "Flask + run_all", "openfisca serve") if level == "none" else ()
    figures = [
        Figure(f"{name} [{cpu.seconds(name) * 1e6:,.0f} µs]", wall.seconds(name), times=wall.ratio(name, echo))
        for name in (echo, ours_name, f"{_OTHERS} {level}", *peers)
    ]
    limit = {"none": 1.35, "summary": 3.0, "full": 1.7}[level]
    bars = [Bar("ours ÷ echo", wall.ratio(ours_name, echo), limit)]
    bars.append(Bar("processor time, ours ÷ echo", cpu.ratio(ours_name, echo), limit))
    if level == "none":
        bars.append(Bar("FastAPI + run_all ÷ ours", wall.ratio(peers[0], ours_name), 3, at_least=True))
    return Row(f"`POST /v1/eligibility`, {level}, {len(FACTS)} facts", figures, bars, [_READING, _PEERS])
