"""``too_many_alternatives``: a condition that can be met in more ways than near misses are looked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.domains import MAX_WAYS, count_ways
from app.rules.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.rules.packs.checks.pack import Pack

__all__ = ["check"]


def check(pack: Pack) -> Iterator[Fault]:
    """The product of the branches of every ``any`` that an ``all`` joins stays within the limit."""
    for condition, path in pack.conditions:
        if count_ways(condition) > MAX_WAYS:
            yield Fault("too_many_alternatives", path, {"limit": MAX_WAYS})
