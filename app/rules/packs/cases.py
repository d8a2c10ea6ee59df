"""Cases: facts, a date and the answer that the law gives, worked out by hand. They prove a pack and stay beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.rules.errors import Fault, Path
from app.rules.packs.raw import Day, Figure, Words  # noqa: TC001 - Pydantic reads annotations at run time
from app.rules.packs.shape import shape_fault
from app.rules.reading import read_facts
from app.rules.vocabulary import FactType, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from app.rules.policy import Policy
    from app.rules.vocabulary import Value, Vocabulary

__all__ = ["USUAL_DAY", "Case", "Expected", "TargetCase", "case_value", "read_cases", "rules_with"]

#: The date of a case that names none.
USUAL_DAY = date(2023, 1, 1)

_Status = Literal["eligible", "ineligible", "undetermined", "not_in_force"]


class _Raw(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _RawCase(_Raw):
    """One case of a rule as written."""

    id: str = Field(min_length=1, max_length=120)
    rule: str
    on: Day = USUAL_DAY
    facts: dict[str, Any]
    status: _Status
    missing_facts: tuple[str, ...] = ()
    amount: Figure | None = None
    amount_status: Literal["not_published", "undetermined"] | None = None
    amount_missing: tuple[str, ...] | None = None
    parameter: str | None = None
    caveats: tuple[str, ...] | None = None
    why: Words


class _RawRange(_Raw):
    """Smallest and largest limit in one unit."""

    unit: str
    min: Figure
    max: Figure


class _RawTargetCase(_Raw):
    """One case of the time limits: which of them apply to a request."""

    id: str = Field(min_length=1, max_length=120)
    facts: dict[str, Any]
    status: Literal["matched", "undetermined", "none"]
    targets: tuple[str, ...]
    missing_facts: tuple[str, ...] = ()
    ranges: tuple[_RawRange, ...] = ()
    why: Words


class _RawFile(_Raw):
    cases: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Expected:
    """The answer that a case expects; None where it leaves a part of the answer open."""

    status: str
    missing: tuple[str, ...]
    amount_status: str
    amount: Decimal | None = None
    amount_missing: tuple[str, ...] | None = None
    parameter: str | None = None
    caveats: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One asker on one date before one rule."""

    id: str
    rule: str
    on: date
    given: Mapping[str, Value]
    expected: Expected
    path: Path


@dataclass(frozen=True, slots=True)
class TargetCase:
    """One request before all time limits, with the body of the answer expected."""

    id: str
    given: Mapping[str, Value]
    expected: Mapping[str, Any]
    path: Path


def read_cases(
    files: Mapping[str, Any], policy: Policy, faults: list[Fault]
) -> tuple[tuple[Case, ...], tuple[TargetCase, ...]]:
    """The cases of a pack; ``files``: file name → its content. What is wrong is added to ``faults``."""
    found: list[Case] = []
    targets: list[TargetCase] = []
    for name, content in files.items():
        path: Path = ("cases", name)
        try:
            items = _RawFile.model_validate(content).cases
        except ValidationError as error:
            faults.extend(_located(error, path))
            continue
        for place, item in enumerate(items):
            here = (*path, "cases", place)
            if isinstance(item, dict) and "targets" in item:
                targets.extend(_target_case(item, policy, here, faults))
            else:
                found.extend(_case(item, policy, here, faults))
    faults.extend(_repeated([*found, *targets]))
    return tuple(found), tuple(targets)


def _located(error: ValidationError, path: Path) -> Iterator[Fault]:
    return (shape_fault(item).below(*path) for item in error.errors(include_url=False))


def _repeated(cases: Sequence[Case | TargetCase]) -> Iterator[Fault]:
    seen: set[str] = set()
    for case in cases:
        if case.id in seen:
            yield Fault("duplicate_id", (*case.path, "id"), {"value": case.id})
        seen.add(case.id)


def _case(item: Any, policy: Policy, path: Path, faults: list[Fault]) -> Iterator[Case]:
    try:
        raw = _RawCase.model_validate(item)
    except ValidationError as error:
        faults.extend(_located(error, path))
        return
    given, bad = read_facts(policy.vocabulary, _as_json(raw.facts, policy.vocabulary))
    faults.extend(fault.below(*path, "facts") for fault in bad)
    rule = policy.rule(raw.rule)
    if rule is None:
        faults.append(Fault("unknown_rule", (*path, "rule"), {"value": raw.rule}, nearest(raw.rule, policy.rule_ids)))
    elif not rule.decidable:
        faults.append(Fault("rule_not_decidable", (*path, "rule"), {"value": raw.rule}))
    elif not bad:
        yield Case(raw.id, raw.rule, raw.on, given, _expected(raw), path)


def _expected(raw: _RawCase) -> Expected:
    status = raw.amount_status or ("not_applicable" if raw.amount is None else "computed")
    amount = None if raw.amount is None else Decimal(raw.amount)
    return Expected(raw.status, raw.missing_facts, status, amount, raw.amount_missing, raw.parameter, raw.caveats)


def _target_case(item: Any, policy: Policy, path: Path, faults: list[Fault]) -> Iterator[TargetCase]:
    try:
        raw = _RawTargetCase.model_validate(item)
    except ValidationError as error:
        faults.extend(_located(error, path))
        return
    given, bad = read_facts(policy.vocabulary, _as_json(raw.facts, policy.vocabulary))
    faults.extend(fault.below(*path, "facts") for fault in bad)
    if not bad:
        body = raw.model_dump(include={"status", "targets", "missing_facts", "ranges"}, mode="json")
        yield TargetCase(raw.id, given, body, path)


def _as_json(facts: Mapping[str, Any], vocabulary: Vocabulary) -> dict[str, Any]:
    return {name: case_value(name, value, vocabulary) for name, value in facts.items()}


def case_value(name: str, value: Any, vocabulary: Vocabulary) -> Any:
    """A value of a case file as a caller would send it: ``true`` and ``false`` of a bool are no text."""
    fact = vocabulary.get(name)
    if fact is not None and fact.type is FactType.BOOL and value in ("true", "false"):
        return value == "true"
    return value


def rules_with(cases: Iterable[Case]) -> dict[str, set[str]]:
    """Rule → the statuses that its cases expect."""
    found: dict[str, set[str]] = {}
    for case in cases:
        found.setdefault(case.rule, set()).add(case.expected.status)
    return found
