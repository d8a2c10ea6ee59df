"""Who is eligible for what."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from app.api.call import Call
from app.api.examples import ELIGIBILITY
from app.api.operations import Tag, described
from app.api.receipting import answered
from app.api.routing import BytesRoute
from app.api.schemas.decisions import DecisionAnswer, DecisionRequest
from app.api.security import Scope, needs

__all__ = ["router"]

router = APIRouter(route_class=BytesRoute)


@router.post(
    "/v1/eligibility",
    **described(
        "decideEligibility",
        ("逐条判断各项措施是否适用", "Decide each measure for one asker"),
        Tag.DECISIONS,
        DecisionAnswer,
        body=DecisionRequest,
        example=ELIGIBILITY,
        statuses=(401,),
    ),
)
@needs(Scope.DECIDE)
async def decide_eligibility(call: Call) -> Response:
    """One decision on all selected rules."""
    return await answered(call, "eligibility")
