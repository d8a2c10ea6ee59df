"""The owner's page at ``/`` and its files: nothing from another host, nothing kept about a visitor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fastapi import APIRouter
from starlette.responses import Response

from app.api.problems import ProblemError
from app.api.responses import ASK_AGAIN, ByteResponse
from app.api.routing import BytesRoute, reads_query
from app.api.security import Scope, needs
from app.web.assets import ASSETS, PAGE, read_asset

if TYPE_CHECKING:
    from pathlib import Path

    from app.api.call import Call

__all__ = ["PAGE_FRAMES", "PAGE_POLICY", "file_answer", "router"]

router = APIRouter(route_class=BytesRoute, include_in_schema=False)

_VARY: Final = (b"vary", b"accept-encoding")
PAGE_POLICY: Final = (
    b"content-security-policy",
    b"default-src 'self'; object-src 'none'; frame-ancestors 'self'; base-uri 'none'; form-action 'self'",
)
#: The same as ``frame-ancestors``, for browsers that know only this.
PAGE_FRAMES: Final = (b"x-frame-options", b"SAMEORIGIN")


@router.get("/", response_class=Response)
@needs(Scope.PUBLIC)
@reads_query
async def get_page(_call: Call) -> Response:
    """The page. What a messenger or a portal adds to the address is let pass and never read."""
    return file_answer(ASSETS[PAGE])


@router.get("/assets/{name}", response_class=Response)  # noqa: FAST003  the call carries the path's parameters
@needs(Scope.PUBLIC)
async def get_asset(call: Call) -> Response:
    """One script, style sheet or picture."""
    name = call.path_params["name"]
    if name == PAGE:
        raise ProblemError("not_found")
    return file_answer(ASSETS.get(name))


def file_answer(path: Path | None) -> Response:
    """A file of a page, or that there is none."""
    if path is None:
        raise ProblemError("not_found")
    found = read_asset(path)
    headers = (ASK_AGAIN, _VARY, PAGE_POLICY, PAGE_FRAMES)
    return ByteResponse(found.plain, found.media_type, 200, headers, tag=found.tag, packed=found.packed)
