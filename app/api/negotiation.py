"""In which form an answer leaves: nothing where the caller holds it already, packed where it takes gzip.

Unpacked, the bytes are the same. Packing gives no secret away (BREACH): an answer holds no token and no cookie, and
nobody can have an answer about another's facts made with text of his own in it.
"""

from __future__ import annotations

import asyncio
import re
import zlib
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from app.api.responses import ByteResponse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

__all__ = ["SMALLEST", "accepts_gzip", "negotiated"]

#: Smaller answers fit one packet as they are.
SMALLEST: Final = 1024
_LEVEL: Final = 5
_GZIP: Final = 31
#: Larger answers take milliseconds to pack; meanwhile others are answered.
_TAKES_LONG: Final = 32_768
_NOT_MODIFIED: Final = 304
_PACKED_TAG: Final = b'-gzip"'
_ENCODING: Final = (b"content-encoding", b"gzip")
_OF_THE_BODY: Final = frozenset({b"content-type", b"content-length", b"content-encoding"})
_TEXT: Final = re.compile(rb"(?:text/|application/(?:problem\+)?json)")
_NO_WEIGHT: Final = re.compile(rb"q=0(?:\.0{0,3})?")


async def negotiated(response: Response, headers: Mapping[bytes, bytes]) -> Response:
    """The answer in the form that the request's headers ask for; files are sent as they are."""
    if not isinstance(response, ByteResponse):
        return response
    packs = b"accept-encoding" in headers and _packs(response) and accepts_gzip(headers[b"accept-encoding"])
    if response.tag is not None:
        tag = response.tag[:-1] + _PACKED_TAG if packs else response.tag
        response.raw_headers.append((b"etag", tag))
        if _holds(headers.get(b"if-none-match", b""), tag):
            return _unchanged(response)
    return await _packed(response) if packs else response


def _packs(response: ByteResponse) -> bool:
    if response.packed is not None:
        return True
    (_, media_type), *_ = response.raw_headers
    return len(response.body) >= SMALLEST and _TEXT.match(media_type) is not None


async def _packed(response: ByteResponse) -> ByteResponse:
    body, packed = bytes(response.body), response.packed
    if packed is None and len(body) > _TAKES_LONG:
        packed = await asyncio.to_thread(_pack, body)
    response.body = packed or _pack(body)
    length = (b"content-length", b"%d" % len(response.body))
    others = [header for header in response.raw_headers if header[0] != b"content-length"]
    response.raw_headers = [*others, length, _ENCODING]
    return response


def _pack(body: bytes) -> bytes:
    return zlib.compress(body, _LEVEL, _GZIP)


def _unchanged(response: ByteResponse) -> ByteResponse:
    """The same headers, without those that describe a body (RFC 9110, section 15.4.5)."""
    response.status_code, response.body = _NOT_MODIFIED, b""
    response.raw_headers = [header for header in response.raw_headers if header[0] not in _OF_THE_BODY]
    return response


def _holds(if_none_match: bytes, tag: bytes) -> bool:
    """Whether the caller holds this content already (RFC 9110, section 13.1.2: weak comparison)."""
    held = [one.strip().removeprefix(b"W/") for one in if_none_match.split(b",")]
    return tag in held or held == [b"*"]


@lru_cache(maxsize=256)
def accepts_gzip(accept_encoding: bytes) -> bool:
    """Whether the caller takes gzip (RFC 9110, section 12.5.3): named, or by a star, with a weight above zero."""
    weights: dict[bytes, bool] = {}
    for item in accept_encoding.lower().split(b","):
        name, _, parameter = (part.strip() for part in item.partition(b";"))
        weights[name] = not _NO_WEIGHT.fullmatch(parameter.replace(b" ", b""))
    return weights.get(b"gzip", weights.get(b"x-gzip", weights.get(b"*", False)))
