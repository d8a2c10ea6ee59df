"""``version_overlap``: two versions of a rule in force on the same day."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from app.rules.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.rules.packs.checks.pack import Pack

__all__ = ["check"]


def check(pack: Pack) -> Iterator[Fault]:
    """In the order of their dates, each version ends before the next one starts."""
    for history, path in pack.histories:
        dated = sorted(enumerate(history.versions), key=lambda item: item[1].valid_from)
        for (_, earlier), (place, later) in pairwise(dated):
            if earlier.valid_to is None or earlier.valid_to >= later.valid_from:
                dates = {"value": later.valid_from, "until": earlier.valid_to}
                yield Fault("version_overlap", (*path, "versions", place, "valid_from"), dates)
