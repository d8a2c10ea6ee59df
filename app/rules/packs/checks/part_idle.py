"""``part_idle``: a part of a condition that can be left out without changing any answer.

Only what is idle even while facts are unknown is reported. That one comparison follows from another on a *different*
fact does not make it idle: it settles the question earlier.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.conditions import AllOf, AnyOf, Comparison, Condition, FactOperand
from app.rules.domains import MAX_WAYS, Knowledge, assume, can_hold, count_ways
from app.rules.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from app.rules.errors import Path
    from app.rules.packs.checks.pack import Pack
    from app.rules.vocabulary import Vocabulary

    #: The whole condition with one part of it put in place of the node that is looked at.
    Whole = Callable[[Condition], Condition]

__all__ = ["check"]


#: A list of all members of an enum says that the fact must be known, whatever it is.
_DELIBERATE = "is_one_of"


def check(pack: Pack) -> Iterator[Fault]:
    """Branches that can never hold, comparisons that always do, and parts that a neighbour already says."""
    for condition, path in pack.conditions:
        if count_ways(condition) <= MAX_WAYS and can_hold(condition, pack.policy.vocabulary):
            yield from _idle(condition, path, pack.policy.vocabulary, lambda part: part)


def _idle(node: Condition, path: Path, vocabulary: Vocabulary, whole: Whole) -> Iterator[Fault]:
    if isinstance(node, Comparison):
        if node.operator != _DELIBERATE and assume(Knowledge(vocabulary), node, truth=False) is None:
            yield Fault("part_idle", path)
        return
    key = "all" if isinstance(node, AllOf) else "any"
    for place, part in enumerate(node.parts):
        here = (*path, key, place)
        dead = key == "any" and not can_hold(whole(part), vocabulary)
        if dead or _said(node, place, vocabulary):
            yield Fault("part_idle", here)
        else:
            yield from _idle(part, here, vocabulary, _inside(node, place, whole))


def _said(node: AllOf | AnyOf, place: int, vocabulary: Vocabulary) -> bool:
    """Whether a neighbour makes a part idle; of two that say the same the first one stays."""
    part = node.parts[place]
    return any(
        _says(other, part, node, vocabulary) and (position < place or not _says(part, other, node, vocabulary))
        for position, other in enumerate(node.parts)
        if position != place
    )


def _says(other: Condition, part: Condition, node: AllOf | AnyOf, vocabulary: Vocabulary) -> bool:
    """Whether ``other`` makes ``part`` idle: the same thing, or a comparison of the same fact that decides it."""
    if other == part:
        return True
    if not isinstance(other, Comparison) or not isinstance(part, Comparison) or other.fact != part.fact:
        return False
    if isinstance(other.expected, FactOperand) or isinstance(part.expected, FactOperand):
        return False
    truth = isinstance(node, AllOf)
    known = assume(Knowledge(vocabulary), other, truth=truth)
    return known is not None and assume(known, part, truth=not truth) is None


def _inside(node: AllOf | AnyOf, place: int, whole: Whole) -> Whole:
    """Where a part of ``node`` stands in the whole condition; of an ``any`` only that part is chosen."""
    if isinstance(node, AnyOf):
        return whole
    return lambda part: whole(AllOf((*node.parts[:place], part, *node.parts[place + 1 :])))
