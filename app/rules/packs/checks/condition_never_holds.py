"""``condition_never_holds``: no values of the facts make the condition true."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.domains import can_hold
from app.rules.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.rules.packs.checks.pack import Pack

__all__ = ["check"]


def check(pack: Pack) -> Iterator[Fault]:
    """An enum equal to two members, an empty interval of a figure, a yes that is also a no."""
    for condition, path in pack.conditions:
        if not can_hold(condition, pack.policy.vocabulary):
            yield Fault("condition_never_holds", path)
