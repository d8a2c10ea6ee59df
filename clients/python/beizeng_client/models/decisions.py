"""Decisions and calculations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from beizeng_client.models.common import Caveat, PolicyIdentity, Receipted
from beizeng_client.models.sources import TellsSources
from beizeng_client.models.words import AmountStatus, Basis, Certainty, FactType, Kind, Nature, Status, Truth

__all__ = [
    "Amount",
    "CalculationAnswer",
    "Change",
    "Citation",
    "Counts",
    "DecisionAnswer",
    "DerivedFact",
    "FactWarning",
    "NearMiss",
    "NextQuestion",
    "Option",
    "Reason",
    "Result",
    "Step",
    "Total",
    "Validity",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many results have each status."""

    eligible: int
    ineligible: int
    undetermined: int
    not_in_force: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedFact:
    """A fact that follows from others."""

    fact: str
    value: Any
    from_: Mapping[str, Any]
    """The facts it came from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactWarning:
    """Something odd in the facts; it changes no result."""

    code: str
    facts: tuple[str, ...]
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One condition of the rule and how it came out."""

    fact: str
    operator: str
    expected: Any
    actual: Any
    truth: Truth
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One known fact that would have to be different."""

    fact: str
    actual: Any
    operator: str
    expected: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMiss:
    """A smallest set of changes with which the rule is eligible."""

    changes: tuple[Change, ...]
    amount: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of the arithmetic."""

    label: str
    expression: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """What the rule is worth."""

    status: AmountStatus
    value: Decimal | None
    currency: str
    nature: Nature | None
    certainty: Certainty | None
    steps: tuple[Step, ...]
    parameter: str | None
    missing_facts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """The version that answers; `to` is its last day."""

    from_: date
    to: date | None
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """Where the law says so."""

    document: str
    title: str
    clause: str | None
    article: str | None
    quote: str | None
    mark: str | None
    valid_from: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One rule for this asker on this date."""

    rule_id: str
    clause: str
    kind: Kind
    title: str
    subjects: tuple[str, ...]
    status: Status
    missing_facts: tuple[str, ...]
    reasons: tuple[Reason, ...]
    near_miss: tuple[NearMiss, ...]
    amount: Amount
    outcome: str | None
    """What it gives; null with explain none."""
    validity: Validity
    caveats: tuple[Caveat, ...]
    units: tuple[str, ...]
    citations: tuple[Citation, ...]
    interpretations: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One possible answer."""

    value: Any
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NextQuestion:
    """What to ask next: the fact that can settle most."""

    fact: str
    question: str
    type: FactType
    options: tuple[Option, ...] | None
    settles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionAnswer(Receipted, TellsSources):
    """Every selected rule, in the order of the plan."""

    on: date
    policy: PolicyIdentity
    counts: Counts
    derived: tuple[DerivedFact, ...]
    warnings: tuple[FactWarning, ...]
    results: tuple[Result, ...]
    next_question: NextQuestion | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """Money in hand, and what is not in it."""

    value: Decimal
    currency: str
    complete: bool
    excludes: tuple[str, ...]
    separate: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalculationAnswer(DecisionAnswer):
    """Every selected rule with an amount, and their total."""

    total: Total
