"""How much money."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from app.api.call import Call
from app.api.examples import CALCULATION
from app.api.operations import Tag, described
from app.api.receipting import answered
from app.api.routing import BytesRoute
from app.api.schemas.decisions import CalculationAnswer, DecisionRequest
from app.api.security import Scope, needs

__all__ = ["router"]

router = APIRouter(route_class=BytesRoute)


@router.post(
    "/v1/subsidies/calculations",
    **described(
        "calculateSubsidies",
        ("测算补助、减免与抵扣金额", "Compute grants, tax saved and deductions"),
        Tag.DECISIONS,
        CalculationAnswer,
        body=DecisionRequest,
        example=CALCULATION,
        statuses=(401,),
    ),
)
@needs(Scope.DECIDE)
async def calculate_subsidies(call: Call) -> Response:
    """One decision on the selected rules that have an amount, with their total."""
    return await answered(call, "calculation")
