"""The filters of ``GET /v1/measures``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from app.api.problems import ProblemError
from app.api.requests.decision import EARLIEST, LATEST
from app.api.requests.query import QUERY, read_query
from app.rules.errors import Fault, excerpt
from app.rules.reading import read_date, read_text
from app.rules.vocabulary import nearest
from app.services.catalogue import MeasureFilter

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.rules.policy import Policy

__all__ = ["FILTERS", "read_measure_filter"]

FILTERS: Final = ("clause", "kind", "unit", "q", "on", "subject")
_CLAUSE: Final = re.compile(r"(?:[1-9][0-9]?|[tw][1-9])")


def read_measure_filter(query: bytes, policy: Policy) -> MeasureFilter:
    """The filters given.

    Raises:
        ProblemError: unknown or repeated parameters and bad values; all of them are named.
    """
    values, faults = read_query(query, FILTERS)
    readers: dict[str, Callable[[str], object]] = {
        "clause": lambda raw: _clause(raw, policy),
        "kind": lambda raw: _kind(raw, policy),
        "unit": read_text,
        "q": read_text,
        "on": lambda raw: read_date(raw, EARLIEST, LATEST),
        "subject": lambda raw: _subject(raw, policy),
    }
    read = {name: readers[name](raw) for name, raw in values.items()}
    faults += [value.below(QUERY, name) for name, value in read.items() if isinstance(value, Fault)]
    if faults:
        raise ProblemError.invalid(faults)
    return MeasureFilter(**read)  # type: ignore[arg-type]  # no fault is left: each reader made its field's type


def _clause(raw: str, policy: Policy) -> str | Fault:
    if not _CLAUSE.fullmatch(raw):
        return Fault("wrong_type", (), {"expected": "clause", "actual": "string"})
    return raw if raw in policy.measures_by_clause else Fault("unknown_measure", (), {"value": raw})


def _kind(raw: str, policy: Policy) -> str | Fault:
    kinds = [kind.id for kind in policy.kinds]
    return raw if raw in kinds else Fault("not_in_enum", (), {"value": excerpt(raw), "allowed": kinds})


def _subject(raw: str, policy: Policy) -> str | Fault:
    ids = [subject.id for subject in policy.subjects]
    if raw in ids:
        return raw
    return Fault("unknown_subject", (), {"value": excerpt(raw), "allowed": ids}, nearest(raw, ids))
