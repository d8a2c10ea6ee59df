"""Measures, rules, facts and indicators."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, WithJsonSchema

from app.api.schemas.common import AnyValue, Count, Day, Figure, Model, Names, enum_schema, words
from app.api.schemas.decisions import Basis, Certainty, Citation, FactType, Kind, Nature
from app.api.schemas.targets import Target
from app.services.catalogue import CHANNELS

__all__ = ["FactList", "IndicatorList", "Measure", "MeasureList", "Rule", "RuleVocabulary"]


class UnitAlias(Model):
    """The name of a responsible unit since it was renamed or merged."""

    unit: str
    alias: str
    start: Day = Field(alias="from")
    mark: str | None = Field(description=words("核实程度", "how well it is attested"))


class Cadence(Model):
    """A recurring or fixed date of the plan."""

    rule_id: str | None
    what: str
    cadence: str


class MeasureChannel(Model):
    """How a measure is come by, as far as the plan says. The offices' own lists govern."""

    code: Annotated[str, WithJsonSchema(enum_schema({str(code): label for code, label in CHANNELS.items()}))]
    label: str
    quote: str | None = Field(description=words("方案的原话；常规没有", "the plan's words; none for the regular way"))


class Measure(Model):
    """One clause of the plan."""

    clause: str
    group: str
    title: str
    text: str = Field(description=words("内容概要", "what it says, in our words"))
    units: Names = Field(description=words("责任单位，照录原文", "responsible units, word for word"))
    kinds: list[Kind]
    statements: Count
    rules: Names
    unit_aliases: list[UnitAlias] = Field(
        description=words("责任单位后来的名称", "later names of its units, the plan's own stay as they were")
    )
    cadences: list[Cadence] = Field(description=words("周期或固定日期", "recurring or fixed dates"))
    channel: MeasureChannel


class MeasureList(Model):
    """Measures, in the order of the plan."""

    items: list[Measure]
    total: Count


class FigureToReach(Model):
    """A figure that must be reached by a day."""

    value: Figure
    comparison: str
    unit: str
    by: Day | None


class Indicator(Model):
    """A figure that the county or a bank must reach."""

    rule_id: str
    clause: str
    title: str
    outcome: str
    subjects: Names
    figures: list[FigureToReach]
    decidable: bool = Field(description=words("可否对具体主体判断", "whether it can be decided for an asker"))
    units: Names


class IndicatorList(Model):
    """Indicators, in the order of the plan."""

    items: list[Indicator]
    total: Count


class RuleCaveat(Model):
    """A caveat and the day from which it hangs over results (null: always)."""

    code: str
    text: str
    start: Day | None = Field(alias="from")


class AmountTerms(Model):
    """The nature of an amount and how certain its reading is."""

    nature: Nature
    certainty: Certainty


class FormulaCase(Model):
    """A formula and the condition under which it holds (null: in every other case)."""

    when: Annotated[dict[str, Any] | None, WithJsonSchema({"anyOf": [{"type": "object"}, {"type": "null"}]})]
    formula: str | None
    cases: list[FormulaCase]


class FormulaPart(Model):
    """A named part of a formula."""

    name: str
    label: str
    cases: list[FormulaCase]


class Bracket(Model):
    """One bracket of a progressive schedule, up to and including ``up_to``."""

    up_to: Figure | None
    rate: Figure
    quick: Figure


class Schedule(Model):
    """A progressive schedule: income × rate − quick deduction of its bracket."""

    name: str
    brackets: list[Bracket]


class Formula(Model):
    """How an amount is computed, and what it reads."""

    formula: str
    parts: list[FormulaPart]
    schedules: list[Schedule]
    facts: Names
    parameters: Names


class RuleVersion(Model):
    """One dated version; ``to`` is its last day."""

    start: Day = Field(alias="from")
    to: Day | None
    basis: Basis
    outcome: str
    conditions: Annotated[dict[str, Any] | None, WithJsonSchema({"anyOf": [{"type": "object"}, {"type": "null"}]})] = (
        Field(description=words("business-rules 格式的条件", "conditions in business-rules' own JSON"))
    )
    amount: Formula | None
    caveats: list[RuleCaveat]
    citations: list[Citation]


class Rule(Model):
    """One rule with all its versions."""

    rule_id: str
    clause: str
    kind: Kind
    kinds: list[Kind]
    subjects: Names
    title: str
    outcome: str
    decidable: bool
    units: Names
    cadence: str | None
    deliverable: str | None
    figures: list[FigureToReach]
    interpretations: Names
    caveats: list[RuleCaveat]
    amount: AmountTerms | None
    national: str | None
    target: Target | None
    versions: list[RuleVersion]


class BothLanguages(Model):
    """The same words in Chinese and English."""

    zh: str
    en: str


class Member(Model):
    """One allowed value."""

    value: str
    label: str
    labels: BothLanguages


class Fact(Model):
    """One fact of the vocabulary."""

    id: str
    section: str
    type: FactType
    label: str
    question: str
    labels: BothLanguages
    questions: BothLanguages
    members: list[Member]
    unit: str | None
    minimum: Figure | None
    maximum: Figure | None
    code: str | None
    owner: str
    owners: BothLanguages
    actionable: bool
    personal: str
    derived: bool
    note: str | None
    notes: BothLanguages | None


class FactList(Model):
    """Every fact, in the order in which facts stand in answers."""

    items: list[Fact]
    total: Count


class RuleVocabulary(Model):
    """The export of business-rules: variables, actions and the operators of each variable type."""

    variables: list[dict[str, Any]]
    actions: list[dict[str, Any]]
    variable_type_operators: dict[str, AnyValue]
