"""A policy: measures, rules with dated versions, parameters, targets; and which version is in force on a date.

Intervals are half-open ``[valid_from, valid_to)``; the public ``to`` is the last day in force.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from decimal import Decimal

    from app.rules.amounts import Expression
    from app.rules.conditions import Condition
    from app.rules.text import Text
    from app.rules.vocabulary import Vocabulary

__all__ = [
    "AmountTerms",
    "Cadence",
    "Caveat",
    "Channel",
    "Indicator",
    "Labelled",
    "Measure",
    "Parameter",
    "ParameterValue",
    "Policy",
    "Rule",
    "Source",
    "Target",
    "UnitAlias",
    "Version",
]


@dataclass(frozen=True, slots=True)
class Labelled:
    """An id with its words (subjects, kinds)."""

    id: str
    label: Text


@dataclass(frozen=True, slots=True)
class Source:
    """Where the law says so: document, place in it, and the decisive words."""

    document: str
    title: Text
    clause: str | None = None
    article: str | None = None
    quote: str | None = None
    mark: str | None = None


@dataclass(frozen=True, slots=True)
class Caveat:
    """What hangs over a result from a date on (``start`` None: always). It never changes a status.

    ``when`` and ``unless`` limit it to eligible results on which the first is true and the second is not.
    """

    code: str
    text: Text
    start: date | None = None
    when: Condition | None = None
    unless: Condition | None = None

    def hangs(self, on: date) -> bool:
        """Whether it applies on that date."""
        return self.start is None or on >= self.start


@dataclass(frozen=True, slots=True)
class Version:
    """One dated version of a rule. ``valid_to`` is the first day out of force, None while open-ended."""

    valid_from: date
    valid_to: date | None
    basis: str
    sources: tuple[Source, ...]
    outcome: Text
    condition: Condition | None = None
    amount: Expression | None = None
    caveats: tuple[Caveat, ...] = ()

    @property
    def last_day(self) -> date | None:
        """The last day in force, None while open-ended."""
        return None if self.valid_to is None else self.valid_to - timedelta(days=1)

    def covers(self, on: date) -> bool:
        """Whether it is in force on that date."""
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)

    def distance(self, on: date) -> int:
        """Days between the date and the version; 0 when in force."""
        if on < self.valid_from:
            return (self.valid_from - on).days
        return 0 if self.valid_to is None or on < self.valid_to else (on - self.valid_to).days + 1


@dataclass(frozen=True, slots=True)
class AmountTerms:
    """The nature of a rule's amount and how certain its reading is."""

    nature: str
    certainty: str


@dataclass(frozen=True, slots=True)
class Indicator:
    """A figure that the county must reach by a date."""

    value: str
    comparison: str
    unit: str
    by: date | None


@dataclass(frozen=True)
class Rule:
    """One rule of a clause. Rules without a condition are catalogue entries (targets, duties, county indicators)."""

    id: str
    clause: str
    kinds: tuple[str, ...]
    subjects: tuple[str, ...]
    title: Text
    outcome: Text
    interpretations: tuple[Text, ...]
    caveats: tuple[Caveat, ...]
    terms: AmountTerms | None
    versions: tuple[Version, ...]
    cadence: Text | None = None
    deliverable: Text | None = None
    indicators: tuple[Indicator, ...] = ()
    national: str | None = None

    @property
    def kind(self) -> str:
        """The first kind of the table."""
        return self.kinds[0]

    @cached_property
    def decidable(self) -> bool:
        """Whether it decides something about an asker."""
        return any(version.condition is not None for version in self.versions)

    def in_force(self, on: date) -> Version | None:
        """The version in force on the date, if there is one."""
        return next((version for version in self.versions if version.covers(on)), None)

    def nearest(self, on: date) -> Version:
        """The version in force, else the known one nearest in time (the earlier of two equally near)."""
        return min(self.versions, key=lambda version: version.distance(on))


class Channel(StrEnum):
    """How a measure is come by, as far as the plan says: 免申即享, 快申快享, 常规."""

    NO_APPLICATION = "no_application"
    FAST_APPLICATION = "fast_application"
    REGULAR = "regular"


@dataclass(frozen=True, slots=True)
class Measure:
    """One clause of the plan as catalogue entry. ``channel_quote``: the words that say so, None for the regular way."""

    clause: str
    group: Text
    title: Text
    summary: Text
    units: tuple[str, ...]
    kinds: tuple[str, ...]
    statements: int
    rules: tuple[str, ...]
    channel: Channel
    channel_quote: str | None


@dataclass(frozen=True, slots=True)
class ParameterValue:
    """A published figure from a date on (``valid_to`` exclusive, None while open)."""

    valid_from: date
    valid_to: date | None
    value: Decimal
    source: str

    def covers(self, on: date) -> bool:
        """Whether it holds on that date."""
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A figure that the plan leaves to the county, with the units to ask until it is published."""

    id: str
    type: str
    label: Text
    unit_to_ask: tuple[str, ...]
    clause: str
    values: tuple[ParameterValue, ...] = ()

    def with_values(self, values: tuple[ParameterValue, ...]) -> Parameter:
        """With further values; each takes the place of one with the same start."""
        starts = {value.valid_from for value in values}
        kept = (value for value in self.values if value.valid_from not in starts)
        return replace(self, values=(*kept, *values))

    def on(self, day: date) -> Decimal | None:
        """The figure on that date; None when the county has published none. Of two, the later start wins."""
        held = [value for value in self.values if value.covers(day)]
        return max(held, key=lambda value: value.valid_from).value if held else None


@dataclass(frozen=True, slots=True)
class Target:
    """A time limit that an office promised, and the requests to which it applies."""

    id: str
    clause: str
    what: Text
    limit: Decimal
    unit: str
    runs_from: Text
    ends_with: Text
    condition: Condition
    units: tuple[str, ...]
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Cadence:
    """A recurring or fixed date of the plan that is no clock on a request."""

    entry: str
    what: Text
    cadence: Text


@dataclass(frozen=True, slots=True)
class UnitAlias:
    """The name of a responsible unit since it was renamed or merged; the plan's own name stays as it was."""

    unit: str
    alias: Text
    since: date
    mark: str | None = None


@dataclass(frozen=True)
class Policy:
    """One immutable version of a policy, content-addressed by ``sha256`` of its canonical document."""

    id: str
    version: str
    sha256: str
    title: Text
    issuer: Text
    issued_on: date
    horizon: date
    division: str
    region: Text
    office_hours: tuple[tuple[str, str], ...]
    vocabulary: Vocabulary
    subjects: tuple[Labelled, ...]
    kinds: tuple[Labelled, ...]
    measures: tuple[Measure, ...]
    rules: tuple[Rule, ...]
    parameters: Mapping[str, Parameter]
    targets: tuple[Target, ...]
    cadences: tuple[Cadence, ...]
    before_plan: Caveat
    unit_aliases: tuple[UnitAlias, ...] = ()
    _rules_by_id: dict[str, Rule] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the rules by id."""
        object.__setattr__(self, "_rules_by_id", {rule.id: rule for rule in self.rules})

    def rule(self, rule_id: str) -> Rule | None:
        """The rule of that id, decidable or not."""
        return self._rules_by_id.get(rule_id)

    @cached_property
    def rule_ids(self) -> frozenset[str]:
        """Every rule id."""
        return frozenset(self._rules_by_id)

    @cached_property
    def decidable(self) -> tuple[Rule, ...]:
        """The rules that decide about an asker, in the order of the table."""
        return tuple(rule for rule in self.rules if rule.decidable)

    @cached_property
    def measures_by_clause(self) -> Mapping[str, Measure]:
        """Clause → catalogue entry."""
        return {measure.clause: measure for measure in self.measures}

    def with_parameters(self, published: Mapping[str, Iterable[ParameterValue]]) -> Policy:
        """The same policy with the figures that the county has published since; one with the same start is replaced."""
        parameters = {
            name: parameter.with_values(tuple(published.get(name, ()))) for name, parameter in self.parameters.items()
        }
        return replace(self, parameters=parameters)

    @cached_property
    def turning_days(self) -> tuple[date, ...]:
        """Every date on which a version, a caveat or a parameter begins or ends, ascending."""
        days: set[date] = set()
        for rule in self.rules:
            for version in rule.versions:
                days.update(day for day in (version.valid_from, version.valid_to) if day)
                days.update(caveat.start for caveat in version.caveats if caveat.start)
            days.update(_midpoints(rule.versions))
            days.update(caveat.start for caveat in rule.caveats if caveat.start)
        for parameter in self.parameters.values():
            for value in parameter.values:
                days.update(day for day in (value.valid_from, value.valid_to) if day)
        return tuple(sorted(days))


def _midpoints(versions: tuple[Version, ...]) -> set[date]:
    """The days on which the nearest version of a rule out of force changes from the earlier to the later."""
    found = set()
    for earlier, later in pairwise(versions):
        if earlier.valid_to is not None and earlier.valid_to < later.valid_from:
            gap = (later.valid_from - earlier.valid_to).days
            found.add(earlier.valid_to + timedelta(days=(gap + 1) // 2))
    return found
