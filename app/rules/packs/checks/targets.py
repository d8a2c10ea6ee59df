"""Time limits: ``target_missing``, ``target_limit``, ``not_in_enum``: a limit for each rule that promises one."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from app.rules.errors import Fault
from app.rules.packs.checks.pack import one_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.rules.packs.checks.pack import Pack
    from app.rules.packs.raw import RawTarget

__all__ = ["TARGET_UNITS", "check"]

TARGET_UNITS = ("working_day", "hour", "calendar_day", "on_the_spot")
_HALF = Decimal("0.5")


def check(pack: Pack) -> Iterator[Fault]:
    """Rules of kind target and time limits go together by id; each limit can be counted in its unit."""
    promised = {name for name, (raw, _) in pack.raw_rules.items() if "target" in raw.kinds}
    given = {target.id for target in pack.raw.targets}
    for name in sorted(promised - given):
        yield Fault("target_missing", pack.raw_rules[name][1], {"value": name})
    for target in pack.raw.targets:
        path = ("targets", target.id)
        yield from one_of(target.id, promised, path, "unknown_rule")
        yield from one_of(target.unit, TARGET_UNITS, (*path, "unit"))
        if target.unit in TARGET_UNITS and not _countable(target):
            yield Fault("target_limit", (*path, "limit"), {"value": target.limit, "unit": target.unit})


def _countable(target: RawTarget) -> bool:
    """On the spot is 0; working days go by halves, hours and calendar days are whole; none is negative."""
    limit = Decimal(target.limit)
    if target.unit == "on_the_spot":
        return limit == 0
    return limit > 0 and limit % (_HALF if target.unit == "working_day" else 1) == 0
