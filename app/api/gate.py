"""The outermost layer of the application: limits, request id, security headers, metrics, access log, and every failure.

Pure ASGI: nothing is buffered, nothing runs in another task.
"""

from __future__ import annotations

import asyncio
import re
from secrets import token_hex
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from app.api.admission import ARRIVAL
from app.api.body import read_any_body
from app.api.call import FACE, HEADER_MAP
from app.api.language import choose_language
from app.api.negotiation import negotiated
from app.api.problems import ProblemError
from app.api.responses import problem_answer

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from app.api.draining import Drain
    from app.api.watch import Watch
    from app.settings import Settings

__all__ = [
    "REQUEST_ID",
    "SENT_METHOD",
    "UNMATCHED",
    "Gate",
    "label_of",
    "method_not_allowed",
    "request_id_of",
    "security_headers",
]

REQUEST_ID: Final = "beizeng.request_id"
SENT_METHOD: Final = "beizeng.sent_method"

_ID_FORM: Final = re.compile(rb"[A-Za-z0-9._-]{1,64}")
#: Headers that mean nothing when sent twice (RFC 9110, section 5.3).
_SINGLE: Final = frozenset(
    {
        *(b"authorization", b"content-encoding", b"content-length", b"content-type", b"host", b"idempotency-key"),
        *(b"x-api-key", b"x-app-id", b"x-nonce", b"x-signature", b"x-timestamp"),
    }
)
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_LEFT: Final = 499
#: What is answered to the end; readiness is not.
_WHILE_DRAINING: Final = frozenset({"/healthz", "/metrics"})
#: The route of a call for which there is none.
UNMATCHED: Final = "unmatched"
_NOT_FOUND, _NOT_ALLOWED = 404, 405
_SECURITY: Final = (
    (b"content-security-policy", b"default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)

_log = structlog.get_logger("beizeng.gate")


def security_headers() -> tuple[tuple[bytes, bytes], ...]:
    """What every answer carries; a page may bring its own in their place."""
    return _SECURITY


class Gate:
    """Wraps the application; answers every failure as a problem."""

    def __init__(self, app: ASGIApp, settings: Settings, watch: Watch, drain: Drain) -> None:
        self._app, self._settings, self._watch, self._drain = app, settings, watch, drain

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        self._watch.in_flight += 1
        try:
            await self._answer(scope, receive, send)
        finally:
            self._watch.in_flight -= 1
            if ARRIVAL in scope:
                scope[ARRIVAL].begin()

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = perf_counter()
        headers = dict(scope["headers"])
        scope[HEADER_MAP] = headers
        request_id = request_id_of(scope, headers)
        scope[REQUEST_ID] = request_id
        reply = _Reply(send, request_id)
        inner = _as_get(scope)
        try:
            self._check_head(scope, headers)
            if self._drain.under_way and scope["path"] not in _WHILE_DRAINING:
                await self._refuse_to_begin(receive)
            await self._app(inner, receive, reply.send)
        except ClientDisconnect:
            reply.status = _LEFT
        except Exception as error:  # noqa: BLE001  the one outermost handler: nothing may leave without an answer
            await self._answer_failure(error, inner, reply)
        except asyncio.CancelledError:
            if reply.status:
                raise
            await self._answer_failure(ProblemError("draining"), inner, reply)  # the server waits no longer
        self._record(inner, scope["method"], reply, perf_counter() - started)

    def _check_head(self, scope: Scope, headers: Mapping[bytes, bytes]) -> None:
        limits = self._settings
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > limits.max_url_bytes:
            raise ProblemError("uri_too_long", {"limit": limits.max_url_bytes})
        listed = scope["headers"]
        if sum([len(name) + len(value) + 4 for name, value in listed]) > limits.max_header_bytes:
            raise ProblemError("headers_too_large", {"limit": limits.max_header_bytes})
        if len(headers) != len(listed) and any(
            name in _SINGLE and sum(name == other for other, _ in listed) > 1 for name in headers
        ):
            raise ProblemError("bad_request")
        if headers.get(b"transfer-encoding", b"chunked").strip().lower() != b"chunked":
            raise ProblemError("bad_request")

    async def _refuse_to_begin(self, receive: Receive) -> None:
        """Read what the caller sends to its end, so that the refusal is not lost when the connection is closed."""
        await read_any_body(receive, self._settings.max_body_bytes)
        raise ProblemError("draining", headers=((b"connection", b"close"),))

    async def _answer_failure(self, error: Exception, scope: Scope, reply: _Reply) -> None:
        problem = _problem(error)
        if problem is None:
            _log.error("unexpected", request_id=reply.request_id, route=_route(scope), exc_info=error)
            problem = ProblemError("internal_error")
        if reply.status:
            raise error
        language = choose_language(scope[HEADER_MAP].get(b"accept-language"))
        instance = (scope.get("raw_path") or scope["path"].encode()).decode("ascii", "replace")
        answer = await negotiated(problem_answer(problem, language, instance, reply.request_id), scope[HEADER_MAP])
        await answer(scope, _nothing, reply.send)

    def _record(self, scope: Scope, method: str, reply: _Reply, seconds: float) -> None:
        self._watch.record(scope, reply.request_id, label_of(method), _route(scope), reply.status, seconds)


class _Reply:
    """Passes the answer on, with the headers that every answer carries, and remembers its status."""

    __slots__ = ("_send", "request_id", "status")

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self.request_id = request_id
        self.status = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            given: list[Any] = message["headers"]
            named = {name for name, _ in given}
            extra = [header for header in _SECURITY if header[0] not in named]
            message["headers"] = [*given, *extra, (b"x-request-id", self.request_id.encode())]
        await self._send(message)


def request_id_of(scope: Scope, headers: Mapping[bytes, bytes]) -> str:
    """The caller's id when it has the form and stands once, else one of our own."""
    sent = headers.get(b"x-request-id")
    if sent is None or not _ID_FORM.fullmatch(sent):
        return token_hex(16)
    once = sum(name == b"x-request-id" for name, _ in scope["headers"]) == 1
    return sent.decode("ascii") if once else token_hex(16)


def label_of(method: str) -> str:
    """A method as it is counted: there are few, whatever callers send."""
    return method if method in _METHODS else "OTHER"


def _as_get(scope: Scope) -> Scope:
    """HEAD is answered as GET; the server leaves out the body."""
    return {**scope, "method": "GET", SENT_METHOD: "HEAD"} if scope["method"] == "HEAD" else scope


def _problem(error: Exception) -> ProblemError | None:
    if isinstance(error, ProblemError):
        return error
    if not isinstance(error, HTTPException):
        return None
    if error.status_code == _NOT_ALLOWED:
        return method_not_allowed((error.headers or {}).get("Allow", "").replace(",", " ").split())
    return ProblemError("not_found") if error.status_code == _NOT_FOUND else None


def method_not_allowed(methods: Collection[str]) -> ProblemError:
    """The problem that names the methods an address takes; where GET is one, HEAD is too."""
    taken = {*methods, "HEAD"} if "GET" in methods else set(methods)
    allow = ", ".join(sorted(taken))
    return ProblemError("method_not_allowed", {"allow": allow}, headers=[(b"allow", allow.encode())])


def _route(scope: Scope) -> str:
    route = scope.get("route")
    if route is None:
        return UNMATCHED
    path = str(getattr(route, "path", UNMATCHED))
    return scope[FACE].prefix + path if FACE in scope else path


async def _nothing() -> Message:
    return {"type": "http.disconnect"}
