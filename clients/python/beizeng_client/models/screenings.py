"""Registries screened as jobs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from beizeng_client.models.common import ProblemEntry
from beizeng_client.models.words import CandidateKind, ScreeningState

__all__ = [
    "Candidate",
    "CandidateList",
    "Screening",
    "ScreeningList",
    "ScreeningRows",
    "ScreeningSummary",
    "ScreeningTrouble",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningTrouble:
    """Why a job failed, or which of its rows were set aside."""

    code: str
    detail: str
    errors: tuple[ProblemEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """One job."""

    id: str
    state: ScreeningState
    file_name: str
    policy: Mapping[str, Any]
    """Every row is answered by it."""
    on: date
    rows_total: int | None
    rows_done: int
    rows_per_second: Decimal | None
    rejected: int | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    problem: ScreeningTrouble | None

    @property
    def ended(self) -> bool:
        """Nothing more will happen to it."""
        return self.state not in ("queued", "running")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningList:
    """Jobs, the last one first."""

    items: tuple[Screening, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningSummary:
    """What a screening came to."""

    rows: int
    rejected: int
    on: date
    policy: Mapping[str, Any]
    rules: Mapping[str, Any]
    missing: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One row under one rule of the measure."""

    entity: str
    rule: str
    kind: CandidateKind
    amount: Decimal | None
    missing_facts: tuple[str, ...]
    changes: int | None
    """How many facts would have to change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateList:
    """Candidates, the eligible first."""

    items: tuple[Candidate, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningRows:
    """One page of decisions: `entity`, each rule's status and amount, `total`."""

    items: tuple[Mapping[str, Any], ...]
    next_cursor: str | None
