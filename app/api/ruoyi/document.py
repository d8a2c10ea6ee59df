"""The OpenAPI file of the face: the native operations below the prefix, each answer in its envelope."""

from __future__ import annotations

from typing import Any, Final

from app.api.ruoyi.envelope import CODE_OF_SUCCESS
from app.api.ruoyi.face import OPERATIONS, PREFIX
from app.api.ruoyi.paging import PAGE_NUMBER, PAGE_SIZE, Kind
from app.api.schemas.common import words

__all__ = ["ruoyi_document"]

_FAILURE: Final = "RuoYiFailure"
_CODE: Final = {"type": "integer", "format": "int32"}
_MESSAGE: Final = {"type": "string", "description": words("适合提示条的短句", "a short sentence for a toast")}
_DESCRIPTION: Final = words(
    "倍增的若依风格接口：与 /v1 相同的操作，HTTP 状态一律 200，成败看 code，说明看 msg。",
    "The operations of /v1 for callers of the RuoYi family: the HTTP status is always 200, code tells the outcome.",
)
_MODEL: Final = "#/components/schemas/"


def ruoyi_document(native: dict[str, Any], kinds: dict[str, Kind]) -> dict[str, Any]:
    """The file, from the native one (OpenAPI 3.1) and how each operation answers, by its id."""
    components = native["components"]
    paths = {
        PREFIX + path: {
            method: _operation(found, kinds[found["operationId"]], components["schemas"])
            for method, found in operations.items()
        }
        for path, operations in native["paths"].items()
        if path.startswith(OPERATIONS)
    }
    schemas = {**components["schemas"], _FAILURE: _failure()}
    return {
        **native,
        "info": {**native["info"], "title": f"{native['info']['title']} (RuoYi)", "description": _DESCRIPTION},
        "tags": [tag for tag in native["tags"] if _is_used(tag, paths)],
        "paths": paths,
        "components": {**components, "schemas": dict(sorted(schemas.items()))},
    }


def _is_used(tag: dict[str, Any], paths: dict[str, Any]) -> bool:
    return any(tag["name"] in operation["tags"] for operations in paths.values() for operation in operations.values())


def _operation(native: dict[str, Any], kind: Kind, models: dict[str, Any]) -> dict[str, Any]:
    good = next(answer for status, answer in native["responses"].items() if status.startswith("2"))
    content = dict(good["content"])
    schema = content.pop("application/json")["schema"]
    failed = {"$ref": _MODEL + _FAILURE}
    content["application/json"] = {"schema": {"oneOf": [_success(schema, kind, models), failed]}}
    parameters = _parameters(native.get("parameters", []), kind)
    return {
        **native,
        **({"parameters": parameters} if parameters else {}),
        "responses": {"200": {**good, "content": content}},
    }


def _parameters(native: list[dict[str, Any]], kind: Kind) -> list[dict[str, Any]]:
    if kind is Kind.WHOLE:
        return [*native, PAGE_NUMBER, PAGE_SIZE]
    if kind is Kind.BY_CURSOR:
        return [PAGE_SIZE if one["name"] == "limit" else one for one in native]
    return native


def _success(schema: dict[str, Any], kind: Kind, models: dict[str, Any]) -> dict[str, Any]:
    """What holds a good answer; the members of a list other than its items stand beside ``rows``."""
    inner = {"data": schema}
    if kind is not Kind.ONE:
        listed = dict(models[schema["$ref"].removeprefix(_MODEL)]["properties"])
        inner = {"rows": listed.pop("items"), "total": {"type": "null"}, **listed}
    members = {"code": {**_CODE, "const": CODE_OF_SUCCESS}, "msg": _MESSAGE, **inner}
    return {"type": "object", "required": list(members), "properties": members}


def _failure() -> dict[str, Any]:
    members = {"code": {**_CODE, "minimum": 400, "maximum": 599}, "msg": _MESSAGE, "data": {"$ref": f"{_MODEL}Problem"}}
    return {
        "type": "object",
        "description": words("失败：code 是原来的 HTTP 状态", "A failure; code is the native HTTP status"),
        "required": list(members),
        "properties": members,
    }
