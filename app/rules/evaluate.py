"""The reference evaluator: what a policy means, readable in one sitting.

Every other execution (compiled Python, columns, business-rules) must agree with this one.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from app.rules.conditions import AllOf, AnyOf, Comparison, Condition, expected_value
from app.rules.operators import OPERATORS, Operand
from app.rules.truth import Truth, all_of, any_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.rules.vocabulary import Value

__all__ = ["Status", "status_of", "truth_of", "unknown_facts"]


class Status(StrEnum):
    """The answer of a rule for one asker on one date."""

    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    UNDETERMINED = "undetermined"
    NOT_IN_FORCE = "not_in_force"


def truth_of(condition: Condition, known: Mapping[str, Value]) -> Truth:
    """Whether the condition holds on the known facts; None where they leave it open."""
    match condition:
        case AllOf():
            return all_of([truth_of(part, known) for part in condition.parts])
        case AnyOf():
            return any_of([truth_of(part, known) for part in condition.parts])
        case Comparison():  # pragma: no branch - the match is exhaustive
            return _compare(condition, known)


def _compare(condition: Comparison, known: Mapping[str, Value]) -> Truth:
    operator = OPERATORS[condition.operator]
    actual = known.get(condition.fact)
    expected = expected_value(condition.expected, known)
    if actual is None or (expected is None and operator.operand != Operand.NONE):
        return None
    return operator.holds(actual, expected)


def unknown_facts(condition: Condition, known: Mapping[str, Value]) -> frozenset[str]:
    """The facts that can still change the truth: those found going down into unknown parts only."""
    if truth_of(condition, known) is not None:
        return frozenset()
    if isinstance(condition, Comparison):
        return frozenset(fact for fact in condition.facts if fact not in known)
    return frozenset().union(*(unknown_facts(part, known) for part in condition.parts))


def status_of(condition: Condition, known: Mapping[str, Value]) -> Status:
    """The status of a rule in force."""
    truth = truth_of(condition, known)
    if truth is None:
        return Status.UNDETERMINED
    return Status.ELIGIBLE if truth else Status.INELIGIBLE
