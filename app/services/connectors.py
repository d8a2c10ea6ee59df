"""Asking another office over HTTP: within its time, again after a loss, and not at all while it keeps failing."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import httpx
import structlog

from app.services.circuit import Circuit
from app.services.sources import CODE_PLACE, at_pointer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from app.services.sources import Source

__all__ = ["OUTCOMES", "Connectors", "Reply"]

#: How a call to an office can end, as it is counted: a record came, there is none, no answer came, nobody was asked.
FILLED, UNKNOWN, DOWN, CIRCUIT_OPEN = OUTCOMES = ("filled", "unknown", "down", "circuit_open")

#: Larger answers are not read to their end.
MAX_BYTES: Final = 262_144
_WAITS: Final = (0.1, 0.3)
_OK, _NOT_FOUND, _TOO_MANY, _FAILURES = 200, 404, 429, 500
_MOST_CONNECTIONS: Final = 20
_COUNTED_AS: Final = {"ok": FILLED, "not_found": UNKNOWN, "down": DOWN}
_log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Reply:
    """How a call ended: ``ok`` with the document, ``not_found``, or ``down`` with the reason, a code."""

    state: str
    reason: str = ""
    document: Any = None


class _AgainError(Exception):
    """Worth another try."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Connectors:
    """The offices of the file, each with its own connections and circuit; lives as long as the server."""

    def __init__(self, sources: Iterable[Source], read: Callable[[bytes], Any]) -> None:
        """Connect to nobody yet; ``read`` makes a document of bytes and raises ValueError where it cannot."""
        self._connectors = [_Connector(source, read) for source in sources]

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources, in the order of the file."""
        return tuple(connector.source for connector in self._connectors)

    @property
    def outcomes(self) -> dict[tuple[str, str], int]:
        """How many calls ended in which way, by the office's id and the way; every pair is there from the start."""
        return {(one.source.id, way): count for one in self._connectors for way, count in one.outcomes.items()}

    async def ask(self, wanted: Iterable[str], uscc: str, seconds: float) -> dict[str, Reply]:
        """The reply of each office asked, by its id; all at the same time, none after ``seconds``."""
        asked = [connector for connector in self._connectors if connector.source.id in wanted]
        replies = await asyncio.gather(*(connector.ask(uscc, seconds) for connector in asked))
        return {connector.source.id: reply for connector, reply in zip(asked, replies, strict=True)}

    async def close(self) -> None:
        """Let all connections go."""
        for connector in self._connectors:
            await connector.close()


class _Connector:
    def __init__(self, source: Source, read: Callable[[bytes], Any]) -> None:
        self.source, self._read = source, read
        self.outcomes = dict.fromkeys(OUTCOMES, 0)
        self._circuit = Circuit(source.failures, source.pause_seconds)
        trusted = ssl.create_default_context(cafile=source.ca_file) if source.ca_file else True
        headers = {name: value.get_secret_value() for name, value in source.headers.items()}
        self._client = httpx.AsyncClient(
            headers={"Accept": "application/json", **headers, "Accept-Encoding": "identity"},
            timeout=httpx.Timeout(source.seconds, connect=source.connect_seconds),
            limits=httpx.Limits(max_connections=_MOST_CONNECTIONS),
            verify=trusted,
            trust_env=False,
            follow_redirects=False,
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def ask(self, uscc: str, seconds: float) -> Reply:
        """The reply; a failure is one, too."""
        if not self._circuit.lets_pass():
            self.outcomes[CIRCUIT_OPEN] += 1
            return Reply("down", "left_alone")
        try:
            async with asyncio.timeout(min(seconds, self.source.seconds)):
                reply = await self._tries(uscc)
        except TimeoutError:
            reply = Reply("down", "timeout")
        except asyncio.CancelledError:
            self._circuit.failed()
            self.outcomes[DOWN] += 1
            raise
        self._settle(reply)
        return reply

    def _settle(self, reply: Reply) -> None:
        was_open = self._circuit.open
        self.outcomes[_COUNTED_AS[reply.state]] += 1
        if reply.state == "down":
            self._circuit.failed()
            _log.warning("source_down", source=self.source.id, reason=reply.reason)
        else:
            self._circuit.succeeded()
        if self._circuit.open is not was_open:
            _log.warning("source_left_alone" if self._circuit.open else "source_back", source=self.source.id)

    async def _tries(self, uscc: str) -> Reply:
        for wait in _WAITS[: self.source.retries]:
            try:
                return await self._once(uscc)
            except _AgainError:
                await asyncio.sleep(wait)
        try:
            return await self._once(uscc)
        except _AgainError as error:
            return Reply("down", error.reason)

    async def _once(self, uscc: str) -> Reply:
        """One request.

        Raises:
            _AgainError: the connection was lost or never made, or the office said that it has a fault.
        """
        try:
            async with self._client.stream("GET", self.source.address.replace(CODE_PLACE, uscc)) as response:
                return await self._reply(response)
        except httpx.TimeoutException as error:
            raise _AgainError("timeout") from error
        except httpx.TransportError as error:
            raise _AgainError("unreachable") from error

    async def _reply(self, response: httpx.Response) -> Reply:
        status = response.status_code
        if status >= _FAILURES or status == _TOO_MANY:
            raise _AgainError("failing")
        if status == _NOT_FOUND:
            return Reply("not_found")
        if status != _OK:
            return Reply("down", "redirected" if response.is_redirect else "refused")
        if response.headers.get("content-encoding", "identity") != "identity":
            return Reply("down", "unreadable")
        content = bytearray()
        async for part in response.aiter_raw():
            content += part
            if len(content) > MAX_BYTES:
                return Reply("down", "too_large")
        return self._document(bytes(content))

    def _document(self, content: bytes) -> Reply:
        try:
            document = self._read(content)
        except ValueError:
            return Reply("down", "unreadable")
        if self.source.found is not None and at_pointer(document, self.source.found) is None:
            return Reply("not_found")
        return Reply("ok", document=document)
