"""``conditions_missing``, ``conditions_not_allowed``: what decides about an asker has conditions, the rest has none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.rules.packs.checks.pack import Pack

__all__ = ["check"]

_NOBODY = "county"
_UNDECIDED = frozenset({"target", "duty"})


def check(pack: Pack) -> Iterator[Fault]:
    """Time limits, duties and the county's own indicators are not decided; all other rules are, in every version."""
    for placed in pack.versions:
        rule = placed.rule
        undecided = set(rule.kinds) <= _UNDECIDED or rule.subjects == (_NOBODY,)
        if undecided and placed.version.condition is not None:
            yield Fault("conditions_not_allowed", (*placed.path, "conditions"), {"value": rule.id})
        if not undecided and placed.version.condition is None:
            yield Fault("conditions_missing", (*placed.path, "conditions"), {"value": rule.id})
