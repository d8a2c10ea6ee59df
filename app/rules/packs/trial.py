"""A case before the reference evaluator, and how far an answer is from the one that the case expects."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from app.rules.amount_value import calculate
from app.rules.derived import Settled, settle
from app.rules.errors import Fault
from app.rules.evaluate import Status, status_of, truth_of, unknown_facts
from app.rules.money import fraction_to_yuan, money_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from decimal import Decimal

    from app.rules.packs.cases import Case
    from app.rules.policy import Policy, Rule, Version

__all__ = ["Outcome", "compare", "reference_outcome"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one execution answers to a case."""

    status: str
    missing_facts: tuple[str, ...] = ()
    amount_status: str = "not_applicable"
    amount: Decimal | None = None
    amount_missing: tuple[str, ...] = ()
    parameter: str | None = None
    caveats: tuple[str, ...] = ()


def reference_outcome(policy: Policy, case: Case) -> Outcome:
    """The answer by the definition of the language, without any compiled code.

    Raises:
        LookupError: when the policy has no such rule.
    """
    rule = policy.rule(case.rule)
    if rule is None:
        raise LookupError(case.rule)
    version = rule.in_force(case.on)
    if version is None or version.condition is None:
        return Outcome(Status.NOT_IN_FORCE)
    settled = settle(policy.vocabulary, policy.division, case.given)
    status = status_of(version.condition, settled.known)
    unknown = unknown_facts(version.condition, settled.known)
    asked = (name for fact in unknown for name in settled.needs.get(fact, (fact,)))
    return Outcome(
        status,
        policy.vocabulary.ordered(asked),
        caveats=_caveats(rule, version, case, settled, eligible=status is Status.ELIGIBLE),
        **_amount(policy, version, case, settled, status if rule.terms else Status.INELIGIBLE),
    )


def _caveats(rule: Rule, version: Version, case: Case, settled: Settled, *, eligible: bool) -> tuple[str, ...]:
    """Codes that hang on the date; one with a condition only where an eligible asker meets it."""
    found = dict.fromkeys(
        caveat.code
        for caveat in (*version.caveats, *rule.caveats)
        if caveat.hangs(case.on)
        and (caveat.when is None or (eligible and truth_of(caveat.when, settled.known) is True))
        and (caveat.unless is None or truth_of(caveat.unless, settled.known) is not True)
    )
    return tuple(found)


def _amount(policy: Policy, version: Version, case: Case, settled: Settled, status: Status) -> Mapping[str, Any]:
    """The state of the amount, as ``api.md`` orders its states; nothing where there is no amount to give."""
    if version.amount is None or status is Status.INELIGIBLE:
        return {}
    figures = {name: parameter.on(case.on) for name, parameter in policy.parameters.items()}
    found = calculate(version.amount, settled.known, figures)
    if status is Status.ELIGIBLE and found.unset is not None:
        return {"amount_status": "not_published", "parameter": found.unset}
    if status is Status.UNDETERMINED or found.value is None:
        missing = policy.vocabulary.ordered(found.missing)
        return {"amount_status": "undetermined", "amount_missing": missing, "parameter": found.parameter}
    return {"amount_status": "computed", "amount": fraction_to_yuan(found.value), "parameter": found.parameter}


def compare(case: Case, reference: Outcome, compiled: Outcome) -> Iterator[Fault]:
    """One fault for each part of the answer that is not as expected, or on which the executions differ."""
    wanted = _wanted(case)
    for field in fields(Outcome):
        name = field.name
        one, other = getattr(reference, name), getattr(compiled, name)
        expected = wanted.get(name, one)
        if one == other:
            wrong = {"both": one} if one != expected else {}
        else:
            wrong = {key: value for key, value in (("reference", one), ("compiled", other)) if value != expected}
        for engine, actual in wrong.items():
            params = {"case": case.id, "expected": _shown(expected), "engine": engine, "actual": _shown(actual)}
            yield Fault(f"case_{name}", case.path, params)


def _wanted(case: Case) -> dict[str, Any]:
    """The parts of the answer that the case states."""
    expected = case.expected
    found = {
        "status": expected.status,
        "missing_facts": expected.missing,
        "amount_status": expected.amount_status,
        "amount": expected.amount,
        "amount_missing": expected.amount_missing,
        "parameter": expected.parameter,
        "caveats": expected.caveats,
    }
    left_open = {"amount_missing", "parameter", "caveats"}
    return {name: value for name, value in found.items() if name not in left_open or value is not None}


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(value)
    if value is None:
        return "null"
    return value if isinstance(value, str) else money_text(value)
