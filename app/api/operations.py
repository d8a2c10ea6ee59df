"""What every operation says of itself: id, tag, words in both languages, and each status it can give."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from app.api.schemas.common import Problem, words

if TYPE_CHECKING:
    from pydantic import BaseModel

__all__ = ["TAGS", "Tag", "described", "parameter"]


class Tag(StrEnum):
    """Groups of operations; ASCII, because generators make file names of them."""

    DECISIONS = "Decisions"
    APPROVAL_TARGETS = "ApprovalTargets"
    CATALOGUE = "Catalogue"
    SCREENINGS = "Screenings"
    OPERATIONS = "Operations"


TAGS: Final[list[dict[str, Any]]] = [
    {
        "name": Tag.DECISIONS,
        "x-displayName": "资格与补助测算",
        "description": words("哪些措施适用、金额多少、还缺什么", "Which measures apply, for how much, what is missing"),
    },
    {
        "name": Tag.APPROVAL_TARGETS,
        "x-displayName": "办理时限",
        "description": words("适用哪个时限、何时到期", "Which time limit applies and when it runs out"),
    },
    {
        "name": Tag.CATALOGUE,
        "x-displayName": "政策目录",
        "description": words("措施、规则、事实与指标", "Measures, rules, facts and indicators"),
    },
    {
        "name": Tag.SCREENINGS,
        "x-displayName": "批量筛查",
        "description": words("整份名册逐行判断", "Every row of a registry, decided"),
    },
    {
        "name": Tag.OPERATIONS,
        "x-displayName": "运行状态",
        "description": words("存活、就绪与监控指标", "Alive, ready, and metrics"),
    },
]

_PROBLEM_WORDS: Final = {
    400: words("请求格式或 JSON 有误", "The request or its JSON is malformed"),
    401: words("缺少访问凭证，或凭证无效", "Credentials are missing or not right"),
    403: words("没有这项权限，或应用已停用", "Not allowed, or the application is disabled"),
    404: words("没有这一项", "There is nothing under this id"),
    409: words("当前状态不允许", "Its state does not allow this"),
    413: words("请求内容过大", "The body is too large"),
    414: words("网址过长", "The address is too long"),
    415: words("内容类型应为 JSON", "The content type must be JSON"),
    422: words("填写的内容有误", "Values need correction"),
    429: words("调用过于频繁", "Too many calls"),
    431: words("请求头过大", "The headers are too large"),
    500: words("服务出错", "The service failed"),
    503: words("暂时无法作答", "No answer can be given now"),
}
_ALWAYS: Final = (400, 414, 422, 431, 500, 503)
_BODY: Final = (413, 415)
#: An operation that asks who calls can refuse the caller.
_UNKNOWN, _KNOWN = 401, (403, 429)
_MODEL_REF: Final = "#/components/schemas/"


def described(
    operation_id: str,
    summary: tuple[str, str],
    tag: Tag,
    answer: type[BaseModel],
    *,
    body: type[BaseModel] | None = None,
    example: dict[str, Any] | None = None,
    form: type[BaseModel] | None = None,
    parameters: tuple[dict[str, Any], ...] = (),
    statuses: tuple[int, ...] = (),
) -> dict[str, Any]:
    """The options of a route.

    ``form``: what a form may hold in the body's place; ``statuses``: those it can give beyond the ones that every
    operation can.
    """
    given = sorted({*_ALWAYS, *statuses, *(_KNOWN if _UNKNOWN in statuses else ()), *(_BODY if body else ())})
    extra: dict[str, Any] = {}
    if parameters:
        extra["parameters"] = list(parameters)
    if body is not None:
        content = {"schema": _reference(body), **({"example": example} if example else {})}
        # The form first: of two kinds of content, client generators make the call from the first.
        also = {"multipart/form-data": {"schema": _reference(form)}} if form else {}
        extra["requestBody"] = {"required": True, "content": {**also, "application/json": content}}
    return {
        "operation_id": operation_id,
        "summary": summary[0],
        "description": words(*summary),
        "tags": [tag],
        "response_model": answer,
        "response_description": words("成功", "Success"),
        "responses": {status: {"model": Problem, "description": _PROBLEM_WORDS[status]} for status in given},
        "openapi_extra": extra,
    }


def _reference(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": _MODEL_REF + model.__name__}


def parameter(
    name: str, where: str, description: str, schema: dict[str, Any], example: str | None = None
) -> dict[str, Any]:
    """One documented parameter."""
    found = {"name": name, "in": where, "required": where == "path", "description": description, "schema": schema}
    return {**found, **({"example": example} if example else {})}
