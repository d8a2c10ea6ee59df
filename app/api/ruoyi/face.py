"""The face: calls below its prefix go to the native operations, and whatever comes back gets the envelope.

No second implementation: limits, scopes, receipts and the signature (over the path as called) are those of the native
call. Problems that arise before any operation is found, at the gate or in the protocol, get the envelope too. Files are
handed on as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.api.call import FACE, QUERY_AS_CALLED
from app.api.language import choose_language
from app.api.negotiation import negotiated
from app.api.problems import PROBLEM_JSON
from app.api.responses import JSON, ByteResponse
from app.api.ruoyi.envelope import failure, success
from app.api.ruoyi.paging import NO_PAGES, kind_of, read_pages

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from app.api.routing import BytesRoute
    from app.rules.text import Language

__all__ = ["DOCUMENT", "OPERATIONS", "PREFIX", "RuoYi", "RuoYiCall", "is_below_prefix", "refusal"]

PREFIX: Final = "/compat/ruoyi"
#: The description of the face; a file, not an operation.
DOCUMENT: Final = f"{PREFIX}/openapi.json"

#: Where the native operations that it shows are.
OPERATIONS: Final = "/v1/"
_BELOW: Final = f"{PREFIX}/"
_OK, _FIRST_ERROR = 200, 400
#: They would make another answer than 200 with its whole body, or pack what still has to be wrapped.
_NOT_ASKED: Final = frozenset(
    {b"accept-encoding", b"if-none-match", b"if-modified-since", b"if-match", b"if-unmodified-since", b"range"}
)
_REPLACED: Final = frozenset({b"content-type", b"content-length", b"cache-control", b"etag", b"location"})
_NO_STORE: Final = (b"cache-control", b"no-store")


def is_below_prefix(path: str) -> bool:
    """Whether the face answers this path."""
    return path.startswith(PREFIX) and (path == PREFIX or path.startswith(_BELOW)) and path != DOCUMENT


class RuoYi:
    """Stands before the gate; every other call passes untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if not is_below_prefix(scope["path"]):
            await self._app(scope, receive, send)
            return
        call = RuoYiCall(scope, receive, send)
        headers = [header for header in scope["headers"] if header[0] not in _NOT_ASKED]
        await self._app({**scope, "headers": headers, FACE: call}, receive, call.send)


class RuoYiCall:
    """One call: what it asks of a native operation, and the envelope of the answer."""

    prefix = PREFIX

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._headers = dict(scope["headers"])
        self._start: Message | None = None
        self._body = bytearray()
        self._pages = NO_PAGES

    def enter(self, scope: Scope, find: Callable[[str, str], BytesRoute | None]) -> None:
        """Turn the scope into that of the native call; ``find``: the route of a method and a path.

        Raises:
            ProblemError: validation_failed, for a page that cannot be.
        """
        path = scope["path"].removeprefix(PREFIX)
        if not path.startswith(OPERATIONS):
            return
        route = scope["route"] = find(scope["method"], path)
        query, self._pages = read_pages(scope["query_string"], kind_of(route))
        scope[QUERY_AS_CALLED] = scope["query_string"]
        scope["path"], scope["query_string"] = path, query

    async def send(self, message: Message) -> None:
        """Hold what gets an envelope until it is whole, and hand on files as they come."""
        if message["type"] == "http.response.start":
            if _is_file(dict(message["headers"])):
                await self._send({**message, "status": _OK})
            else:
                self._start = message
            return
        if self._start is None:
            await self._send(message)
            return
        self._body += message.get("body", b"")
        if not message.get("more_body", False):
            await self._answer(self._start)

    async def _answer(self, start: Message) -> None:
        language, body = choose_language(self._headers.get(b"accept-language")), bytes(self._body)
        wrapped = failure(body, language) if start["status"] >= _FIRST_ERROR else success(body, language, self._pages)
        answer = await negotiated(_enveloped(wrapped, start["headers"]), self._headers)
        await answer(self._scope, self._receive, self._send)


def refusal(problem: ByteResponse, language: Language) -> ByteResponse:
    """The answer of the face in the place of a problem that no application has seen."""
    return _enveloped(failure(bytes(problem.body), language), problem.raw_headers)


def _enveloped(body: bytes, native: Collection[tuple[bytes, bytes]]) -> ByteResponse:
    """The answer with its envelope; ``native``: the headers of the answer without."""
    headers = [header for header in native if header[0] not in _REPLACED]
    headers += [(name, PREFIX.encode() + value) for name, value in native if name == b"location"]
    return ByteResponse(body, JSON, _OK, [*headers, _NO_STORE])


def _is_file(headers: dict[bytes, bytes]) -> bool:
    media_type = headers.get(b"content-type", JSON)
    return b"content-disposition" in headers or media_type.split(b";")[0] not in (JSON, PROBLEM_JSON)
