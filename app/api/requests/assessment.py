"""``POST /v1/assessments``: the question of ``POST /v1/eligibility``, and when the clocks of time limits started."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from app.api.json_reader import read_object
from app.api.requests.deadline import read_moment
from app.api.requests.decision import FIELDS as DECISION_FIELDS
from app.api.requests.decision import Asked, read_question
from app.api.requests.fields import Fields
from app.services.deadlines import DeadlineRequest

if TYPE_CHECKING:
    from datetime import datetime

    from app.rules.errors import Fault
    from app.rules.text import Language
    from app.services.registry import Registry
    from app.settings import Settings

__all__ = ["Assessment", "read_assessment"]

FIELDS: Final = (*DECISION_FIELDS, "started_at", "now")


class Assessment(NamedTuple):
    """The question, the clock (None without a start), and every fault so far."""

    asked: Asked
    clock: DeadlineRequest | None
    faults: list[Fault]


def read_assessment(
    body: bytes, registry: Registry, limits: Settings, present: datetime, language: Language
) -> Assessment:
    """What a request body asks; ``present`` stands where it gives no ``on`` and no ``now``.

    Raises:
        ProblemError: the body is no JSON object; not_ready.
    """
    raw, faults = read_object(body, limits.max_json_depth)
    fields = Fields(raw, faults)
    fields.only(FIELDS)
    asked = read_question(fields, registry, limits, present.date(), language)
    started_at, now = read_moment(fields, "started_at"), read_moment(fields, "now")
    return Assessment(asked, DeadlineRequest(started_at, now or present) if started_at else None, faults)
