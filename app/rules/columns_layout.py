"""Which bit of which word says what: the compact form of a decided row, and back again without the row's facts.

Bits fill words of 63, lowest first, so that no word needs a sign. Groups of words: ``eligible`` and ``undetermined``
(a bit for each selected rule), ``unpublished`` (each rule with an amount: its calculation reaches a figure that the
county has not published), ``truth`` (each unique condition), ``known`` (each fact read; then, for each indicator of
the size class, whether the row of the industry code uses it).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from app.rules.amounts import Choose, FactRef, Lookup, children, facts_of, walk
from app.rules.conditions import AllOf, Comparison, Condition, leaves
from app.rules.derived import DERIVED, SIZE_INPUTS
from app.rules.evaluate import Status
from app.rules.truth import Truth, all_of, any_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from app.rules.amounts import Expression
    from app.rules.edition import Edition, Standing

__all__ = ["WORD", "ExpandedRow", "Layout", "expand", "inputs_of"]

#: Bits in a word: Int64 without its sign, which other engines cannot do without.
WORD: Final = 63


def inputs_of(fact: str) -> tuple[str, ...]:
    """The facts from which a derived one follows."""
    if fact == "enterprise_size":
        return SIZE_INPUTS
    return ("industry_code",) if fact == "industry_section" else ("registration_division",)


@dataclass(frozen=True)
class Layout:
    """The places of all bits for some rules of an edition. ``places``: the selected rules, in the order of the table.

    ``amounts``: those of them in force that have an amount.
    """

    edition: Edition
    places: tuple[int, ...]

    @cached_property
    def standings(self) -> tuple[Standing, ...]:
        """The selected rules as they stand."""
        return tuple(self.edition.standings[place] for place in self.places)

    @cached_property
    def amounts(self) -> tuple[int, ...]:
        """The selected rules in force that have an amount."""
        return tuple(place for place in self.places if self.amount_of(place) is not None)

    def amount_of(self, place: int) -> Expression | None:
        """The amount of a rule in force, if it has one."""
        standing = self.edition.standings[place]
        return standing.version.amount if standing.in_force and standing.rule.terms is not None else None

    @cached_property
    def conditions(self) -> tuple[Comparison, ...]:
        """Every unique comparison of the selected rules in force, then those that only their amounts read.

        The branch of a lookup counts as the comparison of its fact with one member.
        """
        found = dict.fromkeys(leaf for standing in self.standings if standing.in_force for leaf in standing.leaves)
        for place in self.amounts:
            for node in walk(self._amount(place)):
                if isinstance(node, Choose):
                    found.update(dict.fromkeys(leaves(node.condition)))
                elif isinstance(node, Lookup):
                    found.update(dict.fromkeys(Comparison(node.fact, "equal_to", key) for key, _ in node.cases))
        return tuple(found)

    @cached_property
    def condition_index(self) -> Mapping[Comparison, int]:
        """Comparison → its place in ``conditions``."""
        return {leaf: place for place, leaf in enumerate(self.conditions)}

    @cached_property
    def facts(self) -> tuple[str, ...]:
        """Every fact that conditions and amounts read, with the inputs of derived ones, in public order."""
        read = {fact for leaf in self.conditions for fact in leaf.facts}
        for place in self.amounts:
            read |= facts_of(self._amount(place))
        for fact in DERIVED:
            if fact in read:
                read.update(inputs_of(fact))
        return self.edition.policy.vocabulary.ordered(read)

    @cached_property
    def indicators(self) -> tuple[str, ...]:
        """The indicators of the size class, where it is read."""
        return SIZE_INPUTS[1:] if "enterprise_size" in self.facts else ()

    @property
    def groups(self) -> Mapping[str, int]:
        """Group of words → its number of bits."""
        rules = len(self.places)
        return {
            "eligible": rules,
            "undetermined": rules,
            "unpublished": len(self.amounts),
            "truth": len(self.conditions),
            "known": len(self.facts) + len(self.indicators),
        }

    def words(self, group: str) -> tuple[str, ...]:
        """The columns of a group."""
        return tuple(f"{group}.{word}" for word in range(-(-self.groups[group] // WORD)))

    def bits(self, group: str, row: Mapping[str, int]) -> list[bool]:
        """The bits of a group in one row."""
        whole = sum(row[name] << (WORD * word) for word, name in enumerate(self.words(group)))
        return [bool(whole >> bit & 1) for bit in range(self.groups[group])]

    def _amount(self, place: int) -> Expression:
        amount = self.amount_of(place)
        if amount is None:
            raise ValueError(place)
        return amount


@dataclass(frozen=True)
class ExpandedRow:
    """What the words of one row say: the truth of each condition and which facts were known, derived ones included.

    ``needs``: for each derived fact that is unknown, the facts to ask for in its place.
    """

    layout: Layout
    truths: tuple[Truth, ...]
    known: frozenset[str]
    needs: Mapping[str, tuple[str, ...]]

    def truth(self, condition: Condition) -> Truth:
        """The truth of a condition of the edition."""
        if isinstance(condition, Comparison):
            return self.truths[self.layout.condition_index[condition]]
        parts = [self.truth(part) for part in condition.parts]
        return all_of(parts) if isinstance(condition, AllOf) else any_of(parts)

    def status(self, place: int) -> Status:
        """The status of a rule."""
        standing = self.layout.edition.standings[place]
        if not standing.in_force:
            return Status.NOT_IN_FORCE
        truth = self.truth(standing.condition)
        if truth is None:
            return Status.UNDETERMINED
        return Status.ELIGIBLE if truth else Status.INELIGIBLE

    def missing(self, place: int) -> tuple[str, ...]:
        """The facts that can still change the status of a rule, as ``missing_facts`` names them."""
        standing = self.layout.edition.standings[place]
        if not standing.in_force:
            return ()
        return self._asked(self._open(standing.condition))

    def amount_missing(self, place: int) -> tuple[str, ...]:
        """The facts that the amount of a rule still needs."""
        amount = self.layout.amount_of(place)
        wanting = () if amount is None else self._wanting(amount)
        return self._asked(wanting)

    def _asked(self, wanting: Iterable[str]) -> tuple[str, ...]:
        """The facts to ask for: derived ones that are unknown replaced by what settles them."""
        asked = [name for fact in wanting for name in self.needs.get(fact, (fact,))]
        return self.layout.edition.policy.vocabulary.ordered(asked)

    def _open(self, condition: Condition) -> Iterable[str]:
        if self.truth(condition) is not None:
            return
        if isinstance(condition, Comparison):
            yield from (fact for fact in condition.facts if fact not in self.known)
        else:
            for part in condition.parts:
                yield from self._open(part)

    def _wanting(self, node: Expression) -> Iterable[str]:
        if isinstance(node, FactRef) and node.fact not in self.known:
            yield node.fact
        below: Sequence[Expression] = children(node)
        if isinstance(node, Choose):
            truth = self.truth(node.condition)
            yield from self._open(node.condition)
            below = below if truth is None else (node.then if truth else node.otherwise,)
        elif isinstance(node, Lookup) and node.fact not in self.known:
            yield node.fact
        elif isinstance(node, Lookup):
            below = [body for key, body in node.cases if self.truth(Comparison(node.fact, "equal_to", key))]
        for child in below:
            yield from self._wanting(child)


def expand(layout: Layout, row: Mapping[str, int]) -> ExpandedRow:
    """The truths and known facts of one row from its ``truth`` and ``known`` words.

    A condition whose bit is not set is false where its facts are known, else unknown: unless one of its facts is
    unknown a comparison always has an answer.
    """
    flags = layout.bits("known", row)
    known = frozenset(fact for fact, flag in zip(layout.facts, flags, strict=False) if flag)
    reads = {name for name, flag in zip(layout.indicators, flags[len(layout.facts) :], strict=True) if flag}
    truths = tuple(
        True if bit else (False if known.issuperset(leaf.facts) else None)
        for bit, leaf in zip(layout.bits("truth", row), layout.conditions, strict=True)
    )
    needs = {fact: _needs(fact, known, reads) for fact in DERIVED if fact in layout.facts and fact not in known}
    return ExpandedRow(layout, truths, known, needs)


def _needs(fact: str, known: frozenset[str], reads: set[str]) -> tuple[str, ...]:
    """As ``derived.missing_inputs``: the inputs not given, or the fact itself when none can settle it."""
    inputs = inputs_of(fact)
    if fact != "enterprise_size":
        return inputs
    if "industry_code" not in known:
        return tuple(name for name in inputs if name not in known)
    if not reads:
        return (fact,)
    return tuple(name for name in inputs if name in reads and name not in known)
