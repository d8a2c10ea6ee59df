"""One call that fills a home screen."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from app.api.call import Call
from app.api.examples import ASSESSMENT
from app.api.operations import Tag, described
from app.api.receipting import answered
from app.api.routing import BytesRoute
from app.api.schemas.assessments import AssessmentAnswer, AssessmentRequest
from app.api.security import Scope, needs

__all__ = ["router"]

router = APIRouter(route_class=BytesRoute)


@router.post(
    "/v1/assessments",
    **described(
        "assess",
        (
            "一次取得全部措施、金额、下一问和办理时限",
            "Every measure, the money, the next question and the time limits in one answer",
        ),
        Tag.DECISIONS,
        AssessmentAnswer,
        body=AssessmentRequest,
        example=ASSESSMENT,
        statuses=(401,),
    ),
)
@needs(Scope.DECIDE)
async def assess(call: Call) -> Response:
    """One decision on all selected rules, with its total and its time limits."""
    return await answered(call, "assessment")
