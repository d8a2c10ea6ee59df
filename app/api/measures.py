"""The plan, clause by clause."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from app.api.call import Call
from app.api.operations import Tag, described, parameter
from app.api.problems import ProblemError
from app.api.requests.measures import read_measure_filter
from app.api.responses import json_answer
from app.api.routing import BytesRoute, reads_query
from app.api.schemas.catalogue import Measure, MeasureList
from app.api.schemas.common import enum_schema, words
from app.api.schemas.decisions import KINDS
from app.api.security import Scope, needs
from app.services.catalogue import measure_item, measure_list

__all__ = ["router"]

router = APIRouter(route_class=BytesRoute)
_CLAUSE = {"type": "string", "pattern": "^([1-9]|[1-4][0-9]|5[0-6]|t[1-3]|w[1-5])$"}
_FILTERS = (
    parameter("clause", "query", words("条款编号，如 38、t1、w1", "clause: 38, t1, w1"), _CLAUSE, "38"),
    parameter("kind", "query", words("类别", "kind"), enum_schema(KINDS)),
    parameter(
        "unit", "query", words("责任单位全称", "responsible unit, its full name"), {"type": "string"}, "县税务局"
    ),
    parameter(
        "q", "query", words("关键词，空格分隔，须全部出现", "words that must all occur"), {"type": "string"}, "贷款"
    ),
    parameter(
        "on", "query", words("该日有规则生效", "with a rule in force on the day"), {"type": "string", "format": "date"}
    ),
    parameter(
        "subject", "query", words("涉及的对象", "the subject of one of its rules"), {"type": "string"}, "enterprise"
    ),
)


@router.get(
    "/v1/measures",
    **described(
        "listMeasures",
        ("列出措施、目标与工作要求", "List measures, goals and work requirements"),
        Tag.CATALOGUE,
        MeasureList,
        parameters=_FILTERS,
        statuses=(401,),
    ),
)
@needs(Scope.READ)
@reads_query
async def list_measures(call: Call) -> Response:
    """Every entry that passes all filters."""
    policy = call.services.active().policy
    narrowed = read_measure_filter(call.scope["query_string"], policy)
    return json_answer(measure_list(policy, narrowed, call.language), call.language, store=True)


@router.get(
    "/v1/measures/{clause}",  # noqa: FAST003  the call carries the path's parameters
    **described(
        "getMeasure",
        ("查看一条措施", "One measure"),
        Tag.CATALOGUE,
        Measure,
        parameters=(parameter("clause", "path", words("条款编号", "clause"), {"type": "string"}, "38"),),
        statuses=(401, 404),
    ),
)
@needs(Scope.READ)
async def get_measure(call: Call) -> Response:
    """One entry."""
    policy = call.services.active().policy
    found = policy.measures_by_clause.get(call.path_params["clause"])
    if found is None:
        raise ProblemError("not_found")
    return json_answer(measure_item(policy, found, call.language), call.language, store=True)
