"""``unknown_document``: a citation of a document that the manifest does not list, so that its title is unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.packs.checks.citation_not_found import sources
from app.rules.packs.checks.pack import one_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.rules.errors import Fault
    from app.rules.packs.checks.pack import Pack

__all__ = ["check"]


def check(pack: Pack) -> Iterator[Fault]:
    """The document of every citation stands under ``documents`` of the manifest."""
    known = [document.id for document in pack.raw.manifest.documents]
    for source, path in sources(pack):
        yield from one_of(source.document, known, (*path, "document"), "unknown_document")
