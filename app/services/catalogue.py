"""What can be looked up: measures, facts, indicators and time limits, in the caller's language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.rules.money import number_text
from app.rules.policy import Channel
from app.rules.text import Text
from app.rules.wording import office_names

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from app.rules.policy import Indicator, Measure, Policy, Rule, Target
    from app.rules.text import Language
    from app.rules.vocabulary import Fact, Vocabulary

__all__ = [
    "CHANNELS",
    "MeasureFilter",
    "fact_list",
    "figures",
    "indicator_list",
    "measure_item",
    "measure_list",
    "target_item",
    "target_list",
]


CHANNELS = {
    Channel.NO_APPLICATION: Text("免申即享", "granted without application"),
    Channel.FAST_APPLICATION: Text("快申快享", "granted on a short application"),
    Channel.REGULAR: Text("常规", "regular"),
}


@dataclass(frozen=True, slots=True)
class MeasureFilter:
    """What narrows the list of measures; None does not."""

    clause: str | None = None
    kind: str | None = None
    unit: str | None = None
    q: str | None = None
    on: date | None = None
    subject: str | None = None

    def keeps(self, measure: Measure, rules: list[Rule], vocabulary: Vocabulary) -> bool:
        """Whether the measure, with its rules, passes every filter; a unit may be named in either language."""
        return (
            (self.clause is None or measure.clause == self.clause)
            and (self.kind is None or self.kind in measure.kinds)
            and (
                self.unit is None
                or self.unit in measure.units
                or self.unit in office_names(vocabulary, measure.units, "en")
            )
            and (self.subject is None or any(self.subject in rule.subjects for rule in rules))
            and (self.on is None or any(rule.in_force(self.on) for rule in rules))
            and (self.q is None or _mentions(self.q, measure, rules))
        )


def _mentions(words: str, measure: Measure, rules: list[Rule]) -> bool:
    """Whether every word stands in the title, group, text or rules of the measure, in either language."""
    texts = [measure.title, measure.group, measure.summary, *(rule.title for rule in rules)]
    searched = "\n".join(part for text in texts for part in (text.zh, text.en)).casefold()
    return all(word in searched for word in words.casefold().split())


def measure_list(policy: Policy, narrowed: MeasureFilter, language: Language) -> dict[str, Any]:
    """The body of ``GET /v1/measures``, in the order of the plan."""
    items = [
        measure_item(policy, measure, language)
        for measure in policy.measures
        if narrowed.keeps(measure, [rule for rule in policy.rules if rule.clause == measure.clause], policy.vocabulary)
    ]
    return {"items": items, "total": len(items)}


def measure_item(policy: Policy, measure: Measure, language: Language) -> dict[str, Any]:
    """One clause of the plan, with its recurring dates and the later names of its units."""
    return {
        "clause": measure.clause,
        "group": measure.group.in_(language),
        "title": measure.title.in_(language),
        "text": measure.summary.in_(language),
        "units": office_names(policy.vocabulary, measure.units, language),
        "kinds": list(measure.kinds),
        "statements": measure.statements,
        "rules": list(measure.rules),
        "unit_aliases": [
            {"unit": unit, "alias": item.alias.in_(language), "from": item.since.isoformat(), "mark": item.mark}
            for item in policy.unit_aliases
            if item.unit in measure.units
            for unit in office_names(policy.vocabulary, (item.unit,), language)
        ],
        "cadences": [
            {
                "rule_id": _rule_of(item.entry, measure),
                "what": item.what.in_(language),
                "cadence": item.cadence.in_(language),
            }
            for item in policy.cadences
            if item.entry == measure.clause or item.entry in measure.rules
        ],
        "channel": {
            "code": measure.channel,
            "label": CHANNELS[measure.channel].in_(language),
            "quote": measure.channel_quote,
        },
    }


def _rule_of(entry: str, measure: Measure) -> str | None:
    return entry if entry in measure.rules else None


def target_list(policy: Policy, language: Language) -> dict[str, Any]:
    """The body of ``GET /v1/approval-targets``, in the order of the table."""
    items = [target_item(policy, target, language) for target in policy.targets]
    return {"items": items, "total": len(items)}


def target_item(policy: Policy, target: Target, language: Language) -> dict[str, Any]:
    """One time limit."""
    return {
        "id": target.id,
        "clause": target.clause,
        "what": target.what.in_(language),
        "limit": number_text(target.limit),
        "unit": target.unit,
        "runs_from": target.runs_from.in_(language),
        "ends_with": target.ends_with.in_(language),
        "units": office_names(policy.vocabulary, target.units, language),
    }


def indicator_list(policy: Policy, language: Language) -> dict[str, Any]:
    """The body of ``GET /v1/indicators``: the figures that the county or a bank must reach."""
    units = {measure.clause: measure.units for measure in policy.measures}
    items = [
        {
            "rule_id": rule.id,
            "clause": rule.clause,
            "title": rule.title.in_(language),
            "outcome": rule.outcome.in_(language),
            "subjects": list(rule.subjects),
            "figures": figures(rule.indicators),
            "decidable": rule.decidable,
            "units": office_names(policy.vocabulary, units[rule.clause], language),
        }
        for rule in policy.rules
        if rule.indicators or "indicator" in rule.kinds
    ]
    return {"items": items, "total": len(items)}


def figures(indicators: tuple[Indicator, ...]) -> list[dict[str, Any]]:
    """Figures to reach, as plain decimals in their unit."""
    return [
        {
            "value": item.value,
            "comparison": item.comparison,
            "unit": item.unit,
            "by": item.by.isoformat() if item.by else None,
        }
        for item in indicators
    ]


def fact_list(vocabulary: Vocabulary, language: Language) -> dict[str, Any]:
    """The body of ``GET /v1/facts``, in the order in which facts stand in answers."""
    items = [_fact_item(fact, language) for fact in vocabulary.facts]
    return {"items": items, "total": len(items)}


def _fact_item(fact: Fact, language: Language) -> dict[str, Any]:
    return {
        "id": fact.id,
        "section": fact.section,
        "type": fact.type.value,
        "label": fact.label.in_(language),
        "question": fact.question.in_(language),
        "labels": _both(fact.label),
        "questions": _both(fact.question),
        "members": [
            {"value": member.value, "label": member.label.in_(language), "labels": _both(member.label)}
            for member in fact.members
        ],
        "unit": fact.unit,
        "minimum": _plain(fact.minimum),
        "maximum": _plain(fact.maximum),
        "code": fact.code,
        "owner": fact.owner.in_(language),
        "owners": _both(fact.owner),
        "actionable": fact.actionable,
        "personal": fact.personal,
        "derived": fact.derived,
        "note": fact.note.in_(language) if fact.note else None,
        "notes": _both(fact.note) if fact.note else None,
    }


def _both(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else number_text(value)
