"""The bytes of a request body: the right type, no compression, never more than the limit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.requests import ClientDisconnect

from app.api.problems import ProblemError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import Receive

__all__ = ["read_any_body", "read_body"]

_JSON: Final = b"application/json"
_CHARSETS: Final = frozenset({b"utf-8", b"utf8"})


async def read_body(headers: Mapping[bytes, bytes], receive: Receive, limit: int) -> bytes:
    """The whole body of a JSON request.

    Raises:
        ProblemError: 415 by the headers alone, 413 as soon as the limit is declared or passed.
        ClientDisconnect: the caller left before the end.
    """
    if headers.get(b"content-type") != _JSON:
        _check_type(headers.get(b"content-type", b""))
    if headers.get(b"content-encoding", b"identity").strip().lower() not in (b"identity", b""):
        raise ProblemError("unsupported_encoding")
    declared = headers.get(b"content-length", b"0")
    if declared.isdigit() and int(declared[:20]) > limit:
        raise ProblemError("body_too_large", {"limit": limit})
    message = await receive()
    body: bytes = message.get("body", b"")
    if message["type"] == "http.request" and not message.get("more_body", False) and len(body) <= limit:
        return body
    return await _read_on(message, receive, limit)


async def read_any_body(receive: Receive, limit: int) -> bytes:
    """The body of a request that needs none: nothing hangs on it but the signature over it.

    Raises:
        ProblemError: body_too_large.
        ClientDisconnect: the caller left before the end.
    """
    return await _read_on(await receive(), receive, limit)


async def _read_on(message: Mapping[str, object], receive: Receive, limit: int) -> bytes:
    body = bytearray()
    while True:
        if message["type"] != "http.request":
            raise ClientDisconnect
        part = message.get("body", b"")
        body += part if isinstance(part, bytes) else b""
        if len(body) > limit:
            raise ProblemError("body_too_large", {"limit": limit})
        if not message.get("more_body", False):
            return bytes(body)
        message = await receive()


def _check_type(content_type: bytes) -> None:
    """``application/json``, with no charset but UTF-8 (RFC 8259, section 8.1)."""
    media_type, *parameters = content_type.lower().split(b";")
    if media_type.strip() != _JSON:
        raise ProblemError("unsupported_content_type")
    for parameter in parameters:
        name, _, value = parameter.partition(b"=")
        if name.strip() == b"charset" and value.strip().strip(b"\"'") not in _CHARSETS:
            raise ProblemError("unsupported_content_type")
