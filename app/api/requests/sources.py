"""``sources``: the other offices that a request names, to give the facts that it does not."""

from __future__ import annotations

from typing import Any, Final

import orjson

from app.api.json_reader import read_object, write_object
from app.api.problems import ProblemError

__all__ = ["SOURCES", "names_sources", "with_facts"]

SOURCES: Final = "sources"


def names_sources(content: bytes) -> bool:
    """Whether a body can hold the field, by a look that costs nothing."""
    return b'"sources"' in content or b"\\u" in content


def with_facts(content: bytes, said: bytes, depth: int) -> bytes:
    """The request as if its caller had given what the offices said, and named none; the caller's own facts win.

    Raises:
        ProblemError: the body is no JSON object, or has text in it that is none.
    """
    raw, faults = read_object(content, depth)
    if SOURCES not in raw:
        return content
    if faults:
        raise ProblemError.invalid(faults)
    del raw[SOURCES]
    if said:
        told: list[dict[str, Any]] = orjson.loads(said)["sourced"]
        given = {name: value for name, value in raw["facts"].items() if value is not None}
        raw["facts"] = {**{entry["fact"]: entry["value"] for entry in told}, **given}
    return write_object(raw)
