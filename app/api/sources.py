"""The other offices that may be asked for facts."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from app.api.call import Call
from app.api.operations import Tag, described
from app.api.responses import json_answer
from app.api.routing import BytesRoute
from app.api.schemas.sources import SourceList
from app.api.security import Scope, needs
from app.api.sourcing import permitted_sources
from app.services.sourcing import source_list

__all__ = ["router"]

router = APIRouter(route_class=BytesRoute)


@router.get(
    "/v1/sources",
    **described(
        "listSources",
        ("列出可以询问的其他部门", "List the other offices that may be asked for facts"),
        Tag.CATALOGUE,
        SourceList,
        statuses=(401,),
    ),
)
@needs(Scope.READ)
async def list_sources(call: Call) -> Response:
    """The offices that the calling application may have asked, and the facts that each of them knows."""
    return json_answer(source_list(permitted_sources(call).values(), call.language), call.language, store=True)
