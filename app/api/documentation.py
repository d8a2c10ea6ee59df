"""The OpenAPI files and two pages that show them, with every asset from here: no request leaves for another host."""

from __future__ import annotations

import gzip
from functools import cache
from pathlib import Path
from typing import Any, Final

import orjson
from fastapi import APIRouter
from starlette.responses import Response

from app.api.call import Call
from app.api.openapi import openapi_3_0, openapi_3_1
from app.api.problems import ProblemError
from app.api.responses import ASK_AGAIN, JSON, ByteResponse, entity_tag
from app.api.routing import BytesRoute
from app.api.ruoyi.document import ruoyi_document
from app.api.ruoyi.face import DOCUMENT
from app.api.ruoyi.paging import kind_of
from app.api.security import Scope, needs

__all__ = ["router"]

router = APIRouter(route_class=BytesRoute, include_in_schema=False)

_STATIC: Final = Path(__file__).parent / "static"
_SCRIPT, _STYLE = b"text/javascript; charset=utf-8", b"text/css; charset=utf-8"
_ASSETS: Final = {
    "swagger-ui-bundle.js": _SCRIPT,
    "swagger-ui.css": _STYLE,
    "redoc.standalone.js": _SCRIPT,
    "docs.js": _SCRIPT,
    "redoc.js": _SCRIPT,
}
_CACHED: Final = (b"cache-control", b"public, max-age=86400")
_VARY: Final = (b"vary", b"accept-encoding")
#: The pages draw icons from data addresses and set styles from their scripts; everything else is our own.
_PAGE_SOURCES: Final = b"default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
_PAGE_POLICY: Final = (
    b"content-security-policy",
    _PAGE_SOURCES + b"frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
)
_PAGE: Final = """<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
{head}</head>
<body>
<div id="page"></div>
<script src="/docs/assets/{library}"></script>
<script src="/docs/assets/{start}"></script>
</body>
</html>
"""
_STYLESHEET: Final = '<link rel="stylesheet" href="/docs/assets/swagger-ui.css">\n'


@router.get("/openapi.json")
@needs(Scope.PUBLIC)
async def get_openapi(call: Call) -> Response:
    """OpenAPI 3.1."""
    return _file(openapi_3_1(call.app, call.services.active().policy.vocabulary))


@router.get("/openapi-3.0.json")
@needs(Scope.PUBLIC)
async def get_openapi_3_0(call: Call) -> Response:
    """OpenAPI 3.0.3, for generators that do not read 3.1."""
    return _file(openapi_3_0(call.app, call.services.active().policy.vocabulary))


@router.get(DOCUMENT)
@needs(Scope.PUBLIC)
async def get_ruoyi_openapi(call: Call) -> Response:
    """OpenAPI 3.1 of the face for the RuoYi family."""
    native = openapi_3_1(call.app, call.services.active().policy.vocabulary)
    kinds = {route.operation_id or "": kind_of(route) for route in call.app.routes if isinstance(route, BytesRoute)}
    return _file(ruoyi_document(native, kinds))


@router.get("/docs")
@needs(Scope.PUBLIC)
async def get_docs(_call: Call) -> Response:
    """The page to try operations on."""
    return _page("倍增接口文档 / Beizeng API", _STYLESHEET, "swagger-ui-bundle.js", "docs.js")


@router.get("/redoc")
@needs(Scope.PUBLIC)
async def get_redoc(_call: Call) -> Response:
    """The page to read."""
    return _page("倍增接口手册 / Beizeng API reference", "", "redoc.standalone.js", "redoc.js")


@router.get("/docs/assets/{name}")  # noqa: FAST003  the call carries the path's parameters
@needs(Scope.PUBLIC)
async def get_asset(call: Call) -> Response:
    """One script or style sheet."""
    name = call.path_params["name"]
    if name not in _ASSETS:
        raise ProblemError("not_found")
    plain, packed = _asset(name)
    return ByteResponse(plain, _ASSETS[name], 200, (_CACHED, _VARY), packed=packed)


def _page(title: str, head: str, library: str, start: str) -> ByteResponse:
    body = _PAGE.format(title=title, head=head, library=library, start=start).encode()
    return ByteResponse(body, b"text/html; charset=utf-8", 200, (ASK_AGAIN, _VARY, _PAGE_POLICY))


def _file(document: dict[str, Any]) -> ByteResponse:
    body = orjson.dumps(document)
    return ByteResponse(body, JSON, 200, (ASK_AGAIN, _VARY), tag=entity_tag(body))


@cache
def _asset(name: str) -> tuple[bytes, bytes]:
    """The file, and the same in gzip."""
    compressed = _STATIC / f"{name}.gz"
    if compressed.is_file():
        packed = compressed.read_bytes()
        return gzip.decompress(packed), packed
    plain = (_STATIC / name).read_bytes()
    return plain, gzip.compress(plain, mtime=0)
