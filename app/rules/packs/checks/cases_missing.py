"""``cases_missing``, ``version_without_case``: a rule or a version of it that no case proves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.domains import Knowledge, assume
from app.rules.errors import Fault
from app.rules.packs.cases import rules_with

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from app.rules.packs.checks.pack import Pack
    from app.rules.policy import Rule

__all__ = ["check"]


def check(pack: Pack) -> Iterator[Fault]:
    """Every rule that decides has a case of each status that it can have, and every version a case in its time."""
    if pack.cases is None:
        return
    statuses = rules_with(pack.cases)
    for rule in pack.policy.decidable:
        missing = [status for status in _possible(rule, pack) if status not in statuses.get(rule.id, ())]
        if missing:
            _, path = pack.raw_rules[rule.id]
            yield Fault("cases_missing", path, {"value": rule.id, "missing": missing})
    for placed in pack.versions:
        if placed.version.condition is not None and not _dated_case(pack, placed.rule.id, placed.version.covers):
            yield Fault("version_without_case", placed.path, {"value": placed.rule.id})


def _dated_case(pack: Pack, rule: str, covers: Callable[[date], bool]) -> bool:
    return any(case.rule == rule and covers(case.on) for case in pack.cases or ())


def _possible(rule: Rule, pack: Pack) -> tuple[str, ...]:
    """A rule whose conditions some facts fail can be ineligible; one that only asks for facts to be known cannot."""
    start = Knowledge(pack.policy.vocabulary)
    conditions = [version.condition for version in rule.versions if version.condition is not None]
    can_fail = any(assume(start, condition, truth=False) is not None for condition in conditions)
    return ("eligible", "ineligible", "undetermined") if can_fail else ("eligible", "undetermined")
