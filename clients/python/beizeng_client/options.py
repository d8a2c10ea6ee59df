"""What can be said with a call beside its facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypedDict

from beizeng_client.models.words import Explain, Kind, PauseReason

__all__ = [
    "AssessmentOptions",
    "ClockOptions",
    "DecisionOptions",
    "MatchOptions",
    "MeasureFilter",
    "Pause",
    "ReceiptFilter",
    "ScreeningOptions",
]


class DecisionOptions(TypedDict, total=False):
    """What narrows a decision, and how it is told; left out or `None` does not narrow."""

    on: date | str | None
    known_at: datetime | date | str | None
    rules: Sequence[str] | None
    measures: Sequence[int] | None
    subjects: Sequence[str] | None
    skip: Sequence[str] | None
    explain: Explain | None
    policy: str | None
    sources: Sequence[str] | None


class AssessmentOptions(DecisionOptions, total=False):
    """The same, and when the clocks of its time limits started; `now` left out is the present."""

    started_at: datetime | None
    now: datetime | None


class ScreeningOptions(TypedDict, total=False):
    """What is asked of every row of a registry."""

    on: date | str | None
    rules: Sequence[str] | None
    measures: Sequence[int] | None
    subjects: Sequence[str] | None
    policy: str | None
    next_question: bool | None
    allow_float: bool | None


class MatchOptions(TypedDict, total=False):
    """How time limits are found."""

    known_at: datetime | date | str | None
    sources: Sequence[str] | None


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch in which a clock stands, up to, not including, `end`; `None`: it has not ended."""

    start: datetime
    end: datetime | None
    reason: PauseReason


class ClockOptions(TypedDict, total=False):
    """What happens to a clock after its start; `now` left out is the present."""

    pauses: Sequence[Pause] | None
    finished_at: datetime | None
    now: datetime | None
    known_at: datetime | date | str | None


class ReceiptFilter(TypedDict, total=False):
    """Which receipts; all that are given must hold."""

    from_: date | str | None
    to: date | str | None
    policy: str | None
    application: str | None


class MeasureFilter(TypedDict, total=False):
    """Which measures; all that are given must hold."""

    clause: str | None
    kind: Kind | None
    unit: str | None
    q: str | None
    on: date | str | None
    subject: str | None
