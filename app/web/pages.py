"""The owner's page at ``/`` and its files: nothing from another host, nothing kept about a visitor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fastapi import APIRouter
from starlette.responses import Response

from app.api.call import header_map
from app.api.problems import ProblemError
from app.api.responses import ByteResponse
from app.api.routing import BytesRoute, reads_query
from app.api.security import Scope, needs
from app.web.assets import PAGE, Asset, asset, matches

if TYPE_CHECKING:
    from app.api.call import Call

__all__ = ["router"]

router = APIRouter(route_class=BytesRoute, include_in_schema=False)

#: Asked again each time, answered with 304 while nothing has changed: a new release is seen at once.
_ASK_AGAIN: Final = (b"cache-control", b"no-cache")
_VARY: Final = (b"vary", b"accept-encoding")
_POLICY: Final = (
    b"content-security-policy",
    b"default-src 'self'; object-src 'none'; frame-ancestors 'self'; base-uri 'none'; form-action 'self'",
)
_NOT_MODIFIED: Final = 304


@router.get("/", response_class=Response)
@needs(Scope.PUBLIC)
@reads_query
async def get_page(call: Call) -> Response:
    """The page. What a messenger or a portal adds to the address is let pass and never read."""
    return _answer(call, PAGE)


@router.get("/assets/{name}", response_class=Response)  # noqa: FAST003  the call carries the path's parameters
@needs(Scope.PUBLIC)
async def get_asset(call: Call) -> Response:
    """One script, style sheet or picture."""
    name = call.path_params["name"]
    if name == PAGE:
        raise ProblemError("not_found")
    return _answer(call, name)


def _answer(call: Call, name: str) -> Response:
    found = asset(name)
    if found is None:
        raise ProblemError("not_found")
    headers = header_map(call.scope)
    if matches(headers.get(b"if-none-match", b""), found.tag):
        return _unchanged(found)
    packed = b"gzip" in headers.get(b"accept-encoding", b"")
    encoding = ((b"content-encoding", b"gzip"),) if packed else ()
    body = found.packed if packed else found.plain
    return ByteResponse(body, found.media_type, 200, (*_headers(found), *encoding))


def _unchanged(found: Asset) -> Response:
    response = ByteResponse(b"", found.media_type, _NOT_MODIFIED, ())
    response.raw_headers = list(_headers(found))
    return response


def _headers(found: Asset) -> tuple[tuple[bytes, bytes], ...]:
    return (_ASK_AGAIN, _VARY, (b"etag", found.tag), _POLICY)
