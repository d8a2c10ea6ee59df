"""A door to PostgreSQL that breaks in every way that a network does."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import Self

__all__ = ["FaultProxy"]


class FaultProxy:
    """A TCP door to the server's unix socket that passes everything on, hangs, is slow, resets, or refuses."""

    def __init__(self, socket_path: str) -> None:
        self.socket_path = socket_path
        self.port = 0
        self._cutting = False
        self._seconds = 0.0
        self._cut_in: tuple[bytes, int] | None = None
        self._skip = 0
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._started.wait(5)
        return self

    def __exit__(self, *_exc: object) -> None:
        self._loop.call_soon_threadsafe(self._done.set)
        self._thread.join(5)

    def flow(self) -> None:
        """Back to normal."""
        self._cutting, self._seconds, self._cut_in = False, 0.0, None
        self._loop.call_soon_threadsafe(self._flowing.set)
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(5)

    def hang(self) -> None:
        """Take everything and pass nothing on."""
        self._loop.call_soon_threadsafe(self._flowing.clear)

    def delay(self, seconds: float) -> None:
        """Pass everything on so much later, each way."""
        self._seconds = seconds

    def reset(self) -> None:
        """Cut every connection, and every one that comes."""
        self._cutting = True
        self._loop.call_soon_threadsafe(self._cut)

    def refuse(self) -> None:
        """Cut every connection, and listen no more."""
        asyncio.run_coroutine_threadsafe(self._refuse(), self._loop).result(5)

    def cut_in(self, word: bytes, after: int, skip: int = 0) -> None:
        """Cut the connection that sends the word, after so many bytes from it on and of the answer to it.

        ``skip``: how often the word may pass before.
        """
        self._cut_in, self._skip = (word, after), skip

    @property
    def armed(self) -> bool:
        """Whether :meth:`cut_in` has still to cut."""
        return self._cut_in is not None

    def due(self, data: bytes) -> tuple[bytes, int] | None:
        """What is to be cut in these bytes of a client, if anything is."""
        if self._cut_in is None or self._cut_in[0] not in data:
            return None
        self._skip -= 1
        return self._cut_in if self._skip < 0 else None

    def _cut(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    async def _refuse(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        self._cut()

    async def _listen(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(self._connect, "127.0.0.1", self.port)
            self.port = self._server.sockets[0].getsockname()[1]

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        self._done = asyncio.Event()
        await self._listen()
        self._started.set()
        await self._done.wait()
        await self._refuse()
        await asyncio.sleep(0.05)
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        if self._cutting:
            writer.transport.abort()
            return
        try:
            there_reader, there_writer = await asyncio.open_unix_connection(self.socket_path)
        except OSError:  # the server itself is gone
            writer.transport.abort()
            return
        self._writers.add(there_writer)
        one = _Connection()
        try:
            await asyncio.gather(
                self._pump(reader, there_writer, one.sent, one), self._pump(there_reader, writer, one.answered, one)
            )
        finally:
            for end in (writer, there_writer):
                end.transport.abort()
                self._writers.discard(end)

    async def _pump(self, source, sink, passed, one) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await source.read(65536):
                await self._flowing.wait()
                if self._seconds:
                    await asyncio.sleep(self._seconds)
                whole = passed(self, data)
                sink.write(whole)
                await sink.drain()
                if one.left == 0:
                    break
        sink.transport.close() if one.left == 0 else sink.transport.abort()


class _Connection:
    """Where one connection stands that is to be cut; ``left`` None: it is not."""

    def __init__(self) -> None:
        self.left: int | None = None

    def sent(self, proxy: FaultProxy, data: bytes) -> bytes:
        """What of the client's bytes is passed on."""
        cut = proxy.due(data) if self.left is None else None
        if cut is None:
            return self._up_to(data)
        (word, self.left), proxy._cut_in = cut, None
        before = data.index(word)
        return data[:before] + self._up_to(data[before:])

    def answered(self, _proxy: FaultProxy, data: bytes) -> bytes:
        """What of the server's bytes is passed on."""
        return self._up_to(data)

    def _up_to(self, data: bytes) -> bytes:
        if self.left is None:
            return data
        part = data[: self.left]
        self.left -= len(part)
        return part
