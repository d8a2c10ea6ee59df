"""``citation_not_found``: quoted words that are not in the official text, where that text is supplied."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from app.rules.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.rules.errors import Path
    from app.rules.packs.checks.pack import Pack
    from app.rules.packs.raw import RawSource

__all__ = ["check", "sources"]

_SPACE = re.compile(r"\s+")


def check(pack: Pack) -> Iterator[Fault]:
    """Every quote stands in its document word for word; line breaks and spaces do not count."""
    texts = {document: _SPACE.sub("", text) for document, text in pack.texts.items()}
    for document, quote, path in _quotes(pack):
        text = texts.get(document)
        if text is not None and _SPACE.sub("", quote) not in text:
            yield Fault("citation_not_found", (*path, "quote"), {"value": quote, "document": document})


def _quotes(pack: Pack) -> Iterator[tuple[str, str, Path]]:
    """The document, the words quoted from it and their place."""
    for source, path in sources(pack):
        if source.quote is not None:
            yield source.document, source.quote, path
    for clause in pack.raw.clauses:
        if clause.channel is not None:
            yield pack.raw.manifest.id, clause.channel.quote, ("clauses", clause.clause, "channel")


def sources(pack: Pack) -> Iterator[tuple[RawSource, Path]]:
    """Every citation of the pack and its place."""
    for raw, path in pack.raw_rules.values():
        yield from ((source, (*path, "sources", place)) for place, source in enumerate(raw.sources))
    for history, path in pack.histories:
        for place, version in enumerate(history.versions):
            for position, source in enumerate(version.sources):
                yield source, (*path, "versions", place, "sources", position)
    for target in pack.raw.targets:
        if target.source is not None:
            yield target.source, ("targets", target.id, "source")
