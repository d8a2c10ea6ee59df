"""From the raw document to a typed policy. Every fault of a pack is reported, not only the first."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from app.rules.conditions import parse_condition
from app.rules.errors import Fault, PackError, Path
from app.rules.formulas import parse_amount
from app.rules.packs.raw import canonical_bytes, digest
from app.rules.packs.shape import read_document
from app.rules.packs.words import parse_vocabulary
from app.rules.policy import (
    AmountTerms,
    Cadence,
    Caveat,
    Channel,
    Indicator,
    Labelled,
    Measure,
    Parameter,
    ParameterValue,
    Policy,
    Rule,
    Source,
    Target,
    UnitAlias,
    Version,
)
from app.rules.text import Text
from app.rules.vocabulary import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from app.rules.amounts import Expression
    from app.rules.conditions import Condition
    from app.rules.packs.raw import (
        RawCaveat,
        RawClause,
        RawDocument,
        RawLabelled,
        RawParameter,
        RawRule,
        RawSource,
        RawTarget,
        RawText,
        RawVersion,
    )
    from app.rules.vocabulary import Vocabulary

__all__ = ["BEFORE_PLAN", "kept_versions", "parse_pack", "parse_policy"]

BEFORE_PLAN = "before_plan"


def parse_policy(document: dict[str, Any]) -> Policy:
    """The policy of a document.

    Raises:
        PackError: with one fault for each thing that is wrong, located in the document.
    """
    return parse_pack(document)[1]


def parse_pack(document: dict[str, Any]) -> tuple[RawDocument, Policy]:
    """The document as written, typed, and the policy that it is.

    Raises:
        PackError: with one fault for each thing that is wrong, located in the document.
    """
    try:
        sha256 = digest(canonical_bytes(document))
    except UnicodeEncodeError as error:
        raise PackError(list(_unpaired(document, ()))) from error
    raw = read_document(document)
    reader = _Reader(raw)
    policy = reader.policy(sha256)
    if reader.faults:
        raise PackError(_without_repeats(reader.faults))
    return raw, policy


def _unpaired(node: Any, path: Path) -> Iterator[Fault]:
    """Every text or key with a surrogate that has no partner: no bytes stand for it."""
    if isinstance(node, str):
        found = next((char for char in node if "\ud800" <= char <= "\udfff"), None)
        if found is not None:
            yield Fault("text_invalid", path, {"character": f"U+{ord(found):04X}"})
    elif isinstance(node, dict):
        for key, item in node.items():
            yield from _unpaired(key, path)
            yield from _unpaired(item, (*path, key))
    elif isinstance(node, list):
        for place, item in enumerate(node):
            yield from _unpaired(item, (*path, place))


def kept_versions(versions: Sequence[RawVersion], start: date) -> list[tuple[int, RawVersion]]:
    """The versions that are still in force on or after ``start``, in the order of their dates, with their places."""
    kept = [(place, v) for place, v in enumerate(versions) if v.valid_to is None or v.valid_to >= start]
    return sorted(kept, key=lambda item: item[1].valid_from)


def _without_repeats(faults: list[Fault]) -> list[Fault]:
    """A national scheme or a general caveat is read once for each rule that uses it; its faults are told once."""
    return list({(fault.code, fault.path, str(fault.params)): fault for fault in faults}.values())


def _text(raw: RawText) -> Text:
    return Text(raw.zh, raw.en)


def _day_after(day: date | None) -> date | None:
    return None if day is None else day + timedelta(days=1)


@dataclass(slots=True)
class _Reader:
    raw: RawDocument
    faults: list[Fault] = field(default_factory=list)
    vocabulary: Vocabulary = field(init=False)
    parameters: dict[str, Parameter] = field(init=False)
    documents: dict[str, Text] = field(init=False)

    def __post_init__(self) -> None:
        self.vocabulary = parse_vocabulary(self.raw.vocabulary, self.faults)
        self.parameters = {raw.id: self._parameter(raw) for raw in self.raw.parameters}
        self.documents = {raw.id: _text(raw.title) for raw in self.raw.manifest.documents}

    def policy(self, sha256: str) -> Policy:
        manifest = self.raw.manifest
        return Policy(
            id=manifest.id,
            version=manifest.version,
            sha256=sha256,
            title=_text(manifest.title),
            issuer=_text(manifest.issuer),
            issued_on=manifest.issued_on,
            horizon=manifest.horizon,
            division=manifest.division,
            region=_text(manifest.region),
            office_hours=manifest.office_hours,
            vocabulary=self.vocabulary,
            subjects=tuple(_labelled(raw) for raw in manifest.subjects),
            kinds=tuple(_labelled(raw) for raw in manifest.kinds),
            measures=tuple(self._measure(raw) for raw in self.raw.clauses),
            rules=self._ordered_rules(),
            parameters=self.parameters,
            targets=tuple(self._target(raw) for raw in self.raw.targets),
            cadences=tuple(
                Cadence(raw.rule or raw.clause or "", _text(raw.what), _text(raw.cadence)) for raw in self.raw.cadences
            ),
            before_plan=self._before_plan(),
            unit_aliases=tuple(
                UnitAlias(raw.unit, _text(raw.alias), raw.from_, raw.mark) for raw in manifest.unit_aliases
            ),
        )

    def _before_plan(self) -> Caveat:
        """The caveat of a time limit that starts before the plan; every manifest has one."""
        general = self.raw.manifest.caveats
        place = next((place for place, raw in enumerate(general) if raw.code == BEFORE_PLAN), None)
        if place is None:
            self.faults.append(Fault("missing_field", ("manifest", "caveats"), {"value": BEFORE_PLAN}))
            return Caveat(BEFORE_PLAN, Text(BEFORE_PLAN, BEFORE_PLAN))
        return self._caveat(general[place], ("manifest", "caveats", place))

    def _ordered_rules(self) -> tuple[Rule, ...]:
        rules = {
            raw.id: self._rule(raw, clause, ("clauses", clause.clause, raw.id))
            for clause in self.raw.clauses
            for raw in clause.rules
        }
        order = self.raw.manifest.rule_order
        for place, rule_id in enumerate(order):
            if rule_id not in rules:
                path = ("manifest", "rule_order", place)
                self.faults.append(Fault("unknown_rule", path, {"value": rule_id}, nearest(rule_id, rules)))
        return tuple(rules[rule_id] for rule_id in order if rule_id in rules)

    def _rule(self, raw: RawRule, clause: RawClause, path: Path) -> Rule:
        versions = self._versions(raw, path)
        general = [
            self._caveat(c, ("manifest", "caveats", place))
            for place, c in enumerate(self.raw.manifest.caveats)
            if c.code != BEFORE_PLAN and clause.clause not in c.except_clauses
        ]
        return Rule(
            id=raw.id,
            clause=clause.clause,
            kinds=raw.kinds,
            subjects=raw.subjects,
            title=_text(raw.title),
            outcome=_text(raw.outcome),
            interpretations=tuple(_text(note) for note in raw.interpretations),
            caveats=(
                *(self._caveat(c, (*path, "caveats", place)) for place, c in enumerate(raw.caveats)),
                *general,
            ),
            terms=AmountTerms(raw.amount.nature, raw.amount.certainty) if raw.amount else None,
            versions=versions,
            cadence=_text(raw.cadence) if raw.cadence else None,
            deliverable=_text(raw.deliverable) if raw.deliverable else None,
            indicators=tuple(Indicator(item.value, item.comparison, item.unit, item.by) for item in raw.indicator),
            national=raw.national,
        )

    def _versions(self, raw: RawRule, path: Path) -> tuple[Version, ...]:
        """Every version is read, so that its faults are told; those that ended before the plan are then left out."""
        written, start = raw.versions, self.raw.manifest.issued_on
        if raw.national:
            scheme = next((s for s in self.raw.national if s.id == raw.national), None)
            if scheme is None:
                self.faults.append(Fault("unknown_scheme", (*path, "national"), {"value": raw.national}))
                return ()
            written, path = scheme.versions, ("national", scheme.id)
        read = [self._version(version, raw, start, (*path, "versions", place)) for place, version in enumerate(written)]
        return tuple(read[place] for place, _ in kept_versions(written, start))

    def _version(self, raw: RawVersion, rule: RawRule, start: date, path: Path) -> Version:
        condition: Condition | None = None
        if raw.conditions is not None:
            condition = parse_condition(raw.conditions, self.vocabulary, (*path, "conditions"), self.faults)
        amount: Expression | None = None
        if raw.amount is not None:
            amount = parse_amount(
                raw.amount,
                self.vocabulary,
                self.parameters,
                (*path, "amount"),
                self.faults,
            )
        return Version(
            valid_from=max(raw.valid_from, start),
            valid_to=_day_after(raw.valid_to),
            basis=raw.basis,
            sources=tuple(self._source(s) for s in (*rule.sources, *raw.sources)),
            outcome=_text(raw.outcome or rule.outcome),
            condition=condition,
            amount=amount,
            caveats=tuple(self._caveat(c, (*path, "caveats", place)) for place, c in enumerate(raw.caveats)),
        )

    def _source(self, raw: RawSource) -> Source:
        title = self.documents.get(raw.document, Text(raw.document, raw.document))
        return Source(raw.document, title, raw.clause, raw.article, raw.quote, raw.mark)

    def _caveat(self, raw: RawCaveat, path: Path) -> Caveat:
        def condition(part: Any, key: str) -> Condition | None:
            return None if part is None else parse_condition(part, self.vocabulary, (*path, key), self.faults)

        return Caveat(
            raw.code,
            _text(raw.text),
            raw.from_,
            condition(raw.when, "when"),
            condition(raw.unless, "unless"),
        )

    def _measure(self, raw: RawClause) -> Measure:
        return Measure(
            clause=raw.clause,
            group=_text(raw.group),
            title=_text(raw.title),
            summary=_text(raw.summary),
            units=raw.units,
            kinds=raw.kinds,
            statements=raw.statements,
            rules=tuple(rule.id for rule in raw.rules),
            channel=Channel(raw.channel.code) if raw.channel else Channel.REGULAR,
            channel_quote=raw.channel.quote if raw.channel else None,
        )

    def _parameter(self, raw: RawParameter) -> Parameter:
        values = tuple(
            ParameterValue(v.valid_from, _day_after(v.valid_to), Decimal(v.value), v.source) for v in raw.values
        )
        return Parameter(raw.id, raw.type, _text(raw.label), raw.unit_to_ask, raw.clause, values)

    def _target(self, raw: RawTarget) -> Target:
        path: Path = ("targets", raw.id)
        clause = next((c for c in self.raw.clauses if c.clause == raw.clause), None)
        if clause is None:
            self.faults.append(Fault("unknown_measure", (*path, "clause"), {"value": raw.clause}))
        return Target(
            id=raw.id,
            clause=raw.clause,
            what=_text(raw.what),
            limit=Decimal(raw.limit),
            unit=raw.unit,
            runs_from=_text(raw.runs_from),
            ends_with=_text(raw.ends_with),
            condition=parse_condition(raw.when, self.vocabulary, (*path, "when"), self.faults),
            units=clause.units if clause else (),
            sources=(self._source(raw.source),) if raw.source else (),
        )


def _labelled(raw: RawLabelled) -> Labelled:
    return Labelled(raw.id, _text(raw.label))
