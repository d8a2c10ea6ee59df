"""One rule with all its dated versions: conditions in business-rules' shape, amounts as formulas, sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.rules.amounts import (
    Choose,
    Expression,
    FactRef,
    Figure,
    Lookup,
    Named,
    Operation,
    ParameterRef,
    Pick,
    Schedule,
    facts_of,
    parameters_of,
    walk,
)
from app.rules.business_rules_bridge import condition_json
from app.rules.money import number_text
from app.rules.render import source_json
from app.rules.wording import office_names
from app.services.catalogue import figures, target_item

if TYPE_CHECKING:
    from app.rules.policy import Caveat, Policy, Rule, Version
    from app.rules.text import Language, Text
    from app.rules.vocabulary import Vocabulary

__all__ = ["rule_item"]


def rule_item(policy: Policy, rule_id: str, language: Language) -> dict[str, Any] | None:
    """The body of ``GET /v1/rules/{rule_id}``; None when there is no such rule."""
    rule = policy.rule(rule_id)
    if rule is None:
        return None
    target = next((target for target in policy.targets if target.id == rule_id), None)
    return {
        "rule_id": rule.id,
        "clause": rule.clause,
        "kind": rule.kind,
        "kinds": list(rule.kinds),
        "subjects": list(rule.subjects),
        "title": rule.title.in_(language),
        "outcome": rule.outcome.in_(language),
        "decidable": rule.decidable,
        "units": office_names(policy.vocabulary, policy.measures_by_clause[rule.clause].units, language),
        "cadence": _words(rule.cadence, language),
        "deliverable": _words(rule.deliverable, language),
        "figures": figures(rule.indicators),
        "interpretations": [note.in_(language) for note in rule.interpretations],
        "caveats": [_caveat(caveat, language) for caveat in rule.caveats],
        "amount": _terms(rule),
        "national": rule.national,
        "target": target_item(policy, target, language) if target else None,
        "versions": [_version(version, policy.vocabulary, language) for version in rule.versions],
    }


def _words(text: Text | None, language: Language) -> str | None:
    return None if text is None else text.in_(language)


def _caveat(caveat: Caveat, language: Language) -> dict[str, Any]:
    start = None if caveat.start is None else caveat.start.isoformat()
    return {"code": caveat.code, "text": caveat.text.in_(language), "from": start}


def _terms(rule: Rule) -> dict[str, str] | None:
    return None if rule.terms is None else {"nature": rule.terms.nature, "certainty": rule.terms.certainty}


def _version(version: Version, vocabulary: Vocabulary, language: Language) -> dict[str, Any]:
    last = version.last_day
    return {
        "from": version.valid_from.isoformat(),
        "to": None if last is None else last.isoformat(),
        "basis": version.basis,
        "outcome": version.outcome.in_(language),
        "conditions": condition_json(version.condition, vocabulary) if version.condition else None,
        "amount": _formula(version.amount, vocabulary, language) if version.amount else None,
        "caveats": [_caveat(caveat, language) for caveat in version.caveats],
        "citations": [source_json(source, version, language) for source in version.sources],
    }


def _formula(amount: Expression, vocabulary: Vocabulary, language: Language) -> dict[str, Any]:
    """The formula, its named parts, and what it reads."""
    parts = {part.name: part for part in walk(amount) if isinstance(part, Named)}
    schedules = {part.name: part for part in walk(amount) if isinstance(part, Schedule)}
    return {
        "formula": _text(amount),
        "parts": [
            {"name": part.name, "label": part.label.in_(language), "cases": _cases(part.body, vocabulary)}
            for part in parts.values()
        ],
        "schedules": [_schedule(schedule) for schedule in schedules.values()],
        "facts": list(vocabulary.ordered(facts_of(amount))),
        "parameters": list(parameters_of(amount)),
    }


def _cases(body: Expression, vocabulary: Vocabulary) -> list[dict[str, Any]]:
    """The formulas of a part, each with the condition under which it holds (null: in every other case)."""
    match body:
        case Lookup():
            return [
                _case({"name": body.fact, "operator": "equal_to", "value": value}, case, vocabulary)
                for value, case in body.cases
            ]
        case Choose():
            then = _case(condition_json(body.condition, vocabulary), body.then, vocabulary)
            return [then, _case(None, body.otherwise, vocabulary)]
        case _:
            return [_case(None, body, vocabulary)]


def _case(when: dict[str, Any] | None, node: Expression, vocabulary: Vocabulary) -> dict[str, Any]:
    if isinstance(node, Lookup | Choose):
        return {"when": when, "formula": None, "cases": _cases(node, vocabulary)}
    return {"when": when, "formula": _text(node), "cases": []}


def _schedule(schedule: Schedule) -> dict[str, Any]:
    brackets = [
        {
            "up_to": None if bracket.up_to is None else number_text(bracket.up_to),
            "rate": number_text(bracket.rate),
            "quick": number_text(bracket.quick),
        }
        for bracket in schedule.brackets
    ]
    return {"name": schedule.name, "brackets": brackets}


def _text(node: Expression) -> str:
    """The formula in its own notation."""
    match node:
        case Figure():
            return number_text(node.value)
        case FactRef():
            return node.fact
        case ParameterRef():
            return node.parameter
        case Named():
            return node.name
        case Operation():
            return f"{_side(node.left, node, right=False)} {node.symbol} {_side(node.right, node, right=True)}"
        case Pick():
            return f"{node.name}({', '.join(_text(part) for part in node.parts)})"
        case Schedule():
            return f"schedule({node.name}, {_text(node.base)})"
        case Lookup() | Choose():
            message = "a lookup or choice always stands as a part of its own"
            raise TypeError(message)


def _side(node: Expression, parent: Operation, *, right: bool) -> str:
    loose = isinstance(node, Operation) and node.symbol in "+-"
    brackets = loose and (parent.symbol in "*/" or (right and parent.symbol == "-"))
    brackets = brackets or (isinstance(node, Operation) and right and parent.symbol == "/")
    return f"({_text(node)})" if brackets else _text(node)
