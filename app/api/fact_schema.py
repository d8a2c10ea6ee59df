"""The schema of the ``facts`` object: every fact of the vocabulary as an optional, nullable property."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.api.schemas.common import words
from app.rules.codes import CODE_FORMS
from app.rules.reading import MAX_SET_ITEMS, MAX_TEXT
from app.rules.vocabulary import NUMERIC, FactType

if TYPE_CHECKING:
    from app.rules.vocabulary import Fact, Vocabulary

__all__ = ["facts_schema"]


def facts_schema(vocabulary: Vocabulary) -> dict[str, Any]:
    """All facts in public order; what is absent or null is unknown."""
    return {
        "type": "object",
        "description": words(
            "全部事实，均可省略；省略或 null 即未知", "All facts, each optional; absent or null is unknown"
        ),
        "properties": {fact.id: _property(fact) for fact in vocabulary.facts},
        "additionalProperties": False,
    }


def _property(fact: Fact) -> dict[str, Any]:
    found: dict[str, Any] = {"anyOf": [_value(fact), {"type": "null"}]}
    found["description"] = words(fact.label.zh, fact.label.en)
    if fact.unit:
        found["x-unit"] = fact.unit
    return found


def _value(fact: Fact) -> dict[str, Any]:
    if fact.type in NUMERIC and fact.type is not FactType.INT:
        return {"type": "string", "format": "decimal", "pattern": _pattern(fact)}
    match fact.type:
        case FactType.BOOL:
            return {"type": "boolean"}
        case FactType.INT:
            return {"type": "integer", "format": "int64", **_bounds(fact)}
        case FactType.ENUM:
            return _members(fact)
        case FactType.SET:
            return {"type": "array", "maxItems": MAX_SET_ITEMS, "items": _members(fact)}
        case FactType.DATE:
            return {"type": "string", "format": "date"}
        case FactType.CODE:
            return {"type": "string", "pattern": f"^{CODE_FORMS[fact.code or ''].pattern.pattern}$"}
        case _:
            return {"type": "string", "minLength": 1, "maxLength": MAX_TEXT}


def _members(fact: Fact) -> dict[str, Any]:
    return {
        "type": "string",
        "enum": [member.value for member in fact.members],
        "x-enum-descriptions": [words(member.label.zh, member.label.en) for member in fact.members],
    }


def _bounds(fact: Fact) -> dict[str, int]:
    bounds = {"minimum": fact.minimum, "maximum": fact.maximum}
    return {name: int(value) for name, value in bounds.items() if value is not None}


def _pattern(fact: Fact) -> str:
    """Plain decimals with as many digits as the fact may have; its exact bounds stand in ``GET /v1/facts``."""
    sign = "-?" if fact.minimum is None or fact.minimum < 0 else ""
    digits = len(str(int(fact.maximum or 0))) - 1
    whole = "0" if digits == 0 else f"0|[1-9][0-9]{{0,{digits - 1}}}"
    return rf"^{sign}({whole})(\.[0-9]{{1,{fact.decimals}}})?$"
