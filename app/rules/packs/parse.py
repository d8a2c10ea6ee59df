"""From the raw document to a typed policy. Every fault of a pack is reported, not only the first."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from app.rules.amounts import parse_amount
from app.rules.conditions import parse_condition
from app.rules.errors import Fault, PackError, Path
from app.rules.packs.raw import RawDocument, canonical_bytes, digest
from app.rules.packs.words import parse_vocabulary
from app.rules.policy import (
    AmountTerms,
    Cadence,
    Caveat,
    Indicator,
    Labelled,
    Measure,
    Parameter,
    ParameterValue,
    Policy,
    Rule,
    Source,
    Target,
    Version,
)
from app.rules.text import Text

if TYPE_CHECKING:
    from app.rules.amounts import Expression
    from app.rules.conditions import Condition
    from app.rules.packs.raw import (
        RawCaveat,
        RawClause,
        RawLabelled,
        RawRule,
        RawSource,
        RawTarget,
        RawText,
        RawVersion,
    )
    from app.rules.vocabulary import Vocabulary

__all__ = ["parse_policy"]

BEFORE_PLAN = "before_plan"


def parse_policy(document: dict[str, Any]) -> Policy:
    """The policy of a document.

    Raises:
        PackError: with one fault for each thing that is wrong, located in the document.
    """
    try:
        raw = RawDocument.model_validate(document)
    except ValidationError as error:
        raise PackError([_raw_fault(item) for item in error.errors()]) from error
    reader = _Reader(raw)
    policy = reader.policy(digest(canonical_bytes(document)))
    if reader.faults:
        raise PackError(reader.faults)
    return policy


def _raw_fault(item: Any) -> Fault:
    code = "unknown_field" if item["type"] == "extra_forbidden" else "pack_field"
    return Fault(
        code,
        tuple(item["loc"]),
        {"value": str(item.get("input"))[:60], "message": item["msg"]},
    )


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
        before = next(c for c in manifest.caveats if c.code == BEFORE_PLAN)
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
            before_plan=self._caveat(before, ("manifest", "caveats")),
        )

    def _ordered_rules(self) -> tuple[Rule, ...]:
        rules = {
            raw.id: self._rule(raw, clause, ("clauses", clause.clause, raw.id))
            for clause in self.raw.clauses
            for raw in clause.rules
        }
        order = self.raw.manifest.rule_order
        for rule_id in set(order) ^ set(rules):
            self.faults.append(Fault("unknown_rule", ("manifest", "rule_order"), {"value": rule_id}))
        return tuple(rules[rule_id] for rule_id in order if rule_id in rules)

    def _rule(self, raw: RawRule, clause: RawClause, path: Path) -> Rule:
        versions = self._versions(raw, path)
        general = [
            self._caveat(c, ("manifest", "caveats"))
            for c in self.raw.manifest.caveats
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
                *(self._caveat(c, (*path, "caveats")) for c in raw.caveats),
                *general,
            ),
            terms=AmountTerms(raw.amount.nature, raw.amount.certainty) if raw.amount else None,
            versions=versions,
            cadence=_text(raw.cadence) if raw.cadence else None,
            deliverable=_text(raw.deliverable) if raw.deliverable else None,
            indicators=self._indicators(raw),
            national=raw.national,
        )

    def _versions(self, raw: RawRule, path: Path) -> tuple[Version, ...]:
        source = raw.versions
        if raw.national:
            scheme = next((s for s in self.raw.national if s.id == raw.national), None)
            if scheme is None:
                self.faults.append(Fault("unknown_scheme", (*path, "national"), {"value": raw.national}))
            source = scheme.versions if scheme else ()
        start = self.raw.manifest.issued_on
        kept = [v for v in source if v.valid_to is None or v.valid_to >= start]
        return tuple(
            self._version(v, raw, start, (*path, "versions", place))
            for place, v in enumerate(sorted(kept, key=lambda v: v.valid_from))
        )

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
            sources=tuple(self._source(s, path) for s in (*rule.sources, *raw.sources)),
            outcome=_text(raw.outcome or rule.outcome),
            condition=condition,
            amount=amount,
            caveats=tuple(self._caveat(c, (*path, "caveats")) for c in raw.caveats),
        )

    def _source(self, raw: RawSource, _path: Path) -> Source:
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

    def _indicators(self, raw: RawRule) -> tuple[Indicator, ...]:
        if raw.indicator is None:
            return ()
        many = raw.indicator if isinstance(raw.indicator, tuple) else (raw.indicator,)
        return tuple(Indicator(item.value, item.comparison, item.unit, item.by) for item in many)

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
        )

    def _parameter(self, raw: Any) -> Parameter:
        values = tuple(
            ParameterValue(
                v.valid_from,
                _day_after(v.valid_to),
                self._figure(v.value, raw.id),
                v.source,
            )
            for v in raw.values
        )
        return Parameter(raw.id, raw.type, _text(raw.label), raw.unit_to_ask, raw.clause, values)

    def _figure(self, text: str, name: str) -> Decimal:
        try:
            return Decimal(text)
        except InvalidOperation:
            self.faults.append(Fault("number_format", ("parameters", name), {"value": text}))
            return Decimal(0)

    def _target(self, raw: RawTarget) -> Target:
        path: Path = ("targets", raw.id)
        clause = next((c for c in self.raw.clauses if c.clause == raw.clause), None)
        if clause is None:
            self.faults.append(Fault("unknown_measure", (*path, "clause"), {"value": raw.clause}))
        return Target(
            id=raw.id,
            clause=raw.clause,
            what=_text(raw.what),
            limit=self._figure(raw.limit, raw.id),
            unit=raw.unit,
            runs_from=_text(raw.runs_from),
            ends_with=_text(raw.ends_with),
            condition=parse_condition(raw.when, self.vocabulary, (*path, "when"), self.faults),
            units=clause.units if clause else (),
            sources=(self._source(raw.source, path),) if raw.source else (),
        )


def _labelled(raw: RawLabelled) -> Labelled:
    return Labelled(raw.id, _text(raw.label))
