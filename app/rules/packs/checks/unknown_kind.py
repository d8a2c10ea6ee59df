"""``unknown_kind``, ``kinds_differ``: kinds that the manifest does not name, or a clause that lists other ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.errors import Fault
from app.rules.packs.checks.pack import one_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.rules.packs.checks.pack import Pack

__all__ = ["check"]


def check(pack: Pack) -> Iterator[Fault]:
    """Every kind is a known one, and a clause has exactly the kinds of its rules."""
    known = [kind.id for kind in pack.raw.manifest.kinds]
    for raw, path in pack.raw_rules.values():
        for place, kind in enumerate(raw.kinds):
            yield from one_of(kind, known, (*path, "kinds", place), "unknown_kind")
    for clause in pack.raw.clauses:
        used = dict.fromkeys(kind for rule in clause.rules for kind in rule.kinds)
        if set(clause.kinds) != set(used):
            kinds = {"value": list(clause.kinds), "expected": list(used)}
            yield Fault("kinds_differ", ("clauses", clause.clause, "kinds"), kinds)
