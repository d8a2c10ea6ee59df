"""Measures, rules, facts and indicators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from beizeng_client.models.common import BothLanguages
from beizeng_client.models.decisions import Citation
from beizeng_client.models.targets import Target
from beizeng_client.models.words import Basis, Certainty, Channel, FactType, Kind, Nature

__all__ = [
    "AmountTerms",
    "Bracket",
    "Cadence",
    "Fact",
    "FactList",
    "FigureToReach",
    "Formula",
    "FormulaCase",
    "FormulaPart",
    "Indicator",
    "IndicatorList",
    "Measure",
    "MeasureChannel",
    "MeasureList",
    "Member",
    "Rule",
    "RuleCaveat",
    "RuleVersion",
    "RuleVocabulary",
    "Schedule",
    "UnitAlias",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitAlias:
    """The name of a responsible unit since it was renamed or merged."""

    unit: str
    alias: str
    from_: date
    mark: str | None
    """How well it is attested."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cadence:
    """A recurring or fixed date of the plan."""

    rule_id: str | None
    what: str
    cadence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureChannel:
    """How a measure is come by, as far as the plan says. The offices' own lists govern."""

    code: Channel
    label: str
    quote: str | None
    """The plan's words; none for the regular way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One clause of the plan."""

    clause: str
    group: str
    title: str
    text: str
    """What it says, in our words."""
    units: tuple[str, ...]
    """Responsible units, word for word."""
    kinds: tuple[Kind, ...]
    statements: int
    rules: tuple[str, ...]
    unit_aliases: tuple[UnitAlias, ...]
    """Later names of its units, the plan's own stay as they were."""
    cadences: tuple[Cadence, ...]
    """Recurring or fixed dates."""
    channel: MeasureChannel


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureList:
    """Measures, in the order of the plan."""

    items: tuple[Measure, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One allowed value."""

    value: str
    label: str
    labels: BothLanguages


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One fact of the vocabulary."""

    id: str
    section: str
    type: FactType
    label: str
    question: str
    labels: BothLanguages
    questions: BothLanguages
    members: tuple[Member, ...]
    unit: str | None
    minimum: Decimal | None
    maximum: Decimal | None
    code: str | None
    owner: str
    owners: BothLanguages
    actionable: bool
    personal: str
    derived: bool
    note: str | None
    notes: BothLanguages | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FactList:
    """Every fact, in the order in which facts stand in answers."""

    items: tuple[Fact, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureToReach:
    """A figure that must be reached by a day."""

    value: Decimal
    comparison: str
    unit: str
    by: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """A figure that the county or a bank must reach."""

    rule_id: str
    clause: str
    title: str
    outcome: str
    subjects: tuple[str, ...]
    figures: tuple[FigureToReach, ...]
    decidable: bool
    """Whether it can be decided for an asker."""
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorList:
    """Indicators, in the order of the plan."""

    items: tuple[Indicator, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCaveat:
    """A caveat and the day from which it hangs over results (null: always)."""

    code: str
    text: str
    from_: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountTerms:
    """The nature of an amount and how certain its reading is."""

    nature: Nature
    certainty: Certainty


@dataclass(frozen=True, slots=True, kw_only=True)
class FormulaCase:
    """A formula and the condition under which it holds (null: in every other case)."""

    when: Mapping[str, Any] | None
    formula: str | None
    cases: tuple[FormulaCase, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormulaPart:
    """A named part of a formula."""

    name: str
    label: str
    cases: tuple[FormulaCase, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bracket:
    """One bracket of a progressive schedule, up to and including `up_to`."""

    up_to: Decimal | None
    rate: Decimal
    quick: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A progressive schedule: income × rate − quick deduction of its bracket."""

    name: str
    brackets: tuple[Bracket, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """How an amount is computed, and what it reads."""

    formula: str
    parts: tuple[FormulaPart, ...]
    schedules: tuple[Schedule, ...]
    facts: tuple[str, ...]
    parameters: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleVersion:
    """One dated version; `to` is its last day."""

    from_: date
    to: date | None
    basis: Basis
    outcome: str
    conditions: Mapping[str, Any] | None
    """Conditions in business-rules' own JSON."""
    amount: Formula | None
    caveats: tuple[RuleCaveat, ...]
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule with all its versions."""

    rule_id: str
    clause: str
    kind: Kind
    kinds: tuple[Kind, ...]
    subjects: tuple[str, ...]
    title: str
    outcome: str
    decidable: bool
    units: tuple[str, ...]
    cadence: str | None
    deliverable: str | None
    figures: tuple[FigureToReach, ...]
    interpretations: tuple[str, ...]
    caveats: tuple[RuleCaveat, ...]
    amount: AmountTerms | None
    national: str | None
    target: Target | None
    versions: tuple[RuleVersion, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleVocabulary:
    """The export of business-rules: variables, actions and the operators of each variable type."""

    variables: tuple[Mapping[str, Any], ...]
    actions: tuple[Mapping[str, Any], ...]
    variable_type_operators: Mapping[str, Any]
