"""``condition_root``: a condition that does not begin with ``all`` or ``any``, as the rule engine's shape demands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.conditions import Comparison
from app.rules.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.rules.packs.checks.pack import Pack

__all__ = ["check"]


def check(pack: Pack) -> Iterator[Fault]:
    """Every condition of a version or a time limit is a list, if only of one comparison."""
    for condition, path in pack.conditions:
        if isinstance(condition, Comparison):
            yield Fault("condition_root", path, {"value": condition.fact})
