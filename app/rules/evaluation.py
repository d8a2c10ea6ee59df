"""Deciding: the compiled edition on one asker's facts. Answers are kept as figures; words are made later, on demand."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from app.rules.amount_value import calculate
from app.rules.amounts import parameters_of
from app.rules.compile_python import (
    CompiledAmount,
    Program,
    compile_amount,
    compile_edition,
)
from app.rules.derived import DERIVED, DERIVED_FROM, Settled, settle
from app.rules.money import fraction_to_yuan
from app.rules.truth import TRUE, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from decimal import Decimal

    from app.rules.amount_value import Calculation
    from app.rules.derived import Derivation
    from app.rules.edition import Edition
    from app.rules.policy import Rule
    from app.rules.vocabulary import Value, Vocabulary

__all__ = ["Amount", "Asker", "CompiledEdition", "Evaluation", "Selection"]


class Amount(NamedTuple):
    """The amount of one result in yuan; ``missing`` is the mask of the facts that it still needs."""

    status: str
    value: Decimal | None = None
    missing: int = 0
    parameter: str | None = None


class _Followed(NamedTuple):
    """What follows from the facts that derived ones hang on."""

    values: dict[str, Value]
    derived: tuple[Derivation, ...]
    needs: dict[str, tuple[str, ...]]
    origin: tuple[int, int]


@dataclass(slots=True)
class Asker:
    """What is known about one asker: by name, by place in the vocabulary, and the mask of what is not.

    ``stem``: the values given of the facts on which derived ones hang. ``origin``: the mask of the facts that were
    derived, and that of what the unknown derived ones need.
    """

    settled: Settled
    vector: list[Value | None]
    unknown: int
    stem: tuple[Value | None, ...]
    origin: tuple[int, int]


@dataclass(slots=True)
class Evaluation(Asker):
    """What the rules say about one asker. Sequences run over all decidable rules in the order of the table.

    ``statuses``: 0 ineligible, 1 undetermined, 3 eligible, 4 not in force. ``missing``: masks over the vocabulary.
    """

    truths: tuple[int, ...]
    statuses: tuple[int, ...]
    missing: dict[int, int] = field(default_factory=dict)
    amounts: dict[int, Amount] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Selection:
    """The rules asked about: their places, whether they are all, the derived facts they read, those with an amount."""

    places: tuple[int, ...]
    whole: bool
    derived: frozenset[str]
    amounts: tuple[tuple[int, CompiledAmount], ...]


class CompiledEdition:
    """An edition with its code, ready to decide many askers."""

    def __init__(self, edition: Edition) -> None:
        """Compile the edition: a few tens of milliseconds, once for each turning day of a policy."""
        self.edition = edition
        self.vocabulary: Vocabulary = edition.policy.vocabulary
        self.program: Program = compile_edition(edition)
        self.amounts: dict[int, CompiledAmount] = {
            place: compile_amount(standing.version.amount, edition)
            for place, standing in enumerate(edition.standings)
            if standing.in_force and standing.version.amount is not None and standing.rule.terms is not None
        }
        self._parametric = {place for place in self.amounts if parameters_of(self.amounts[place].expression)}
        self._follow = lru_cache(maxsize=1024)(self._derive)
        self._all = (1 << len(self.vocabulary.facts)) - 1
        self._ids = [fact.id for fact in self.vocabulary.facts]
        self._bits = {fact.id: 1 << fact.index for fact in self.vocabulary.facts}
        self._derived = [(fact, self._bits[fact]) for fact in DERIVED]
        self.derived_mask = sum(bit for _, bit in self._derived)
        self._derived_in = [
            frozenset(fact for leaf in standing.leaves for fact in leaf.facts if fact in DERIVED)
            if standing.in_force
            else frozenset()
            for standing in edition.standings
        ]
        self._untouched = {
            place: self._open_amount(self._calculate(place, {}), {})
            for place, compiled in self.amounts.items()
            if not compiled.facts_mask & self.derived_mask
        }

    def mask(self, facts: Iterable[str]) -> int:
        """The mask of some facts."""
        mask = 0
        for fact in facts:
            mask |= self._bits[fact]
        return mask

    def select(self, wanted: Callable[[Rule], bool]) -> Selection:
        """The decidable rules that are wanted, in the order of the table."""
        places = tuple(place for place, standing in enumerate(self.edition.standings) if wanted(standing.rule))
        used = frozenset().union(*(self._derived_in[place] for place in places))
        amounts = tuple((place, self.amounts[place]) for place in places if place in self.amounts)
        return Selection(places, len(places) == len(self.edition.standings), used, amounts)

    def asker(self, given: Mapping[str, Value]) -> Asker:
        """The facts given, with what follows from them."""
        stem = tuple(map(given.get, DERIVED_FROM))
        followed = self._follow(stem)
        known = {**given, **followed.values}
        vector: list[Value | None] = list(map(known.get, self._ids))
        unknown = self._all - sum(map(self._bits.__getitem__, known))
        return Asker(Settled(known, followed.derived, followed.needs), vector, unknown, stem, followed.origin)

    def _derive(self, values: tuple[Value | None, ...]) -> _Followed:
        given = {fact: value for fact, value in zip(DERIVED_FROM, values, strict=True) if value is not None}
        settled = settle(self.vocabulary, self.edition.policy.division, given)
        derived = self.mask([derivation.fact for derivation in settled.derived])
        needed = self.mask([name for names in settled.needs.values() for name in names])
        found = {derivation.fact: derivation.value for derivation in settled.derived}
        return _Followed(found, settled.derived, settled.needs, (derived, needed))

    def evaluate(self, given: Mapping[str, Value], selection: Selection) -> Evaluation:
        """Decide the selected rules on the facts given."""
        return self.decide(self.asker(given), selection)

    def decide(self, asker: Asker, selection: Selection) -> Evaluation:
        """Decide the selected rules for an asker."""
        truths, statuses = self.program.run(asker.vector)
        evaluation = Evaluation(asker.settled, asker.vector, asker.unknown, asker.stem, asker.origin, truths, statuses)
        self._find_missing(evaluation, selection)
        self._find_amounts(evaluation, selection)
        return evaluation

    def _find_missing(self, evaluation: Evaluation, selection: Selection) -> None:
        statuses, truths, unknown = evaluation.statuses, evaluation.truths, evaluation.unknown
        masks, nested = self.program.missing_masks, self.program.nested
        derived, missing = self.derived_mask & unknown, evaluation.missing
        replacements = self.replacements(evaluation.settled) if derived else []
        for place in selection.places:
            if statuses[place] == UNKNOWN:
                mask = masks[place] & unknown
                more = nested[place]
                if more is not None:
                    mask |= more(truths, unknown)
                missing[place] = self._replace(mask, replacements) if mask & derived else mask

    def _find_amounts(self, evaluation: Evaluation, selection: Selection) -> None:
        statuses, unknown, amounts = evaluation.statuses, evaluation.unknown, evaluation.amounts
        for place, compiled in selection.amounts:
            status = statuses[place]
            untouched = self._untouched.get(place)
            if untouched and status == UNKNOWN and compiled.facts_mask & unknown == compiled.facts_mask:
                amounts[place] = untouched
            elif status in (TRUE, UNKNOWN):
                amounts[place] = self._amount(place, evaluation)

    def replacements(self, settled: Settled) -> list[tuple[int, int]]:
        """For each unknown derived fact, its bit and the mask of what to ask for instead."""
        return [(bit, self.mask(settled.needs[fact])) for fact, bit in self._derived if fact in settled.needs]

    @staticmethod
    def _replace(mask: int, replacements: list[tuple[int, int]]) -> int:
        for bit, inputs in replacements:
            if mask & bit:
                mask = (mask & ~bit) | inputs
        return mask

    def _amount(self, place: int, evaluation: Evaluation) -> Amount:
        """The amount of an eligible or undetermined rule, as ``api.md`` orders its states."""
        status, compiled = evaluation.statuses[place], self.amounts[place]
        if status == TRUE and compiled.ready and not compiled.facts_mask & evaluation.unknown:
            parameter = self._parameter(place, evaluation)
            return Amount("computed", compiled.value(evaluation.vector), parameter=parameter)
        settled = evaluation.settled
        found = self._calculate(place, settled.known)
        if status == UNKNOWN:
            return self._open_amount(found, settled.needs)
        if found.unset is not None:
            return Amount("not_published", parameter=found.unset)
        if found.value is None:
            return self._open_amount(found, settled.needs)
        return Amount("computed", fraction_to_yuan(found.value), parameter=found.parameter)

    def _open_amount(self, found: Calculation, needs: Mapping[str, tuple[str, ...]]) -> Amount:
        """What keeps an amount open, with the facts to ask for in the place of unknown derived ones."""
        asked = {name for fact in found.missing for name in needs.get(fact, (fact,))}
        return Amount("undetermined", missing=self.mask(asked), parameter=found.parameter)

    def _parameter(self, place: int, evaluation: Evaluation) -> str | None:
        if place not in self._parametric:
            return None
        return self._calculate(place, evaluation.settled.known).parameter

    def _calculate(self, place: int, known: Mapping[str, Value]) -> Calculation:
        return calculate(self.amounts[place].expression, known, self.edition.parameters)

    def amount_after(self, place: int, known: Mapping[str, Value]) -> Decimal | None:
        """The amount that an eligible asker with these facts has; None when it is not computed."""
        if place not in self.amounts:
            return None
        found = self._calculate(place, known)
        return None if found.value is None else fraction_to_yuan(found.value)
