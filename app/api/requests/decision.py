"""``POST /v1/eligibility`` and ``POST /v1/subsidies/calculations``: what is asked, exactly, or every fault at once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from app.api.json_reader import read_object
from app.api.problems import ProblemError
from app.api.requests.fields import Fields
from app.rules.errors import Fault, excerpt
from app.rules.reading import Number, json_type, read_date, read_fact, read_facts
from app.rules.text import Text
from app.rules.vocabulary import Fact, FactType, nearest
from app.services.decide import DecisionRequest, Explain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.rules.policy import Policy
    from app.rules.text import Language
    from app.rules.vocabulary import Value, Vocabulary
    from app.services.registry import ActivePolicy, Registry
    from app.settings import Settings

__all__ = ["FIELDS", "Asked", "read_decision", "read_given_facts", "read_question"]

FIELDS: Final = ("facts", "on", "known_at", "rules", "measures", "subjects", "skip", "explain", "policy")
EARLIEST: Final = date(1949, 10, 1)
LATEST: Final = date(2100, 12, 31)
MAX_ITEMS: Final = 200
MAX_FACTS: Final = 500
LAST_MEASURE: Final = 56


class Asked(NamedTuple):
    """The policy that is to answer, and the question."""

    active: ActivePolicy
    request: DecisionRequest


def read_decision(body: bytes, registry: Registry, limits: Settings, today: date, language: Language) -> Asked:
    """The question in a request body.

    Raises:
        ProblemError: the body is no JSON object, or holds bad values; all of them are named.
    """
    raw, faults = read_object(body, limits.max_json_depth)
    fields = Fields(raw, faults)
    if not raw.keys() <= _KNOWN:
        fields.only(FIELDS)
    asked = read_question(fields, registry, limits, today, language)
    if faults:
        raise ProblemError.invalid(faults)
    return asked


def read_question(fields: Fields, registry: Registry, limits: Settings, today: date, language: Language) -> Asked:
    """The question in the fields of a request; its faults are added to theirs.

    Raises:
        ProblemError: not_ready.
    """
    named, default = _policy(fields, registry), registry.get()
    active = named or default
    if active is None:
        raise ProblemError("not_ready", {"missing": "rule_set"})
    policy = active.policy
    request = DecisionRequest(
        given=read_given_facts(fields, policy.vocabulary),
        on=_date(fields) or today,
        rules=_rules(fields, policy if named else None, limits.max_rule_ids),
        measures=_measures(fields, policy if named else None),
        subjects=_subjects(fields, policy if named else None),
        skip=_skip(fields, policy.vocabulary),
        explain=_explain(fields),
        language=language,
    )
    return Asked(active, request)


_KNOWN: Final = frozenset(FIELDS)


def read_given_facts(fields: Fields, vocabulary: Vocabulary) -> Mapping[str, Value]:
    """The required ``facts`` object; its faults are added to those of ``fields``."""
    raw = fields.required("facts")
    if raw is None:
        return {}
    if not isinstance(raw, dict):
        fields.wrong_type(raw, "object", "facts")
        return {}
    values, faults = read_facts(vocabulary, raw)
    for fault in faults:
        fields.take(fault, "facts")
    return values


def _policy(fields: Fields, registry: Registry) -> ActivePolicy | None:
    """The policy named, the default one when none is; None, faulted, when there is no such policy."""
    name = fields.text("policy")
    if name is None:
        return registry.get() if fields.value("policy") is None else None
    found = registry.get(name)
    if found is None:
        ids = registry.ids
        params = {"value": excerpt(name), "allowed": ids}
        fields.fault("unknown_policy", "policy", params=params, suggestions=nearest(name, ids))
    return found


def _date(fields: Fields) -> date | None:
    raw = fields.value("on")
    found: date | None = None if raw is None else fields.take(read_date(raw, EARLIEST, LATEST), "on")
    return found


def _rules(fields: Fields, policy: Policy | None, limit: int) -> frozenset[str] | None:
    if fields.value("rules") is None:
        return None

    def check(name: str) -> Fault | None:
        if policy is None:
            return None
        rule = policy.rule(name)
        if rule is None:
            return Fault("unknown_rule", (), {"value": excerpt(name)}, nearest(name, policy.rule_ids))
        return None if rule.decidable else Fault("rule_not_decidable", (), {"value": name})

    return fields.names("rules", limit, check)


def _subjects(fields: Fields, policy: Policy | None) -> frozenset[str] | None:
    if fields.value("subjects") is None:
        return None
    ids = [subject.id for subject in policy.subjects] if policy else []

    def check(name: str) -> Fault | None:
        if policy is None or name in ids:
            return None
        return Fault("unknown_subject", (), {"value": excerpt(name), "allowed": ids}, nearest(name, ids))

    return fields.names("subjects", MAX_ITEMS, check)


def _skip(fields: Fields, vocabulary: Vocabulary) -> frozenset[str]:
    if fields.value("skip") is None:
        return frozenset()

    def check(name: str) -> Fault | None:
        return None if name in vocabulary else vocabulary.unknown_fact(name)

    return fields.names("skip", MAX_FACTS, check, may_be_empty=True) or frozenset()


def _explain(fields: Fields) -> Explain:
    name = fields.text("explain")
    if name is None:
        return Explain.SUMMARY
    try:
        return Explain(name)
    except ValueError:
        params = {"value": excerpt(name), "allowed": [level.value for level in Explain]}
        fields.fault("not_in_enum", "explain", params=params)
        return Explain.SUMMARY


def _measures(fields: Fields, policy: Policy | None) -> frozenset[str] | None:
    found = fields.items("measures", MAX_ITEMS)
    if found is None:
        return None
    clauses = [fields.take(_clause(item, policy), "measures", place) for place, item in enumerate(found)]
    return None if None in clauses else frozenset(clauses)


def _clause(raw: Any, policy: Policy | None) -> str | Fault:
    """The number of a measure, a JSON number (the number as text is of the wrong type)."""
    if not isinstance(raw, Number):
        return Fault("wrong_type", (), {"expected": "integer", "actual": json_type(raw)})
    value = read_fact(_MEASURE_NUMBER, raw)
    if isinstance(value, list):
        wrong_type = value[0].code == "wrong_type"
        return value[0] if wrong_type else Fault("unknown_measure", (), {"value": excerpt(raw)})
    if policy is not None and str(value) not in policy.measures_by_clause:
        return Fault("unknown_measure", (), {"value": excerpt(raw)})
    return str(value)


_NO_WORDS: Final = Text("", "")
_MEASURE_NUMBER: Final = Fact(
    "measure", 0, "", FactType.INT, _NO_WORDS, _NO_WORDS, _NO_WORDS, minimum=Decimal(1), maximum=Decimal(LAST_MEASURE)
)
