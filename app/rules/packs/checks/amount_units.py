"""``unit_mismatch``: yuan added to months, or an amount that is not in yuan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.amount_units import unit_faults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.rules.errors import Fault
    from app.rules.packs.checks.pack import Pack

__all__ = ["check"]


def check(pack: Pack) -> Iterator[Fault]:
    """The units of every amount fit, and it comes out in yuan."""
    kinds = {name: parameter.type for name, parameter in pack.policy.parameters.items()}
    for placed in pack.versions:
        if placed.version.amount is not None:
            path = (*placed.path, "amount")
            yield from unit_faults(placed.version.amount, pack.policy.vocabulary, kinds, path)
