"""``POST /v1/approval-targets/match``: the facts of a request for a service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.api.json_reader import read_object
from app.api.problems import ProblemError
from app.api.requests.decision import read_given_facts
from app.api.requests.fields import Fields

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.rules.vocabulary import Value, Vocabulary
    from app.settings import Settings

__all__ = ["read_match"]

FIELDS: Final = ("facts", "known_at")


def read_match(body: bytes, vocabulary: Vocabulary, limits: Settings) -> Mapping[str, Value]:
    """The facts given.

    Raises:
        ProblemError: the body is no JSON object, or holds bad values; all of them are named.
    """
    raw, faults = read_object(body, limits.max_json_depth)
    fields = Fields(raw, faults)
    fields.only(FIELDS)
    given = read_given_facts(fields, vocabulary)
    if faults:
        raise ProblemError.invalid(faults)
    return given
