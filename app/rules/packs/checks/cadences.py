"""``cadence_entry``: a recurring date that belongs to no rule and no clause, or to both at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.errors import Fault
from app.rules.packs.checks.pack import one_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.rules.packs.checks.pack import Pack

__all__ = ["check"]


def check(pack: Pack) -> Iterator[Fault]:
    """Each cadence names one rule or one clause, and that one is known."""
    clauses = [clause.clause for clause in pack.raw.clauses]
    for place, cadence in enumerate(pack.raw.cadences):
        path = ("cadences", place)
        if (cadence.rule is None) is (cadence.clause is None):
            yield Fault("cadence_entry", path)
        if cadence.rule is not None:
            yield from one_of(cadence.rule, pack.raw_rules.keys(), (*path, "rule"), "unknown_rule")
        if cadence.clause is not None:
            yield from one_of(cadence.clause, clauses, (*path, "clause"), "unknown_measure")
