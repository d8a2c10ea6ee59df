"""Caveats: ``not_in_enum`` for a code that no answer knows, ``unknown_measure`` for an exception of no clause."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.errors import Fault
from app.rules.packs.checks.pack import one_of
from app.rules.packs.parse import BEFORE_PLAN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from app.rules.errors import Path
    from app.rules.packs.checks.pack import Pack
    from app.rules.packs.raw import RawCaveat

__all__ = ["CAVEATS", "check"]

CAVEATS = (
    "confirm_in_force",
    "fair_competition_review",
    "conflicts_with_national_list",
    "replaced_by",
    "unverified_source",
)
_CONDITIONAL = "conflicts_with_national_list"


def check(pack: Pack) -> Iterator[Fault]:
    """Codes are those of the answers; only a conflict with a national list hangs on a condition."""
    clauses = [clause.clause for clause in pack.raw.clauses]
    for place, caveat in enumerate(pack.raw.manifest.caveats):
        path: Path = ("manifest", "caveats", place)
        yield from one_of(caveat.code, (*CAVEATS, BEFORE_PLAN), (*path, "code"))
        for position, clause in enumerate(caveat.except_clauses):
            yield from one_of(clause, clauses, (*path, "except_clauses", position), "unknown_measure")
    for raw, path in pack.raw_rules.values():
        yield from _coded(raw.caveats, path)
    for history, path in pack.histories:
        for place, version in enumerate(history.versions):
            yield from _coded(version.caveats, (*path, "versions", place))


def _coded(caveats: Sequence[RawCaveat], path: Path) -> Iterator[Fault]:
    for place, caveat in enumerate(caveats):
        here = (*path, "caveats", place)
        yield from one_of(caveat.code, CAVEATS, (*here, "code"))
        conditional = caveat.when is not None or caveat.unless is not None
        if conditional and (caveat.code != _CONDITIONAL or caveat.when is None):
            yield Fault("caveat_condition", here, {"value": caveat.code, "expected": _CONDITIONAL})
