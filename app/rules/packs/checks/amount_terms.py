"""``amount_without_terms``, ``terms_without_amount``, ``not_in_enum``: what an amount is, and how much."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.errors import Fault
from app.rules.packs.checks.pack import one_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.rules.packs.checks.pack import Pack

__all__ = ["CERTAINTIES", "NATURES", "check"]

NATURES = ("grant", "tax_saved", "deduction", "ceiling")
CERTAINTIES = ("stated", "interpretation")


def check(pack: Pack) -> Iterator[Fault]:
    """A rule names nature and certainty exactly when its versions have a formula, and then all of them have."""
    for raw, path in pack.raw_rules.values():
        if raw.amount is not None:
            yield from one_of(raw.amount.nature, NATURES, (*path, "amount", "nature"))
            yield from one_of(raw.amount.certainty, CERTAINTIES, (*path, "amount", "certainty"))
    for placed in pack.versions:
        has_terms, has_amount = placed.rule.terms is not None, placed.version.amount is not None
        if has_terms is not has_amount:
            code = "terms_without_amount" if has_terms else "amount_without_terms"
            yield Fault(code, (*placed.path, "amount"), {"value": placed.rule.id})
