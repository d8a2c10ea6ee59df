"""The HTTP protocol of the server: uvicorn's, with limits on what a connection may send and problems for answers.

The application checks the exact limits of a request that has arrived; here a head that never ends is cut off, a
request that cannot be read is answered as a problem, one that takes too long to arrive loses its connection, and an
offer to speak another protocol is passed over. Give :func:`protocol_for` to uvicorn as ``http=``.
"""

from __future__ import annotations

from secrets import token_hex
from typing import TYPE_CHECKING, ClassVar, Final

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from app.api.admission import ARRIVAL, LINE, WATCHED, Arrival
from app.api.call import HEADER_MAP
from app.api.gate import request_id_of, security_headers
from app.api.language import DEFAULT_LANGUAGE, choose_language
from app.api.problems import ProblemError
from app.api.responses import problem_answer
from app.api.ruoyi.face import is_below_prefix, refusal

if TYPE_CHECKING:
    import asyncio

    from starlette.types import Scope

    from app.api.admission import Line
    from app.rules.text import Language
    from app.settings import Settings

__all__ = ["LimitedProtocol", "protocol_for"]

#: The request line's other parts and the blank line, on top of the two limits.
_SLACK: Final = 1024
#: After a refusal what the caller still sends is thrown away for so long, so that the answer is not lost in a reset.
_LINGER_SECONDS: Final = 2.0
_LINGER_BYTES: Final = 4 * 1024 * 1024
_CLOSE: Final = ((b"connection", b"close"),)
_FRAMING: Final = frozenset({b"content-length", b"transfer-encoding"})


class LimitedProtocol(HttpToolsProtocol):
    """One connection."""

    settings: ClassVar[Settings]

    url = b""
    _head_bytes = 0
    """What has come of a head that is not whole yet."""
    _between = False
    """Whether a request ended within the bytes being parsed."""
    _in_head = False
    _replaying = False
    _receiving_since: float | None = None
    _refused = False
    _thrown_away = 0
    _watch: asyncio.TimerHandle | None = None
    _arrival: Arrival | None = None
    """The place in line of the request that is being parsed."""
    _turned_away = False
    """Whether that request is refused as soon as it is whole."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A caller is there; the first request must arrive in time."""
        super().connection_made(transport)  # type: ignore[arg-type]  # always one that can be written to
        self._receiving_since = self.loop.time()
        self._watch = self.loop.call_later(self.settings.receive_seconds, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        """The caller is gone."""
        if self._watch is not None:
            self._watch.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what came, unless this connection has been refused."""
        if self._refused:
            self._throw_away(data)
            return
        self._unset_keepalive_if_required()
        if self._receiving_since is None and self._is_idle():
            self._receiving_since = self.loop.time()
        self._between = False
        try:
            self._feed(data)
        except httptools.HttpParserError:
            too_long = len(self.url) > self.settings.max_url_bytes
            self._refuse(self._too_long() if too_long else ProblemError("bad_request"))
        else:
            self._check_head(len(data))

    def _feed(self, data: bytes) -> None:
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as offer:
            self._read_on_unchanged(data[offer.args[0] :])

    def _read_on_unchanged(self, rest: bytes) -> None:
        """Pass over an offer to change the protocol: read the body as that of an ordinary request."""
        framing = [b"%b: %b\r\n" % header for header in self.headers if header[0] in _FRAMING]
        self.parser = httptools.HttpRequestParser(self)
        self._replaying = True
        self.parser.feed_data(b"".join([b"POST / HTTP/1.1\r\n", *framing, b"\r\n"]))
        self._replaying = False
        if not framing:
            self.on_message_complete()
        self._feed(rest)

    def _should_upgrade(self) -> bool:
        return False

    def _is_idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete  # type: ignore[redundant-expr]  # None at first

    def _check_head(self, received: int) -> None:
        if not self._in_head:
            return
        limits = self.settings
        self._head_bytes += 0 if self._between else received
        if len(self.url) > limits.max_url_bytes + _SLACK:
            self._refuse(self._too_long())
        elif self._head_bytes > limits.max_url_bytes + limits.max_header_bytes + _SLACK:
            self._refuse(ProblemError("headers_too_large", {"limit": limits.max_header_bytes}))

    def _too_long(self) -> ProblemError:
        return ProblemError("uri_too_long", {"limit": self.settings.max_url_bytes})

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        if self._replaying:
            return
        super().on_message_begin()
        self._in_head, self._head_bytes = True, 0
        self._receiving_since = self.loop.time()

    def on_url(self, url: bytes) -> None:
        """A part of the address."""
        if not self._replaying:
            super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header."""
        if not self._replaying:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head is whole."""
        if self._replaying:
            return
        self._in_head = False
        line: Line | None = self.app_state.get(LINE)
        if line is not None:
            if self._may_be_turned_away() and line.is_closed_to(self.url):
                self._turned_away = True
                return
            self._arrival = None
            if self.url not in WATCHED:
                self._arrival = self.scope[ARRIVAL] = Arrival(line)  # type: ignore[typeddict-unknown-key]  # our own
        super().on_headers_complete()

    def _may_be_turned_away(self) -> bool:
        """Not where the answer has to wait for another one, has no body, or is waited for with the body."""
        unusual = self.expect_100_continue or self.parser.should_upgrade() or self.parser.get_method() == b"HEAD"
        return self._is_idle() and not unusual

    def on_body(self, body: bytes) -> None:
        """A part of the body."""
        if not self._turned_away:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is whole; one that offers another protocol is not, whatever the parser makes of it."""
        if self._replaying or self.parser.should_upgrade():
            return
        self._between, self._in_head, self._receiving_since = True, False, None
        if self._turned_away:
            self._turn_away()
            return
        super().on_message_complete()
        if self._arrival is not None and not self._is_idle() and not self.pipeline:
            self._arrival.whole()
        if self._is_idle():
            self._await_the_next()  # the answer was complete before the request was

    def _await_the_next(self) -> None:
        """As after any answer."""
        if self.timeout_keep_alive_task is None:
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )

    def _turn_away(self) -> None:
        """Answer a call that came while the line is too long, and keep the connection."""
        self._turned_away = False
        scope: Scope = self.scope  # type: ignore[assignment]  # with a key of our own
        line, headers = self.app_state[LINE], dict(self.headers)
        scope[HEADER_MAP] = headers
        request_id = request_id_of(scope, headers)
        language = choose_language(headers.get(b"accept-language"))
        keeps = self.parser.should_keep_alive() and self.parser.get_http_version() != "1.0"
        said = () if keeps else _CLOSE
        self.transport.write(_bytes_of(ProblemError("overloaded"), self.url, language, request_id, said))
        line.tell(scope, self.parser.get_method().decode("ascii"), self.url, request_id)
        if keeps:
            self._await_the_next()
        else:
            self.transport.close()

    def shutdown(self) -> None:
        """The server ends: what has arrived whole is answered, what has not is refused and not waited for."""
        half_sent = self._in_head or (self._receiving_since is not None and not self._is_idle())
        if half_sent and not self._refused and not self.pipeline:
            self._refuse(ProblemError("draining"))
        else:
            super().shutdown()

    def _look(self) -> None:
        """Close the connection of a caller whose request does not arrive; else look again later."""
        limit, since = self.settings.receive_seconds, self._receiving_since
        waited = 0.0 if since is None else self.loop.time() - since
        if waited >= limit:
            self.transport.close()
        else:
            self._watch = self.loop.call_later(limit - waited, self._look)

    def _refuse(self, problem: ProblemError) -> None:
        """Answer as a problem and close, without losing the answer to what the caller is still sending."""
        self._refused = True
        if not self._is_idle():
            if self.cycle.response_started:
                self.transport.close()
                return
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.transport.write(_bytes_of(problem, self.url, DEFAULT_LANGUAGE, token_hex(16), _CLOSE))
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.loop.call_later(_LINGER_SECONDS, self.transport.close)

    def _throw_away(self, data: bytes) -> None:
        self._thrown_away += len(data)
        if self._thrown_away > _LINGER_BYTES:
            self.transport.close()


def _bytes_of(
    problem: ProblemError, url: bytes, language: Language, request_id: str, said: tuple[tuple[bytes, bytes], ...]
) -> bytes:
    """A problem as bytes; ``said``: what it says of the connection."""
    answer = problem_answer(problem, language, "", request_id)
    if is_below_prefix(url.partition(b"?")[0].decode("latin-1")):
        answer = refusal(answer, language)
    headers = (*answer.raw_headers, *security_headers(), (b"x-request-id", request_id.encode()), *said)
    lines = [b"%b: %b\r\n" % header for header in headers]
    return b"".join([STATUS_LINE[answer.status_code], *lines, b"\r\n", bytes(answer.body)])


def protocol_for(settings: Settings) -> type[LimitedProtocol]:
    """The protocol class with these limits, as uvicorn wants it."""
    return type("LimitedProtocol", (LimitedProtocol,), {"settings": settings})
