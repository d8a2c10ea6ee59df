"""``not_in_enum``, ``basis_dates``: on what the dates of a version rest, and whether they can."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.errors import Fault
from app.rules.packs.checks.pack import one_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.rules.packs.checks.pack import Pack

__all__ = ["BASES", "check"]

BASES = ("stated", "national", "open_ended")

#: Whether a version of that basis has a last day; a national one may or may not.
_ENDS = {"stated": True, "open_ended": False}


def check(pack: Pack) -> Iterator[Fault]:
    """An open-ended version has no last day; one whose end the plan states has one."""
    for history, path in pack.histories:
        for place, version in enumerate(history.versions):
            here = (*path, "versions", place, "basis")
            yield from one_of(version.basis, BASES, here)
            if version.basis in _ENDS and _ENDS[version.basis] is (version.valid_to is None):
                yield Fault("basis_dates", here, {"value": version.basis, "until": version.valid_to})
