"""Query strings: percent-encoded UTF-8, known names only, each at most once. Faults point at ``/query/<name>``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote_to_bytes

from app.api.problems import ProblemError
from app.rules.errors import Fault, excerpt
from app.rules.vocabulary import nearest

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["QUERY", "read_query"]

QUERY: Final = "query"
_BAD_ESCAPE: Final = re.compile(rb"%(?![0-9a-fA-F]{2})")


def read_query(raw: bytes, known: Collection[str]) -> tuple[dict[str, str], list[Fault]]:
    """The parameters by name, and a fault for each name that is unknown or repeated.

    Raises:
        ProblemError: bad_query_encoding.
    """
    values: dict[str, str] = {}
    faults: list[Fault] = []
    for pair in raw.split(b"&") if raw else ():
        if not pair:
            continue
        name, _, value = (_decoded(part) for part in pair.partition(b"="))
        if name not in known:
            faults.append(Fault("unknown_parameter", (QUERY, name), {"value": excerpt(name)}, nearest(name, known)))
        elif name in values:
            faults.append(Fault("duplicate_parameter", (QUERY, name), {"value": name}))
        else:
            values[name] = value
    return values, faults


def _decoded(part: bytes) -> str:
    if _BAD_ESCAPE.search(part):
        raise ProblemError("bad_query_encoding")
    try:
        return unquote_to_bytes(part.replace(b"+", b" ")).decode("utf-8")
    except UnicodeDecodeError as error:
        raise ProblemError("bad_query_encoding") from error
