"""Callers that go on calling while something breaks, and what each of their calls came to."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import NamedTuple

__all__ = ["Callers", "Outcome", "call", "calling", "connect", "decide", "soon", "watching_health"]

_QUESTION = json.dumps({"facts": {"employees": 5}, "measures": [38], "explain": "none"})
_JSON = {"Content-Type": "application/json"}


class Outcome(NamedTuple):
    """One try: ``status`` 0 where no answer came, and then ``code`` is the name of what came instead."""

    at: float
    seconds: float
    status: int
    code: str
    decision: str
    """Names the receipt of a decision."""

    @property
    def word(self):
        return self.code or str(self.status)


def connect(port):
    """A kept connection; made with the first call, and anew after a failure."""
    return closing(HTTPConnection("127.0.0.1", port, timeout=20))


def call(connection, method, target, body=None, headers=_JSON):
    """One call; never raises for a connection that broke."""
    started = time.monotonic()
    try:
        connection.request(method, target, body, headers)
        answer = connection.getresponse()
        content = answer.read()
    except (OSError, HTTPException) as error:
        connection.close()
        return Outcome(started, time.monotonic() - started, 0, type(error).__name__, "")
    code = "" if answer.status < 400 else json.loads(content)["code"]
    return Outcome(started, time.monotonic() - started, answer.status, code, answer.getheader("x-decision-id", ""))


def decide(connection):
    """One decision."""
    return call(connection, "POST", "/v1/eligibility", _QUESTION)


@dataclass
class Callers:
    """Threads with a kept connection each. With a second port, a call that fails is tried there once."""

    port: int
    second: int | None = None
    pause: float = 0.0
    """Seconds between the calls of each."""
    tries: list[Outcome] = field(default_factory=list)
    """Every try at the first port."""
    lost: list[Outcome] = field(default_factory=list)
    """What failed at the last port as well."""
    decisions: set[str] = field(default_factory=set)
    """The acknowledged receipts."""
    stop: threading.Event = field(default_factory=threading.Event)

    def go_on(self):
        with connect(self.port) as first, connect(self.second or self.port) as second:
            while not self.stop.is_set():
                found = decide(first)
                self.tries.append(found)
                if found.status != 200 and self.second is not None:
                    found = decide(second)
                if found.status == 200:
                    self.decisions.add(found.decision)
                else:
                    self.lost.append(found)
                    time.sleep(0.02)
                time.sleep(self.pause)

    def words(self):
        """How often each status or code came from the first port."""
        return Counter(found.word for found in self.tries)

    def wait_for(self, more, seconds=30):
        """Until so many more decisions are acknowledged; in how many seconds."""
        started, until = time.monotonic(), len(self.decisions) + more
        soon(lambda: len(self.decisions) >= until, seconds)
        return time.monotonic() - started


@contextmanager
def calling(port, count, second=None, pause=0.0):
    """So many callers for as long as the block lasts."""
    callers = Callers(port, second, pause)
    threads = [threading.Thread(target=callers.go_on) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield callers
    finally:
        callers.stop.set()
        for thread in threads:
            thread.join(30)


@contextmanager
def watching_health(port):
    """How long each ``/healthz`` took while the block lasted."""
    seconds, stop = [], threading.Event()

    def watch():
        with connect(port) as connection:
            while not stop.is_set():
                seconds.append(call(connection, "GET", "/healthz").seconds)
                time.sleep(0.05)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield seconds
    finally:
        stop.set()
        thread.join(10)


def soon(holds, seconds=10):
    """Wait until something holds."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, f"not within {seconds} s"
        time.sleep(0.02)
