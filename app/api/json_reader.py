"""The strict JSON reader at the door: UTF-8 bytes to a tree, or the exact reason why not.

Stricter than the standard library's reader: no repeated keys, no bare NaN or Infinity, no unpaired surrogates, only so
many levels. Numbers stay as written (:class:`~app.rules.reading.Number`), so that no digit is lost and no length hurts.
"""

from __future__ import annotations

import codecs
import json
import re
from typing import Any, Final, NamedTuple, NoReturn

import orjson

from app.api.problems import MAX_ERRORS, ProblemError
from app.rules.errors import Fault, Path
from app.rules.reading import Number, json_type

__all__ = ["MAX_DEPTH", "JsonBody", "read_json", "read_object", "write_object"]

MAX_DEPTH: Final = 32

_WHITESPACE: Final = " \t\r\n"
_STRING: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_NOT_BRACKETS: Final = bytes(byte for byte in range(256) if byte not in b"[]{}")
_KIND_OF_BRACKET: Final = bytes(byte in b"[{" for byte in range(256))
_SURROGATE_ESCAPE: Final = re.compile(r"\\u[dD][89a-fA-F]")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
#: Where the zero bytes of UTF-16 and UTF-32 stand in the first four bytes of ASCII text (RFC 4627, section 3).
_WIDE: Final = frozenset({(0, 1, 0, 1), (1, 0, 1, 0), (0, 0, 0, 1), (1, 0, 0, 0)})


class JsonBody(NamedTuple):
    """A tree, and the text in it that is no text (unpaired surrogates); such text is taken out of the tree."""

    root: Any
    faults: list[Fault]


class _RepeatedKeyError(Exception):
    """A key stands twice in one object."""


def read_object(data: bytes, max_depth: int = MAX_DEPTH) -> tuple[dict[str, Any], list[Fault]]:
    """The object of a request body.

    Raises:
        ProblemError: 400 when it is no strict JSON, 422 when its root is no object.
    """
    root, faults = read_json(data, max_depth)
    if type(root) is not dict:
        raise ProblemError.invalid([Fault("wrong_type", (), {"expected": "object", "actual": json_type(root)})])
    return root, faults


def read_json(data: bytes, max_depth: int = MAX_DEPTH) -> JsonBody:
    """The tree of the bytes.

    Raises:
        ProblemError: empty_body, body_not_utf8, too_deep, malformed_json or duplicate_key.
    """
    text = _decode(data)
    _check_depth(data, max_depth)
    try:
        root = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise ProblemError("malformed_json", {"line": error.lineno, "column": error.colno}) from error
    except _RepeatedKeyError as error:
        raise ProblemError("duplicate_key", {"value": _paired(error.args[0])}) from error
    if _SURROGATE_ESCAPE.search(text) is None:
        return JsonBody(root, [])
    faults: list[Fault] = []
    return JsonBody(_without_surrogates(root, (), faults), faults)


def write_object(raw: dict[str, Any]) -> bytes:
    """A tree that was read here as bytes again, every number as it was written."""
    return orjson.dumps(raw, _as_written, orjson.OPT_PASSTHROUGH_SUBCLASS)


def _as_written(value: Any) -> orjson.Fragment:
    assert isinstance(value, Number)  # noqa: S101 - the reader makes no other type that is not JSON's own
    return orjson.Fragment(str(value))


def _decode(data: bytes) -> str:
    data = data.removeprefix(codecs.BOM_UTF8)
    if b"\0" in data[:4] and tuple(map(bool, data[:4])) in _WIDE:
        raise ProblemError("body_not_utf8")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ProblemError("body_not_utf8") from error
    if not text.strip(_WHITESPACE):
        raise ProblemError("empty_body")
    return text


def _check_depth(data: bytes, limit: int) -> None:
    """Refuse more than ``limit`` levels before anything recurses into them."""
    if data.count(b"[") + data.count(b"{") <= limit:
        return
    depth = 0
    for byte in _STRING.sub(b"", data).translate(_KIND_OF_BRACKET, _NOT_BRACKETS):
        if byte:
            depth += 1
            if depth > limit:
                raise ProblemError("too_deep", {"limit": limit})
        else:
            depth -= 1


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _RepeatedKeyError(_repeated([key for key, _ in pairs]))
    return found


def _repeated(keys: list[str]) -> str:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            return key
        seen.add(key)
    return ""


def _refuse_constant(name: str) -> NoReturn:
    """NaN, Infinity and -Infinity are no JSON (RFC 8259, section 6)."""
    raise json.JSONDecodeError(name, "", 0)


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_unique, parse_int=Number, parse_float=Number, parse_constant=_refuse_constant
)


def _without_surrogates(node: Any, path: Path, faults: list[Fault]) -> Any:
    """The tree with null in place of text that holds unpaired surrogates, and without such keys."""
    if type(node) is str:
        return None if _is_unpaired(node, path, faults) else node
    if type(node) is list:
        return [_without_surrogates(item, (*path, place), faults) for place, item in enumerate(node)]
    if type(node) is not dict:
        return node
    return {
        key: _without_surrogates(value, (*path, key), faults)
        for key, value in node.items()
        if not _is_unpaired(key, (*path, key), faults)
    }


def _is_unpaired(text: str, path: Path, faults: list[Fault]) -> bool:
    found = _SURROGATE.search(text)
    if found:
        faults.append(Fault("text_invalid", path, {"character": f"U+{ord(found[0]):04X}"}))
        if len(faults) >= MAX_ERRORS:
            raise ProblemError.invalid(faults)
    return found is not None


def _paired(text: str) -> str:
    return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)
