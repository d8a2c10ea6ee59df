"""Rules with their versions, and the vocabulary for rule editors."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from app.api.call import Call
from app.api.operations import Tag, described, parameter
from app.api.problems import ProblemError
from app.api.responses import json_answer
from app.api.routing import BytesRoute
from app.api.schemas.catalogue import Rule, RuleVocabulary
from app.api.schemas.common import words
from app.api.security import Scope, needs
from app.rules.business_rules_bridge import rule_data
from app.services.rule_catalogue import rule_item

__all__ = ["router"]

router = APIRouter(route_class=BytesRoute)
_ID = parameter(
    "rule_id", "path", words("规则编号", "id of the rule"), {"type": "string"}, "m38-hnte-certification-award"
)


@router.get(
    "/v1/rules/vocabulary",
    **described(
        "getRuleVocabulary",
        (
            "规则编辑器所需的词汇（business-rules 导出）",
            "The vocabulary for rule editors, as business-rules exports it",
        ),
        Tag.CATALOGUE,
        RuleVocabulary,
        statuses=(401,),
    ),
)
@needs(Scope.READ)
async def get_vocabulary(call: Call) -> Response:
    """Variables, actions and operators."""
    return json_answer(rule_data(call.services.active().policy, call.language), call.language, store=True)


@router.get(
    "/v1/rules/{rule_id}",  # noqa: FAST003  the call carries the path's parameters
    **described(
        "getRule",
        ("查看一条规则及其各版本", "One rule with all its versions"),
        Tag.CATALOGUE,
        Rule,
        parameters=(_ID,),
        statuses=(401, 404),
    ),
)
@needs(Scope.READ)
async def get_rule(call: Call) -> Response:
    """One rule."""
    found = rule_item(call.services.active().policy, call.path_params["rule_id"], call.language)
    if found is None:
        raise ProblemError("not_found")
    return json_answer(found, call.language, store=True)
