"""``pageNum`` and ``pageSize`` on the lists of native operations.

Lists that are answered whole are cut here. Lists that go on with a cursor take ``pageSize`` for their ``limit`` and
have no page but the first: counting rows up to a page number would cost more with each page.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from app.api.operations import parameter
from app.api.problems import ProblemError
from app.api.requests.query import QUERY
from app.api.schemas.common import words
from app.rules.errors import Fault, excerpt

if TYPE_CHECKING:
    from app.api.routing import BytesRoute

__all__ = ["NO_PAGES", "PAGE_NUMBER", "PAGE_SIZE", "Kind", "Pages", "kind_of", "read_pages"]

_NUMBER, _SIZE = "pageNum", "pageSize"
_LARGEST_NUMBER, _LARGEST_SIZE, _USUAL_SIZE = 1_000_000, 200, 10
_PARAMETERS: Final = {f"{name}=".encode(): name for name in (_NUMBER, _SIZE)}


def _documented(name: str, zh: str, en: str, largest: int) -> dict[str, Any]:
    schema = {"type": "integer", "format": "int64", "minimum": 1, "maximum": largest}
    return parameter(name, "query", words(zh, en), schema)


PAGE_NUMBER: Final = _documented(_NUMBER, "第几页，默认 1", "which page; 1", _LARGEST_NUMBER)
PAGE_SIZE: Final = _documented(
    _SIZE, "每页几项；两个参数都不给则全部返回", "rows on a page; all of them without both", _LARGEST_SIZE
)


class Kind(Enum):
    """How an operation answers: one thing, a whole list, or a list that goes on with a cursor."""

    ONE = "one"
    WHOLE = "whole"
    BY_CURSOR = "by_cursor"


@dataclass(frozen=True, slots=True)
class Pages:
    """The rows wanted of an answer; without a ``size``, all that it has."""

    kind: Kind
    number: int = 1
    size: int | None = None

    @property
    def are_of_a_list(self) -> bool:
        """Whether the answer has rows at all."""
        return self.kind is not Kind.ONE

    def cut(self, rows: list[Any]) -> list[Any]:
        """The rows of the page."""
        if self.kind is not Kind.WHOLE or self.size is None:
            return rows
        return rows[(self.number - 1) * self.size : self.number * self.size]


NO_PAGES: Final = Pages(Kind.ONE)


def kind_of(route: BytesRoute | None) -> Kind:
    """How the operation of a route answers, by the model of its answer."""
    fields = getattr(getattr(route, "response_model", None), "model_fields", {})
    if "items" not in fields:
        return Kind.ONE
    return Kind.BY_CURSOR if "next_cursor" in fields else Kind.WHOLE


def read_pages(query: bytes, kind: Kind) -> tuple[bytes, Pages]:
    """The native query of a call, and the page it asks for.

    Raises:
        ProblemError: validation_failed.
    """
    if kind is Kind.ONE:
        return query, NO_PAGES
    values: dict[str, str] = {}
    faults, others = [], []
    for pair in query.split(b"&"):
        name = _PARAMETERS.get(pair[: pair.find(b"=") + 1])
        if name is None:
            others.append(pair)
        elif name in values:
            faults.append(Fault("duplicate_parameter", (QUERY, name), {"value": name}))
        else:
            values[name] = pair.partition(b"=")[2].decode("latin-1")
    largest = 1 if kind is Kind.BY_CURSOR else _LARGEST_NUMBER
    number = _read(values, _NUMBER, largest, faults)
    size = _read(values, _SIZE, _LARGEST_SIZE, faults)
    if faults:
        raise ProblemError.invalid(faults)
    if kind is Kind.BY_CURSOR:
        limit = [] if size is None else [b"limit=%d" % size]
        return b"&".join(filter(None, [*others, *limit])), Pages(kind)
    if size is None and number is not None:
        size = _USUAL_SIZE
    return b"&".join(filter(None, others)), Pages(kind, number or 1, size)


def _read(values: dict[str, str], name: str, largest: int, faults: list[Fault]) -> int | None:
    raw = values.get(name)
    if raw is None:
        return None
    found = int(raw) if raw.isascii() and raw.isdigit() and len(raw) <= len(str(_LARGEST_NUMBER)) else 0
    if not 1 <= found <= largest:
        params = {"value": excerpt(raw), "minimum": 1, "maximum": largest}
        faults.append(Fault("out_of_range", (QUERY, name), params))
    return found
