"""``indicator_missing``, ``indicator_not_allowed``, ``not_in_enum``: figures that the county has to reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.errors import Fault
from app.rules.packs.checks.pack import one_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.rules.packs.checks.pack import Pack

__all__ = ["COMPARISONS", "check"]

COMPARISONS = (
    "equal_to",
    "greater_than",
    "greater_than_or_equal_to",
    "less_than",
    "less_than_or_equal_to",
)


def check(pack: Pack) -> Iterator[Fault]:
    """A figure of the county that nobody is asked about is written out; rules of other kinds have none."""
    for rule in pack.policy.rules:
        raw, path = pack.raw_rules[rule.id]
        if "indicator" in rule.kinds and not rule.decidable and not raw.indicator:
            yield Fault("indicator_missing", path, {"value": rule.id})
        if raw.indicator and "indicator" not in rule.kinds:
            yield Fault("indicator_not_allowed", (*path, "indicator"), {"value": rule.id})
        for place, item in enumerate(raw.indicator):
            yield from one_of(item.comparison, COMPARISONS, (*path, "indicator", place, "comparison"))
