"""The collection plan: on how many rows a fact is missing, and what knowing that one fact could decide.

A fact *decides* a row where it is the only one missing of some undetermined result. It *is worth* the amounts that
such results would then have, grants and savings of tax, as far as they can be worked out already.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from app.rules.columns_conditions import any_true

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["Collection", "OpenResult", "collect"]

_NEVER: Final = pl.lit(False)  # noqa: FBT003 - a literal of the expression


@dataclass(frozen=True)
class OpenResult:
    """What one rule lacks: for each fact, where it is missing while the rule is undetermined (never null).

    ``worth``: the fen that the rule would be worth where a condition holds, None for a rule without money in hand.
    """

    rule: str
    missing: Mapping[str, pl.Expr]
    worth: Callable[[pl.Expr], pl.Expr] | None = None


@dataclass(frozen=True)
class Collection:
    """Columns to count, and how to put them together.

    ``outputs``: ``<fact>.missing`` and ``<fact>.decides`` (booleans), ``<rule>.worth_fen`` where one fact is wanting.
    ``worths``: for each fact the pairs of a boolean column and the column of fen to add up where it is true.
    """

    outputs: tuple[pl.Expr, ...]
    facts: tuple[str, ...]
    worths: Mapping[str, tuple[tuple[str, str], ...]]


def collect(results: Sequence[OpenResult], order: Sequence[str], share: Callable[[pl.Expr], pl.Expr]) -> Collection:
    """The plan over some results; ``order``: all facts in public order."""
    missing: dict[str, list[pl.Expr]] = {}
    decides: dict[str, list[pl.Expr]] = {}
    worths: dict[str, list[tuple[str, str]]] = {}
    outputs: list[pl.Expr] = []
    for result in results:
        alone = _alone(result.missing, share)
        for fact, where in result.missing.items():
            missing.setdefault(fact, []).append(where)
            decides.setdefault(fact, []).append(alone[fact])
        if result.worth is not None:
            worth = f"{result.rule}.worth_fen"
            outputs.append(result.worth(share(any_true(alone.values()))).alias(worth))
            for fact, where in alone.items():
                flag = f"{result.rule}.{fact}.alone"
                outputs.append(where.alias(flag))
                worths.setdefault(fact, []).append((flag, worth))
    facts = tuple(fact for fact in order if fact in missing)
    outputs += [any_true(missing[fact]).alias(f"{fact}.missing") for fact in facts]
    outputs += [any_true(decides[fact]).alias(f"{fact}.decides") for fact in facts]
    return Collection(tuple(outputs), facts, {fact: tuple(pairs) for fact, pairs in worths.items()})


def _alone(missing: Mapping[str, pl.Expr], share: Callable[[pl.Expr], pl.Expr]) -> dict[str, pl.Expr]:
    """For each fact, where it is the only one missing."""
    one, more = _NEVER, _NEVER
    for where in missing.values():
        more = share(any_true([more, one & where])) if not one.meta.eq(_NEVER) else more
        one = share(any_true([one, where]))
    return {fact: share(where & ~more) for fact, where in missing.items()}
