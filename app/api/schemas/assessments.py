"""Decision, total and time limits in one answer."""

from __future__ import annotations

from pydantic import Field

from app.api.schemas.common import Model, Moment, Names, words
from app.api.schemas.decisions import CalculationAnswer, DecisionRequest
from app.api.schemas.targets import Deadline, MatchStatus, Range, Target

__all__ = ["AssessmentAnswer", "AssessmentRequest"]


class AssessmentRequest(DecisionRequest):
    """The question of an eligibility decision, and when the clocks of its time limits started."""

    started_at: Moment | None = Field(
        default=None,
        description=words("受理时间；空：不计算到期时间", "when the request was accepted; null: no deadlines"),
    )
    now: Moment | None = Field(default=None, description=words("空：当前时间", "null: the present"))


class TargetWithDeadline(Target):
    """One time limit, and when it runs out."""

    deadline: Deadline | None = Field(description=words("没有受理时间则为空", "null without started_at"))


class ApplicableTargets(Model):
    """The time limits that apply to the facts or still can, in the order of the table."""

    status: MatchStatus
    missing_facts: Names
    ranges: list[Range]
    items: list[TargetWithDeadline]


class AssessmentAnswer(CalculationAnswer):
    """Every selected rule, with the total of the amounts and the time limits that apply."""

    targets: ApplicableTargets
