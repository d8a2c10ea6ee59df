"""Time limits that offices promised, and the clocks that run on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.responses import Response

from app.api.call import Call
from app.api.examples import CLOCK, MATCH
from app.api.operations import Tag, described, parameter
from app.api.problems import ProblemError
from app.api.receipting import answered
from app.api.responses import json_answer
from app.api.routing import BytesRoute
from app.api.schemas.common import words
from app.api.schemas.targets import Deadline, DeadlineRequest, TargetList, TargetMatch, TargetMatchRequest
from app.api.schemas.targets import Target as TargetModel
from app.api.security import Scope, needs
from app.services.catalogue import target_item, target_list

if TYPE_CHECKING:
    from app.rules.policy import Target

__all__ = ["router"]

router = APIRouter(route_class=BytesRoute)
_ID = parameter("id", "path", words("时限编号", "id of the time limit"), {"type": "string"}, "m47-power-low-voltage")


def _target(call: Call) -> Target:
    wanted = call.path_params["id"]
    found = next((target for target in call.services.active().policy.targets if target.id == wanted), None)
    if found is None:
        raise ProblemError("not_found")
    return found


@router.get(
    "/v1/approval-targets",
    **described(
        "listApprovalTargets",
        ("列出全部办理时限", "List every time limit"),
        Tag.APPROVAL_TARGETS,
        TargetList,
        statuses=(401,),
    ),
)
@needs(Scope.READ)
async def list_targets(call: Call) -> Response:
    """Every time limit."""
    return json_answer(target_list(call.services.active().policy, call.language), call.language, store=True)


@router.post(
    "/v1/approval-targets/match",
    **described(
        "matchApprovalTargets",
        ("判断适用哪个办理时限", "Which time limit applies to a request"),
        Tag.APPROVAL_TARGETS,
        TargetMatch,
        body=TargetMatchRequest,
        example=MATCH,
        statuses=(401,),
    ),
)
@needs(Scope.DECIDE)
async def match(call: Call) -> Response:
    """Which time limit applies."""
    return await answered(call, "match")


@router.get(
    "/v1/approval-targets/{id}",  # noqa: FAST003  the call carries the path's parameters
    **described(
        "getApprovalTarget",
        ("查看一个办理时限", "One time limit"),
        Tag.APPROVAL_TARGETS,
        TargetModel,
        parameters=(_ID,),
        statuses=(401, 404),
    ),
)
@needs(Scope.READ)
async def get_target(call: Call) -> Response:
    """One time limit."""
    return json_answer(
        target_item(call.services.active().policy, _target(call), call.language), call.language, store=True
    )


@router.post(
    "/v1/approval-targets/{id}/deadline",  # noqa: FAST003  as above
    **described(
        "computeDeadline",
        ("计算到期时间与办理状态", "When the time limit runs out, and where the clock stands"),
        Tag.APPROVAL_TARGETS,
        Deadline,
        body=DeadlineRequest,
        example=CLOCK,
        parameters=(_ID,),
        statuses=(401, 404),
    ),
)
@needs(Scope.DECIDE)
async def compute(call: Call) -> Response:
    """When one clock runs out."""
    return await answered(call, "deadline", call.path_params["id"])
