"""Answers as bytes: no model, no second serialisation between a service and the wire."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

import orjson
from starlette.responses import Response

from app.api.language import CONTENT_LANGUAGE
from app.api.problems import PROBLEM_JSON, ProblemError, problem_body

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.rules.text import Language

__all__ = ["ASK_AGAIN", "JSON", "VARY", "ByteResponse", "entity_tag", "json_answer", "problem_answer"]

JSON: Final = b"application/json"
VARY: Final = (b"vary", b"accept-language, accept-encoding")
#: Caches may keep it and ask again each time: a published version, figure or notice is seen at once.
ASK_AGAIN: Final = (b"cache-control", b"no-cache")
_NO_STORE: Final = (b"cache-control", b"no-store")
_UNAVAILABLE: Final = 503
_RETRY: Final = (b"retry-after", b"2")


class ByteResponse(Response):
    """A body and its headers, sent as they are.

    ``tag``: the entity tag of the body, where a caller may hold it; ``packed``: the body in gzip, where it is at hand.
    """

    def __init__(
        self,
        body: bytes,
        media_type: bytes,
        status: int = 200,
        headers: Sequence[tuple[bytes, bytes]] = (),
        *,
        tag: bytes | None = None,
        packed: bytes | None = None,
    ) -> None:
        self.body = body
        self.tag, self.packed = tag, packed
        self.status_code = status
        self.background = None
        self.raw_headers = [(b"content-type", media_type), (b"content-length", b"%d" % len(body)), *headers]


def entity_tag(body: bytes) -> bytes:
    """The strong entity tag of a content, in quotes (RFC 9110, section 8.8.3)."""
    return b'"%b"' % sha256(body).hexdigest()[:32].encode()


def json_answer(body: bytes | dict[str, Any], language: Language, *, store: bool = False) -> ByteResponse:
    """A good answer in the caller's language; ``store``: callers may hold it and ask whether it has changed."""
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    headers = ((b"content-language", CONTENT_LANGUAGE[language]), VARY, ASK_AGAIN if store else _NO_STORE)
    return ByteResponse(content, JSON, 200, headers, tag=entity_tag(content) if store else None)


def problem_answer(problem: ProblemError, language: Language, instance: str, request_id: str) -> ByteResponse:
    """A problem in the caller's language."""
    body = problem_body(problem, language, instance, request_id)
    again = (_RETRY,) if problem.kind.status == _UNAVAILABLE else ()
    headers = ((b"content-language", CONTENT_LANGUAGE[language]), VARY, _NO_STORE, *again, *problem.headers)
    return ByteResponse(body, PROBLEM_JSON, problem.kind.status, headers)
