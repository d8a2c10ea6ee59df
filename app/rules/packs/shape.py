"""The outer shape of a document: known keys, words in both languages, dates and figures, before any meaning is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from app.rules.errors import Fault, PackError, excerpt
from app.rules.packs import raw
from app.rules.reading import json_type
from app.rules.vocabulary import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["read_document", "shape_fault"]

#: What was expected where a value of another JSON type stands.
_EXPECTED = {
    "string_type": "string",
    "model_type": "object",
    "model_attributes_type": "object",
    "dict_type": "object",
    "tuple_type": "array",
    "int_type": "integer",
    "int_parsing": "integer",
    "int_from_float": "integer",
}

#: The kinds that ``raw.py`` raises itself carry the code and fields of the fault.
_OURS = frozenset(
    {
        "date_format",
        "date_invalid",
        "empty_list",
        "not_in_enum",
        "out_of_range",
        "text_empty",
        "text_invalid",
        "wrong_type",
    }
)

_CODES = {"missing": "missing_field", "extra_forbidden": "unknown_field"}

_KEYS = frozenset(
    info.alias or name
    for model in vars(raw).values()
    if isinstance(model, type) and issubclass(model, BaseModel)
    for name, info in model.model_fields.items()
)


def read_document(document: Mapping[str, Any]) -> raw.RawDocument:
    """The typed document.

    Raises:
        PackError: with one fault for each key, type, date, figure or text that cannot be.
    """
    try:
        return raw.RawDocument.model_validate(document)
    except ValidationError as error:
        raise PackError([shape_fault(item) for item in error.errors(include_url=False)]) from error


def shape_fault(item: Any) -> Fault:
    """One of Pydantic's errors as a fault of ours."""
    kind, path = item["type"], tuple(item["loc"])
    given, context = item.get("input"), item.get("ctx", {})
    if kind in _EXPECTED:
        return Fault("wrong_type", path, {"expected": _EXPECTED[kind], "actual": json_type(given)})
    if kind == "literal_error":
        allowed = [item.strip("' ") for item in context["expected"].replace(" or ", ", ").split(",")]
        return Fault("not_in_enum", path, {"value": excerpt(given), "allowed": allowed})
    if kind == "string_too_long":
        return Fault("text_too_long", path, {"limit": context["max_length"], "length": len(given)})
    if kind == "string_pattern_mismatch":
        return Fault("pattern", path, {"value": excerpt(given), "pattern": context["pattern"]})
    if kind in _CODES:
        key = str(path[-1]) if path else ""
        known = nearest(key, _KEYS) if kind == "extra_forbidden" else ()
        return Fault(_CODES[kind], path, {"value": excerpt(key)}, known)
    if kind in _OURS:
        return Fault(kind, path, dict(context))
    return Fault("pack_field", path, {"value": excerpt(given), "message": item["msg"]})
