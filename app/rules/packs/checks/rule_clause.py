"""``rule_elsewhere``: a rule whose id says that it belongs to another clause than the one it is listed under."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.rules.packs.checks.pack import Pack

__all__ = ["check"]


def check(pack: Pack) -> Iterator[Fault]:
    """The id of a rule, a time limit or a parameter begins with its clause: ``m38-``, ``t1-``, ``m12_``."""
    listed = [(name, path[1], path) for name, (_, path) in pack.raw_rules.items()]
    listed += [(target.id, target.clause, ("targets", target.id)) for target in pack.raw.targets]
    listed += [(item.id.replace("_", "-"), item.clause, ("parameters", item.id)) for item in pack.raw.parameters]
    for name, clause, path in listed:
        prefix = _prefix(str(clause))
        if not name.startswith(f"{prefix}-"):
            yield Fault("rule_elsewhere", path, {"value": name, "expected": prefix})


def _prefix(clause: str) -> str:
    return f"m{clause:0>2}" if clause.isdigit() else clause
