"""The two OpenAPI files, made so that client generators keep working: 3.1, and 3.0.3 without losing a property."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from app.api.fact_schema import facts_schema
from app.api.openapi_convert import to_3_0
from app.api.operations import TAGS
from app.api.routing import BytesRoute
from app.api.schemas.assessments import AssessmentRequest
from app.api.schemas.common import words
from app.api.schemas.decisions import DecisionRequest
from app.api.schemas.receipts import ReplayRequest
from app.api.schemas.screenings import ScreeningForm, ScreeningRequest
from app.api.schemas.targets import DeadlineRequest, TargetMatchRequest
from app.api.security import scope_of

if TYPE_CHECKING:
    from fastapi import FastAPI

    from app.rules.vocabulary import Vocabulary

__all__ = ["openapi_3_0", "openapi_3_1"]

TITLE: Final = "Beizeng"
DESCRIPTION: Final = words(
    "倍增：左权县市场主体倍增实施方案的资格判断、补助测算与办理时限。金额与比率均为十进制文本，未知即 null。",
    "Who is eligible under the county's plan, for how much, and by when an office must answer. Money and rates are "
    "decimal text; what is unknown is null.",
)
_REQUESTS: Final = (
    *(DecisionRequest, AssessmentRequest, TargetMatchRequest, DeadlineRequest),
    *(ReplayRequest, ScreeningRequest, ScreeningForm),
)
_REF: Final = "#/components/schemas/{model}"
_FIRST_ERROR: Final = 400
_REQUEST_ID: Final = {
    "description": words("本次请求的编号", "the id of this request"),
    "schema": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$"},
}
_DECISION_ID: Final = {
    "description": words("本次判断回执的编号", "the id of the receipt of this decision"),
    "schema": {"type": "string", "pattern": "^d-[0-9a-f]{32}$"},
}
_DECISIONS: Final = frozenset(
    {"decideEligibility", "calculateSubsidies", "assess", "matchApprovalTargets", "computeDeadline"}
)


@lru_cache(maxsize=4)
def openapi_3_1(app: FastAPI, vocabulary: Vocabulary) -> dict[str, Any]:
    """The description of every public operation, with all facts of the vocabulary."""
    found = get_openapi(
        title=TITLE,
        version=app.version,
        openapi_version="3.1.0",
        description=DESCRIPTION,
        routes=app.routes,
        tags=TAGS,
        servers=[{"url": "/"}],
    )
    schemas = found.setdefault("components", {}).setdefault("schemas", {})
    _, requests = models_json_schema([(model, "validation") for model in _REQUESTS], ref_template=_REF)
    schemas |= requests["$defs"]
    schemas["Facts"] = facts_schema(vocabulary)
    found["components"]["schemas"] = {name: _tidied(schemas[name]) for name in sorted(schemas)}
    found["components"]["headers"] = {"RequestId": _REQUEST_ID, "DecisionId": _DECISION_ID}
    for route in app.routes:
        if isinstance(route, BytesRoute) and route.include_in_schema:
            for method in route.methods or ():
                _finish(found["paths"][route.path][method.lower()], route)
    return found


@lru_cache(maxsize=4)
def openapi_3_0(app: FastAPI, vocabulary: Vocabulary) -> dict[str, Any]:
    """The same in OpenAPI 3.0.3."""
    return to_3_0(openapi_3_1(app, vocabulary))


def _finish(operation: dict[str, Any], route: BytesRoute) -> None:
    """The scope that is needed, and problems under their own media type."""
    operation["x-required-scope"] = scope_of(route.endpoint).value
    for status, response in operation["responses"].items():
        response["headers"] = {"X-Request-ID": {"$ref": "#/components/headers/RequestId"}}
        if status == "200" and operation["operationId"] in _DECISIONS:
            response["headers"]["X-Decision-ID"] = {"$ref": "#/components/headers/DecisionId"}
        if int(status) >= _FIRST_ERROR:
            response["content"] = {"application/problem+json": response["content"].pop("application/json")}


def _tidied(node: Any) -> Any:
    """The schema without titles that are only the property's name again, and without null as a default.

    A default makes a property that may be left out one that must be given, in what some generators write.
    """
    if isinstance(node, list):
        return [_tidied(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _tidied(value)
        for key, value in node.items()
        if not (key == "title" and isinstance(value, str)) and not (key == "default" and value is None)
    }
