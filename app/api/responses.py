"""Answers as bytes: no model, no second serialisation between a service and the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson
from starlette.responses import Response

from app.api.language import CONTENT_LANGUAGE
from app.api.problems import PROBLEM_JSON, ProblemError, problem_body

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.rules.text import Language

__all__ = ["ByteResponse", "json_answer", "problem_answer"]

JSON: Final = b"application/json"
_VARY: Final = (b"vary", b"accept-language")
_NO_STORE: Final = (b"cache-control", b"no-store")
_UNAVAILABLE: Final = 503
_RETRY: Final = (b"retry-after", b"2")


class ByteResponse(Response):
    """A body and its headers, sent as they are."""

    def __init__(
        self, body: bytes, media_type: bytes, status: int = 200, headers: Sequence[tuple[bytes, bytes]] = ()
    ) -> None:
        self.body = body
        self.status_code = status
        self.background = None
        self.raw_headers = [(b"content-type", media_type), (b"content-length", b"%d" % len(body)), *headers]


def json_answer(body: bytes | dict[str, Any], language: Language, *, store: bool = False) -> ByteResponse:
    """A good answer in the caller's language; ``store``: caches may keep it if they ask again each time."""
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    kept = (b"cache-control", b"no-cache") if store else _NO_STORE
    return ByteResponse(content, JSON, 200, ((b"content-language", CONTENT_LANGUAGE[language]), _VARY, kept))


def problem_answer(problem: ProblemError, language: Language, instance: str, request_id: str) -> ByteResponse:
    """A problem in the caller's language."""
    body = problem_body(problem, language, instance, request_id)
    again = (_RETRY,) if problem.kind.status == _UNAVAILABLE else ()
    headers = ((b"content-language", CONTENT_LANGUAGE[language]), _VARY, _NO_STORE, *again, *problem.headers)
    return ByteResponse(body, PROBLEM_JSON, problem.kind.status, headers)
