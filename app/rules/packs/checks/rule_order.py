"""``rule_not_ordered``: a rule that ``rule_order`` leaves out, so that no answer would ever hold it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.rules.packs.checks.pack import Pack

__all__ = ["check"]


def check(pack: Pack) -> Iterator[Fault]:
    """Every rule of every clause has its place in the order of the answers."""
    ordered = set(pack.raw.manifest.rule_order)
    for name, (_, path) in pack.raw_rules.items():
        if name not in ordered:
            yield Fault("rule_not_ordered", path, {"value": name})
