"""``version_gap``, ``gap_not_there``: days between two versions on which a rule would silently be out of force.

A scheme that really lapsed for a time says so under ``gaps``, with the days and the reason.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from app.rules.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from app.rules.packs.checks.pack import Pack
    from app.rules.packs.raw import RawRule, RawScheme

__all__ = ["check"]

_DAY = timedelta(days=1)


def check(pack: Pack) -> Iterator[Fault]:
    """The days between two versions are those that ``gaps`` lists, and no others are listed."""
    for history, path in pack.histories:
        listed = {(gap.from_, gap.to): place for place, gap in enumerate(history.gaps)}
        for place, first, last in _between(history):
            if listed.pop((first, last), None) is None:
                dates = {"value": first, "until": last}
                yield Fault("version_gap", (*path, "versions", place, "valid_from"), dates)
        for (first, last), place in listed.items():
            yield Fault("gap_not_there", (*path, "gaps", place), {"value": first, "until": last})


def _between(history: RawRule | RawScheme) -> Iterator[tuple[int, date, date]]:
    """Place of the later version, first and last day between it and the one before."""
    dated = sorted(enumerate(history.versions), key=lambda item: item[1].valid_from)
    for (_, earlier), (place, later) in pairwise(dated):
        if earlier.valid_to is not None and earlier.valid_to + _DAY < later.valid_from:
            yield place, earlier.valid_to + _DAY, later.valid_from - _DAY
