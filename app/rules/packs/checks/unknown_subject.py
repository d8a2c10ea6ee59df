"""``unknown_subject``: a rule for someone whom the manifest does not name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.packs.checks.pack import one_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.rules.errors import Fault
    from app.rules.packs.checks.pack import Pack

__all__ = ["check"]


def check(pack: Pack) -> Iterator[Fault]:
    """Every subject of a rule stands under ``subjects`` of the manifest."""
    known = [subject.id for subject in pack.raw.manifest.subjects]
    for raw, path in pack.raw_rules.values():
        for place, subject in enumerate(raw.subjects):
            yield from one_of(subject, known, (*path, "subjects", place), "unknown_subject")
