"""``possible_division_by_zero``, ``possible_overflow``, ``part_idle``: what interval analysis finds in an amount."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.amount_bounds import bound_faults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.rules.errors import Fault
    from app.rules.packs.checks.pack import Pack

__all__ = ["check"]


def check(pack: Pack) -> Iterator[Fault]:
    """Every amount stays within its bounds for all values that facts may have."""
    policy = pack.policy
    for placed in pack.versions:
        if placed.version.amount is not None:
            path = (*placed.path, "amount")
            yield from bound_faults(placed.version.amount, policy.vocabulary, policy.parameters, path)
