"""One decision: facts and a date in, the response body out. The same bytes for HTTP, the terminal and receipts."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from app.rules.compile_python import NOT_IN_FORCE
from app.rules.derived import FactWarning, warnings
from app.rules.evaluate import truth_of, unknown_facts
from app.rules.money import money_text, number_text
from app.rules.questions import facts_of_mask, next_question
from app.rules.render import Explain
from app.rules.truth import FALSE, TRUE, UNKNOWN
from app.rules.wording import warning_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from app.rules.edition import Edition
    from app.rules.evaluation import Amount, Selection
    from app.rules.policy import Policy, Target
    from app.rules.render import Renderer
    from app.rules.text import Language
    from app.rules.vocabulary import Value
    from app.services.registry import ActivePolicy

__all__ = [
    "Decided",
    "DecisionRequest",
    "Explain",
    "TargetMatch",
    "assessed",
    "decide",
    "decided",
    "match_targets",
    "matching_targets",
]

_COUNTS = b'{"eligible":%d,"ineligible":%d,"undetermined":%d,"not_in_force":%d}'
_MONEY_IN_HAND = ("grant", "tax_saved")


@dataclass(frozen=True, slots=True)
class DecisionRequest:
    """One question: exact facts, the date asked, and what narrows and shapes the answer. None does not narrow."""

    given: Mapping[str, Value]
    on: date
    rules: frozenset[str] | None = None
    measures: frozenset[str] | None = None
    subjects: frozenset[str] | None = None
    skip: frozenset[str] = frozenset()
    explain: Explain = Explain.SUMMARY
    language: Language = "zh"


class Decided(NamedTuple):
    """The body of an answer, and what was decided: rules by their places in the edition, a byte of status for each."""

    body: bytes
    edition: Edition
    places: tuple[int, ...]
    statuses: bytes


class TargetMatch(NamedTuple):
    """The time limits that apply, ``matched`` by their conditions, or still can; and what would tell."""

    status: str
    targets: tuple[Target, ...]
    missing: tuple[str, ...]

    @property
    def ranges(self) -> list[dict[str, str]]:
        """Smallest and largest limit for each unit, in the order the units first stand in the table."""
        units = dict.fromkeys(target.unit for target in self.targets)
        limits = {unit: [target.limit for target in self.targets if target.unit == unit] for unit in units}
        return [
            {"unit": unit, "min": number_text(min(found)), "max": number_text(max(found))}
            for unit, found in limits.items()
        ]


def decide(active: ActivePolicy, request: DecisionRequest, today: date, *, calculation: bool) -> bytes:
    """The body of ``POST /v1/eligibility``, or of ``POST /v1/subsidies/calculations``."""
    return decided(active, request, today, calculation=calculation).body


def decided(active: ActivePolicy, request: DecisionRequest, today: date, *, calculation: bool) -> Decided:
    """The same, with what was decided."""
    return _decided(active, request, today, narrowed=calculation, counted=calculation)


def assessed(active: ActivePolicy, request: DecisionRequest, today: date, targets: Mapping[str, Any]) -> Decided:
    """The body of ``POST /v1/assessments``: every selected rule, the total of its amounts, and ``targets``."""
    tail = b',"targets":' + orjson.dumps(targets)
    return _decided(active, request, today, narrowed=False, counted=True, tail=tail)


def _decided(
    active: ActivePolicy, request: DecisionRequest, today: date, *, narrowed: bool, counted: bool, tail: bytes = b""
) -> Decided:
    """One answer. ``narrowed``: to the rules with an amount; ``counted``: amounts are added up and asked for."""
    renderer = active.renderer(request.on, request.language)
    selection = active.selection(request.on, request.rules, request.measures, request.subjects, narrowed)
    asker = renderer.compiled.asker(request.given)
    outcomes = renderer.outcomes(asker, selection, request.explain)
    found, missing, amounts, bodies = zip(*outcomes, strict=True) if outcomes else ((), (), (), ())
    statuses = bytes(found)
    head = b'{"on":"%b","policy":%b,"counts":%b,"derived":%b,"warnings":%b,"results":[' % (
        request.on.isoformat().encode(),
        active.identity,
        _counts(statuses),
        renderer.derived(asker, selection),
        _warnings(active.policy, request, today),
    )
    total = b""
    if counted:
        total = b',"total":' + _total(renderer, selection, amounts)
        missing = tuple(map(_with_amount, missing, amounts))
    body = _joined(head, bodies, b']%b,"next_question":%b%b}' % (total, _question(renderer, request, missing), tail))
    return Decided(body, renderer.compiled.edition, selection.places, statuses)


def _joined(head: bytes, bodies: Sequence[bytes], tail: bytes) -> bytes:
    """All in one copy."""
    if not bodies:
        return head + tail
    parts = list(bodies)
    parts[0] = head + parts[0]
    parts[-1] += tail
    return b",".join(parts)


def _counts(statuses: bytes) -> bytes:
    count = statuses.count
    return _COUNTS % (count(TRUE), count(FALSE), count(UNKNOWN), count(NOT_IN_FORCE))


def _warnings(policy: Policy, request: DecisionRequest, today: date) -> bytes:
    found = warnings(policy.vocabulary, policy.division, request.given, request.on)
    if request.on > today:
        found.append(FactWarning("date_in_future", ()))
    return b"[]" if not found else orjson.dumps([_warning(item, policy, request) for item in found])


def _warning(item: FactWarning, policy: Policy, request: DecisionRequest) -> dict[str, Any]:
    message = warning_text(item, policy.vocabulary, request.given, request.language)
    return {"code": item.code, "facts": list(item.facts), "message": message}


def _question(renderer: Renderer, request: DecisionRequest, missing: Sequence[tuple[int, ...]]) -> bytes:
    found = next_question(missing, {renderer.vocabulary[fact].index for fact in request.skip})
    return b"null" if found is None else renderer.questions[found[0]] + b"%d}" % found[1]


def _with_amount(missing: tuple[int, ...], amount: Amount | None) -> tuple[int, ...]:
    """Where amounts are added up, what they need is asked as well."""
    more = facts_of_mask(amount.missing) if amount else ()
    return tuple(sorted({*missing, *more})) if more else missing


def _total(renderer: Renderer, selection: Selection, amounts: Sequence[Amount | None]) -> bytes:
    """Money in hand, what is not in it yet, and computed amounts that are not money in hand."""
    value, excludes, separate = Decimal(0), [], []
    for place, amount in zip(selection.places, amounts, strict=True):
        rule = renderer.compiled.edition.standings[place].rule
        if amount is None or rule.terms is None:
            continue
        if amount.status in ("not_published", "undetermined"):
            excludes.append(rule.id)
        elif amount.value is not None and rule.terms.nature in _MONEY_IN_HAND:
            value += amount.value
        elif amount.value is not None:
            separate.append(rule.id)
    return orjson.dumps(
        {
            "value": money_text(value),
            "currency": "CNY",
            "complete": not excludes,
            "excludes": excludes,
            "separate": separate,
        }
    )


def matching_targets(active: ActivePolicy, given: Mapping[str, Value]) -> TargetMatch:
    """Which time limits apply to a request, or still can."""
    policy = active.policy
    settled = active.settle(given)
    truths = [(target, truth_of(target.condition, settled.known)) for target in policy.targets]
    matched = [target for target, truth in truths if truth is True]
    possible = matched or [target for target, truth in truths if truth is None]
    missing: set[str] = set()
    for target in () if matched else possible:
        for fact in unknown_facts(target.condition, settled.known):
            missing.update(settled.needs.get(fact, (fact,)))
    status = "matched" if matched else "undetermined" if possible else "none"
    return TargetMatch(status, tuple(possible), policy.vocabulary.ordered(missing))


def match_targets(active: ActivePolicy, given: Mapping[str, Value]) -> dict[str, Any]:
    """Which time limit applies to a request: the body of ``POST /v1/approval-targets/match``."""
    found = matching_targets(active, given)
    return {
        "status": found.status,
        "targets": [target.id for target in found.targets],
        "missing_facts": list(found.missing),
        "ranges": found.ranges,
    }
