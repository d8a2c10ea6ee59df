"""Kept connections on one event loop that cost next to nothing: a request is prepared once, an answer only counted."""

from __future__ import annotations

import asyncio
import time
from typing import NamedTuple

import orjson

from bench.client import get

LONGEST_SECONDS = 20
#: A connection that was idle for longer is not used again: the server may be closing it.
IDLE_SECONDS = 60
#: As many connections as the proxy in front keeps. More calls under way wait for one, and their wait counts.
KEPT_CONNECTIONS = 400


class Call(NamedTuple):
    """One call: when it was to start and when its answer was whole; ``status`` 0 where none came.

    ``body``: of problems always, of others where the connection keeps them.
    """

    planned: float
    ended: float
    status: int
    body: bytes = b""

    @property
    def seconds(self) -> float:
        return self.ended - self.planned

    @property
    def word(self) -> str:
        """The status of a good answer, the code of a problem, or that none came."""
        if not self.status:
            return "no answer"
        return str(orjson.loads(self.body)["code"]) if self.status >= 400 else str(self.status)


class Connection(asyncio.Protocol):
    """One kept connection, one call at a time."""

    def __init__(self, *, keeps: bool) -> None:
        self._keeps = keeps
        self._parts: list[bytes] = []
        self._missing = -1
        self._head = b""
        self._status = 0
        self._answer: asyncio.Future[tuple[int, bytes, bytes]] | None = None
        self.transport: asyncio.Transport | None = None
        self.closed = False
        self.used = time.monotonic()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc or ConnectionResetError())

    def send(self, request: bytes) -> asyncio.Future[tuple[int, bytes, bytes]]:
        self._parts, self._missing, self._head = [], -1, b""
        self._answer = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return self._answer

    def data_received(self, data: bytes) -> None:
        if self._missing < 0:
            self._head += data
            head, end, rest = self._head.partition(b"\r\n\r\n")
            if not end:
                return
            self._head, data = head, rest
            self._missing, self._status = _length(head), int(head[9:12])
        self._missing -= len(data)
        if self._keeps or self._status >= 400:
            self._parts.append(data)
        if self._missing <= 0 and self._answer is not None and not self._answer.done():
            self._answer.set_result((self._status, self._head, b"".join(self._parts)))

    def close(self) -> None:
        if self.transport is not None:
            self.transport.close()


def _length(head: bytes) -> int:
    lowered = head.lower()
    place = lowered.find(b"\r\ncontent-length: ")
    return 0 if place < 0 else int(lowered[place + 18 :].split(b"\r\n", 1)[0])


class Callers:
    """Kept connections to one server; ``keeps``: calls carry the bodies of their answers.

    They are opened as they are needed, or all beforehand: a server takes new ones one at a time between its answers.
    """

    def __init__(self, port: int, *, keeps: bool = False) -> None:
        self._port, self._keeps = port, keeps
        self._idle: list[Connection] = []
        self._places = asyncio.Semaphore(KEPT_CONNECTIONS)

    async def open_all(self) -> None:
        """Open every connection and use it once."""
        made = [await self._connection() for _ in range(KEPT_CONNECTIONS)]
        for connection in made:
            await connection.send(get("/healthz"))
        self._idle += made

    async def call(self, request: bytes, planned: float | None = None) -> Call:
        """One call; its time runs from ``planned``."""
        started = time.perf_counter() if planned is None else planned
        async with self._places:
            try:
                async with asyncio.timeout(LONGEST_SECONDS):
                    connection = await self._connection()
                    status, head, body = await connection.send(request)
            except (OSError, TimeoutError):
                return Call(started, time.perf_counter(), 0)
            ended = time.perf_counter()
            if b"connection: close" in head.lower():
                connection.close()
            else:
                connection.used = time.monotonic()
                self._idle.append(connection)
        return Call(started, ended, status, body)

    async def _connection(self) -> Connection:
        while self._idle:
            connection = self._idle.pop()
            if not connection.closed and time.monotonic() - connection.used < IDLE_SECONDS:
                return connection
            connection.close()
        loop = asyncio.get_running_loop()
        _, made = await loop.create_connection(lambda: Connection(keeps=self._keeps), "127.0.0.1", self._port)
        return made

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()
