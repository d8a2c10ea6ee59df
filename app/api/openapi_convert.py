"""OpenAPI 3.1 to 3.0.3: unions with null become ``nullable``, nothing else is lost."""

from __future__ import annotations

from typing import Any, Final

__all__ = ["to_3_0"]

_NULL: Final = {"type": "null"}


def to_3_0(document: dict[str, Any]) -> dict[str, Any]:
    """The document in OpenAPI 3.0.3."""
    found: dict[str, Any] = _convert(document)
    found["openapi"] = "3.0.3"
    return found


def _convert(node: Any) -> Any:
    if isinstance(node, list):
        return [_convert(item) for item in node]
    if not isinstance(node, dict):
        return node
    if isinstance(node.get("properties"), dict):
        converted = {name: _convert(schema) for name, schema in node["properties"].items()}
        rest = {key: value for key, value in node.items() if key != "properties"}
        return {**_schema(rest), "properties": converted}
    return _schema(node)


def _schema(node: dict[str, Any]) -> dict[str, Any]:
    found = {key: value if key in ("example", "enum", "default") else _convert(value) for key, value in node.items()}
    if "examples" in found and isinstance(found["examples"], list):
        found["example"] = found.pop("examples")[0]
    if "const" in found:
        found["enum"] = [found.pop("const")]
    if "$ref" in found and len(found) > 1:
        found["allOf"] = [{"$ref": found.pop("$ref")}]
    variants = found.get("anyOf")
    if isinstance(variants, list) and _NULL in variants:
        return _nullable(found, [variant for variant in variants if variant != _NULL])
    return found


def _nullable(node: dict[str, Any], variants: list[dict[str, Any]]) -> dict[str, Any]:
    outer = {key: value for key, value in node.items() if key != "anyOf"}
    if len(variants) > 1:
        return {**outer, "anyOf": variants, "nullable": True}
    inner = variants[0]
    if "$ref" in inner:
        return {**outer, "allOf": [inner], "nullable": True}
    return {**inner, **outer, "nullable": True}
