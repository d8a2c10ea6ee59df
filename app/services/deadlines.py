"""By when an office must be done: one target of a policy, one clock, the answer with its working."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from app.deadlines import OfficeHours, Unit, compute_deadline
from app.rules.money import number_text

if TYPE_CHECKING:
    from datetime import datetime

    from app.deadlines import Calendar, Deadline, Pause
    from app.rules.policy import Policy, Target
    from app.rules.text import Language

__all__ = ["DeadlineRequest", "answer_deadline"]


@dataclass(frozen=True, slots=True)
class DeadlineRequest:
    """When the clock started, what stopped it, when the matter was done, and the moment at which it is read."""

    started_at: datetime
    now: datetime
    pauses: tuple[Pause, ...] = ()
    finished_at: datetime | None = None


def answer_deadline(
    policy: Policy, target: Target, request: DeadlineRequest, calendar: Calendar, language: Language
) -> dict[str, Any]:
    """The body of ``POST /v1/approval-targets/{id}/deadline``.

    Raises:
        DeadlineError: the moments cannot be counted.
    """
    found = compute_deadline(
        target.limit,
        Unit(target.unit),
        request.started_at,
        pauses=request.pauses,
        finished_at=request.finished_at,
        now=request.now,
        calendar=calendar,
        office_hours=_office_hours(policy.office_hours),
        plan_start=policy.issued_on,
    )
    return {
        "target": target.id,
        "due_at": _moment(found.due_at),
        "state": found.state,
        "warning": found.warning,
        "calendar": found.calendar,
        "used": number_text(found.used),
        "remaining": number_text(found.remaining),
        "limit": number_text(found.limit),
        "unit": target.unit,
        "caveats": _caveats(policy, found, language),
        "days": [{"date": day.date.isoformat(), "counts": day.counts, "why": day.why} for day in found.days],
    }


@lru_cache(maxsize=16)
def _office_hours(openings: tuple[tuple[str, str], ...]) -> OfficeHours:
    return OfficeHours.parse(openings)


def _moment(moment: datetime | None) -> str | None:
    """``YYYY-MM-DDThh:mm:ss+08:00``, which every client can read."""
    return None if moment is None else moment.isoformat(timespec="seconds")


def _caveats(policy: Policy, found: Deadline, language: Language) -> list[dict[str, str]]:
    words = {policy.before_plan.code: policy.before_plan.text}
    return [{"code": code, "text": words[code].in_(language)} for code in found.caveats]
