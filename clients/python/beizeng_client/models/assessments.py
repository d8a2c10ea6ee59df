"""Everything that a home screen shows."""

from __future__ import annotations

from dataclasses import dataclass

from beizeng_client.models.decisions import CalculationAnswer
from beizeng_client.models.targets import Deadline, Range, Target
from beizeng_client.models.words import MatchStatus

__all__ = ["ApplicableTargets", "AssessmentAnswer", "TargetWithDeadline"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetWithDeadline(Target):
    """One time limit, and when it runs out."""

    deadline: Deadline | None
    """`None` without `started_at`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicableTargets:
    """The time limits that apply to the facts or still can, in the order of the table."""

    status: MatchStatus
    missing_facts: tuple[str, ...]
    ranges: tuple[Range, ...]
    items: tuple[TargetWithDeadline, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentAnswer(CalculationAnswer):
    """Every selected rule, with the total of the amounts and the time limits that apply."""

    targets: ApplicableTargets
