"""``targets_overlap``: two time limits that one request could both fall under."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from app.rules.conditions import AllOf
from app.rules.domains import MAX_WAYS, can_hold, count_ways
from app.rules.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.rules.packs.checks.pack import Pack

__all__ = ["check"]


def check(pack: Pack) -> Iterator[Fault]:
    """The conditions of each two time limits cannot both hold, as far as their facts show."""
    for one, other in combinations(pack.policy.targets, 2):
        both = AllOf((one.condition, other.condition))
        if count_ways(both) <= MAX_WAYS and can_hold(both, pack.policy.vocabulary):
            yield Fault("targets_overlap", ("targets", other.id, "when"), {"value": other.id, "other": one.id})
