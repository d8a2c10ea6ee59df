"""``duplicate_id``: two entries of one list with the same id, of which one would be lost without a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from app.rules.errors import Path
    from app.rules.packs.checks.pack import Pack

__all__ = ["check"]


def check(pack: Pack) -> Iterator[Fault]:
    """Ids of clauses, rules, schemes, parameters, time limits, documents, subjects and kinds; rules in the order."""
    for listed in _lists(pack):
        seen: set[str] = set()
        for name, path in listed:
            if name in seen:
                yield Fault("duplicate_id", path, {"value": name})
            seen.add(name)


def _lists(pack: Pack) -> Iterator[Iterable[tuple[str, Path]]]:
    """Every list whose entries must differ: the name of each entry and its place."""
    raw, manifest = pack.raw, pack.raw.manifest
    yield ((clause.clause, ("clauses", place)) for place, clause in enumerate(raw.clauses))
    yield (
        (rule.id, ("clauses", place, "rules", position))
        for place, clause in enumerate(raw.clauses)
        for position, rule in enumerate(clause.rules)
    )
    for key, names in {
        ("national",): [scheme.id for scheme in raw.national],
        ("parameters",): [parameter.id for parameter in raw.parameters],
        ("targets",): [target.id for target in raw.targets],
        ("manifest", "documents"): [document.id for document in manifest.documents],
        ("manifest", "subjects"): [subject.id for subject in manifest.subjects],
        ("manifest", "kinds"): [kind.id for kind in manifest.kinds],
        ("manifest", "rule_order"): list(manifest.rule_order),
    }.items():
        yield ((name, (*key, place)) for place, name in enumerate(names))
