"""Pages of lists: how many items, and from where on. A cursor is opaque to callers and belongs to one list."""

from __future__ import annotations

import base64
import binascii
from typing import Final

import orjson

from app.api.operations import parameter
from app.api.problems import ProblemError
from app.api.requests.query import QUERY
from app.api.schemas.common import words
from app.rules.errors import Fault, excerpt

__all__ = ["CURSOR", "LIMIT", "cursor_of", "place_in", "read_limit"]

_PAGE, _LARGEST_PAGE = 50, 200
_LARGEST_PLACE: Final = 2**62
LIMIT: Final = parameter(
    "limit",
    "query",
    words("每页几项", "items on a page"),
    {"type": "integer", "format": "int64", "minimum": 1, "maximum": _LARGEST_PAGE},
)
CURSOR: Final = parameter(
    "cursor", "query", words("上一页的 next_cursor", "next_cursor of the page before"), {"type": "string"}
)


def read_limit(raw: str | None, faults: list[Fault]) -> int:
    """How many items a page holds; one that is no such number is among the faults."""
    if raw is None:
        return _PAGE
    number = int(raw) if raw.isascii() and raw.isdigit() and len(raw) <= len(str(_LARGEST_PAGE)) else 0
    if not 1 <= number <= _LARGEST_PAGE:
        params = {"value": excerpt(raw), "minimum": 1, "maximum": _LARGEST_PAGE}
        faults.append(Fault("out_of_range", (QUERY, "limit"), params))
    return number


def cursor_of(listed: str, place: int) -> str:
    """The cursor to a place of a list; ``listed`` says which list, filters included."""
    return base64.urlsafe_b64encode(orjson.dumps([listed, place])).decode().rstrip("=")


def place_in(listed: str, cursor: str | None) -> int | None:
    """The place that a cursor names; None without one.

    Raises:
        ProblemError: bad_cursor, also for one of another list.
    """
    if cursor is None:
        return None
    try:
        said, place = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError, binascii.Error) as error:
        raise ProblemError("bad_cursor") from error
    if said != listed or not isinstance(place, int) or isinstance(place, bool) or not 0 <= place < _LARGEST_PLACE:
        raise ProblemError("bad_cursor")
    return place
