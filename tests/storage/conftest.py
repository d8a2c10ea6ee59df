"""Migrated databases of both kinds, made by the real migrations, and a way to stand between us and a server."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import pytest
from sqlalchemy.engine import make_url

from app.storage.migrating import migrate
from app.storage.repositories import PublishedVersion
from app.storage.session import Database


@pytest.fixture
def open_database():
    """Databases that are closed after the test."""
    with contextlib.ExitStack() as stack:

        def opened(url, **kwargs):
            database = Database(url, **kwargs)
            stack.callback(database.close)
            return database

        yield opened


@pytest.fixture
def empty_database(database_url, open_database):
    return open_database(database_url)


@pytest.fixture
def database(empty_database):
    migrate(empty_database)
    return empty_database


@pytest.fixture
def sqlite_database(sqlite_url, open_database):
    database = open_database(sqlite_url)
    migrate(database)
    return database


@pytest.fixture
def postgres_database(postgres_url, open_database):
    database = open_database(postgres_url)
    migrate(database)
    return database


@pytest.fixture
def moment():
    return datetime(2026, 11, 24, 1, 30, tzinfo=UTC)


@pytest.fixture
def version(moment):
    """A published version with given differences."""

    def build(**changes):
        fields = {"policy_id": "county", "version": "1.0.0", "sha256": "a" * 64}
        return PublishedVersion(**{**fields, "published_at": moment, "published_by": "office", **changes})

    return build


class FaultProxy:
    """A TCP door to the server's unix socket that passes everything on, hangs, resets, or refuses."""

    def __init__(self, socket_path: str) -> None:
        self.socket_path = socket_path
        self.mode = "pass"
        self._flowing = asyncio.Event()
        self._flowing.set()
        self.port = 0
        self._loop = asyncio.new_event_loop()
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

    def hang(self) -> None:
        """Take everything and pass nothing on."""
        self._loop.call_soon_threadsafe(self._flowing.clear)

    def flow(self) -> None:
        """Back to normal."""
        self.mode = "pass"
        self._loop.call_soon_threadsafe(self._flowing.set)

    def reset(self) -> None:
        """Cut every connection, and every one that comes."""
        self.mode = "reset"
        self._loop.call_soon_threadsafe(self._cut)

    def _cut(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        self._done = asyncio.Event()
        server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._started.set()
        await self._done.wait()
        server.close()
        self._cut()
        await asyncio.sleep(0.05)
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        if self.mode == "reset":
            writer.transport.abort()
            return
        there_reader, there_writer = await asyncio.open_unix_connection(self.socket_path)
        self._writers.add(there_writer)
        try:
            await asyncio.gather(self._pump(reader, there_writer), self._pump(there_reader, writer))
        finally:
            writer.transport.abort()
            there_writer.transport.abort()

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await source.read(65536):
                await self._flowing.wait()
                sink.write(data)
                await sink.drain()
        sink.transport.abort()


@pytest.fixture
def proxied(postgres_server, postgres_url):
    """A proxy before the server, and the address of the test's database behind it."""
    url = make_url(postgres_url)
    (path,) = Path(str(url.query["host"])).glob(".s.PGSQL.[0-9]*[0-9]")
    with FaultProxy(str(path)) as proxy:
        yield proxy, f"postgresql://postgres@127.0.0.1:{proxy.port}/{url.database}"
