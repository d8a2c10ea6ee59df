"""The closed lists of codes in answers and requests. A newer service may answer one that is not here yet."""

from __future__ import annotations

from typing import Literal

__all__ = [
    "AmountStatus",
    "Basis",
    "CalendarState",
    "CandidateKind",
    "Certainty",
    "Channel",
    "ClockState",
    "ClockWarning",
    "DayReason",
    "Explain",
    "FactType",
    "Kind",
    "MatchStatus",
    "Nature",
    "Operation",
    "PauseReason",
    "Readiness",
    "ReceiptKeeping",
    "ScreeningState",
    "SourceState",
    "SourceTrouble",
    "Status",
    "TimeUnit",
    "Truth",
]

AmountStatus = Literal["computed", "not_published", "undetermined", "not_applicable"]
Basis = Literal["stated", "national", "open_ended"]
CalendarState = Literal["official", "provisional"]
CandidateKind = Literal["eligible", "nearly", "near_miss"]
Certainty = Literal["stated", "interpretation"]
Channel = Literal["no_application", "fast_application", "regular"]
ClockState = Literal["running", "paused", "overdue", "met", "met_late"]
ClockWarning = Literal["green", "yellow", "red"]
DayReason = Literal[
    "start_day", "working_day", "made_up_working_day", "calendar_day", "weekend", "holiday", "paused", "outside_hours"
]
Explain = Literal["none", "summary", "full"]
FactType = Literal["bool", "int", "money", "rate", "number", "date", "text", "enum", "set", "code"]
Kind = Literal["benefit", "financing", "procedure", "service", "target", "indicator", "duty"]
MatchStatus = Literal["matched", "undetermined", "none"]
Nature = Literal["grant", "tax_saved", "deduction", "ceiling"]
Operation = Literal["eligibility", "calculation", "assessment", "match", "deadline"]
PauseReason = Literal[
    "applicant_correction", "expert_review", "hearing", "inspection", "testing", "public_notice", "force_majeure"
]
Readiness = Literal["ready", "not_ready"]
ReceiptKeeping = Literal["required", "off"]
SourceState = Literal["ok", "not_found", "bad_value", "down", "not_asked"]
SourceTrouble = Literal[
    "timeout", "unreachable", "failing", "refused", "redirected", "too_large", "unreadable", "left_alone"
]
ScreeningState = Literal["queued", "running", "done", "done_with_rejects", "failed", "cancelled"]
Status = Literal["eligible", "ineligible", "undetermined", "not_in_force"]
TimeUnit = Literal["working_day", "hour", "calendar_day", "on_the_spot"]
Truth = Literal["true", "false", "unknown"]
