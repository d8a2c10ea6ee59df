"""The vocabulary of facts, and the figures to reach."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from app.api.call import Call
from app.api.operations import Tag, described
from app.api.responses import json_answer
from app.api.routing import BytesRoute
from app.api.schemas.catalogue import FactList, IndicatorList
from app.api.security import Scope, needs
from app.services.catalogue import fact_list, indicator_list

__all__ = ["router"]

router = APIRouter(route_class=BytesRoute)


@router.get(
    "/v1/facts",
    **described(
        "listFacts",
        ("列出可填写的全部事实", "List every fact that can be given"),
        Tag.CATALOGUE,
        FactList,
        statuses=(401,),
    ),
)
@needs(Scope.READ)
async def list_facts(call: Call) -> Response:
    """Every fact with its type, bounds and words."""
    return json_answer(fact_list(call.services.active().policy.vocabulary, call.language), call.language, store=True)


@router.get(
    "/v1/indicators",
    **described(
        "listIndicators",
        ("列出须达到的指标", "List the figures to reach"),
        Tag.CATALOGUE,
        IndicatorList,
        statuses=(401,),
    ),
)
@needs(Scope.READ)
async def list_indicators(call: Call) -> Response:
    """Figures that the county or a bank must reach."""
    return json_answer(indicator_list(call.services.active().policy, call.language), call.language, store=True)
