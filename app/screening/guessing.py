"""Guessing what a registry's columns stand for: ids, labels, known aliases, and units in brackets."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from app.screening.mapping import ENTITY, IGNORE, ColumnMapping, Target
from app.screening.readers.faults import Note
from app.screening.units import default_unit, units_of
from app.screening.yaml_text import read_yaml_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from app.rules.vocabulary import Vocabulary

__all__ = ["Aliases", "Guess", "Guesser", "Proposal", "normalised", "packaged_aliases"]

_FILE: Final = Path(__file__).parent.parent / "policies" / "vocabulary" / "aliases.yaml"
_BRACKET: Final = re.compile(r"^(.*\S)\s*[(\[【〔]([^()\[\]【】〔〕]*)[)\]】〕]$")
_TRAILING: Final = re.compile(r"^(.*[^_/:-])[_/:-](?:单位:?)?([^_/:-]+)$")
_UNIT_WORD: Final = re.compile(r"^单位[:：]?")
_CERTAIN, _LABEL, _ALIAS, _REMARK = 100, 95, 90, 80


@dataclass(frozen=True, slots=True)
class Aliases:
    """The data file of known names."""

    columns: Mapping[str, tuple[str, ...]]
    entity: tuple[str, ...]
    ignored: tuple[str, ...]
    values: Mapping[str, Mapping[str, tuple[str, ...]]]
    yes: tuple[str, ...]
    no: tuple[str, ...]
    has: tuple[str, ...]
    has_not: tuple[str, ...]
    none: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What one column is taken for. ``confidence`` in percent; ``assumed``: no unit was named, so the usual one is."""

    column: str
    target: Target
    confidence: int
    assumed: bool = False


@dataclass(frozen=True)
class Guess:
    """The proposed mapping of all columns; what no name explains stands in ``unknown``."""

    proposals: tuple[Proposal, ...]
    unknown: tuple[str, ...] = ()
    notes: tuple[Note, ...] = field(default=())

    def mapping(self, *, ignore_unknown: bool = False) -> ColumnMapping:
        """The proposal as a mapping; columns that nothing explains are left out of it, or ignored if asked."""
        columns = {proposal.column: proposal.target for proposal in self.proposals}
        if ignore_unknown:
            columns |= {name: Target(IGNORE) for name in self.unknown}
        return ColumnMapping(columns)


@cache
def packaged_aliases() -> Aliases:
    """The aliases that come with the product."""
    raw: dict[str, Any] = read_yaml_text(_FILE.read_text(encoding="utf-8"))
    lists = {key: tuple(raw[key]) for key in ("entity", "ignored", "yes", "no", "has", "has_not", "none")}
    columns = {fact: tuple(names) for fact, names in raw["columns"].items()}
    values = {fact: {key: tuple(names) for key, names in found.items()} for fact, found in raw["values"].items()}
    return Aliases(columns=columns, values=values, **lists)


def normalised(name: str) -> str:
    """A name without the differences that do not matter: width, spaces, letter case."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", name)).casefold()


class Guesser:
    """Knows every name of every fact."""

    def __init__(self, vocabulary: Vocabulary, aliases: Aliases | None = None) -> None:
        known = aliases or packaged_aliases()
        self._vocabulary = vocabulary
        self._names: dict[str, tuple[str, int]] = {}
        self._take(IGNORE, known.ignored, _ALIAS)
        for fact, names in known.columns.items():
            if fact in vocabulary:
                self._take(fact, names, _ALIAS)
        for described in vocabulary.facts:
            self._take(
                described.id, (described.label.zh, described.label.en, described.label.zh.removeprefix("是否")), _LABEL
            )
        for described in vocabulary.facts:
            self._take(described.id, (described.id,), _CERTAIN)
        self._take(ENTITY, known.entity, _CERTAIN)

    def _take(self, fact: str, names: Iterable[str], confidence: int) -> None:
        for name in names:
            self._names[normalised(name)] = (fact, confidence)

    def knows(self, name: str) -> bool:
        """Whether the name of a column says what it is."""
        return self.propose(name) is not None

    def propose(self, name: str) -> Proposal | None:
        """What the column stands for, if its name says so."""
        plain = normalised(name)
        found = self._names.get(plain)
        if found is not None:
            return self._proposal(name, *found, unit=None)
        for form in (_BRACKET, _TRAILING):
            parts = form.match(plain)
            if parts is None:
                continue
            found = self._names.get(parts[1])
            if found is None and form is _BRACKET:
                inner = self.propose(parts[1])
                found = (inner.target.fact, inner.confidence) if inner else None
            if found is None:
                continue
            unit = self._unit(found[0], _UNIT_WORD.sub("", parts[2]))
            if unit is not None or form is _BRACKET:
                return self._proposal(name, found[0], found[1] if unit else min(found[1], _REMARK), unit=unit)
        return None

    def _unit(self, fact: str, word: str) -> str | None:
        described = self._vocabulary.get(fact)
        return word if described is not None and word in units_of(described) else None

    def _proposal(self, column: str, fact: str, confidence: int, *, unit: str | None) -> Proposal:
        described = self._vocabulary.get(fact)
        usual = default_unit(described) if described is not None else None
        return Proposal(column, Target(fact, unit or usual), confidence, assumed=unit is None and usual is not None)

    def guess(self, columns: Iterable[str]) -> Guess:
        """A proposal for each column; of two for one fact the surer one is kept and the other ignored, with a note."""
        proposals: dict[str, Proposal] = {}
        unknown: list[str] = []
        for column in columns:
            proposal = self.propose(column)
            if proposal is None:
                unknown.append(column)
            else:
                proposals[column] = proposal
        notes = self._settle(proposals)
        notes += [
            Note("unit_assumed", {"name": found.column, "unit": found.target.unit or ""})
            for found in proposals.values()
            if found.assumed and found.confidence < _CERTAIN
        ]
        passed = [found.column for found in proposals.values() if found.target.fact == IGNORE]
        if passed:
            notes.append(Note("column_ignored", {"names": passed}))
        return Guess(tuple(proposals.values()), tuple(unknown), tuple(notes))

    def _settle(self, proposals: dict[str, Proposal]) -> list[Note]:
        best: dict[str, Proposal] = {}
        for found in proposals.values():
            fact = found.target.fact
            if fact != IGNORE and (fact not in best or found.confidence > best[fact].confidence):
                best[fact] = found
        notes = []
        for column, found in list(proposals.items()):
            taken = best.get(found.target.fact)
            if taken is not None and taken is not found:
                described = self._vocabulary.get(found.target.fact)
                label = described.label if described else ENTITY
                notes.append(Note("guess_left_out", {"name": column, "fact": label, "taken": taken.column}))
                proposals[column] = Proposal(column, Target(IGNORE), found.confidence)
        return notes
