"""The next question of each row: the fact that settles most, every undetermined result having one point to give.

As ``questions.py``: a result gives each of its k askable facts 1/k point, exactly, in shares that every k divides.
"""

from __future__ import annotations

from math import lcm
from typing import TYPE_CHECKING, Final

import polars as pl

from app.rules.columns_conditions import in_case
from app.rules.columns_constants import nothing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["question_column"]

_INT64: Final = 2**63


def question_column(
    results: Sequence[Mapping[str, pl.Expr]], order: Sequence[str], share: Callable[[pl.Expr], pl.Expr]
) -> pl.Expr:
    """The id of the fact to ask, null where nothing is left to ask.

    Args:
        results: For each result, where each of its facts is missing while it is open (never null).
        order: All facts in public order, which decides ties.
        share: Names an expression that is read more than once.
    """
    ids = pl.Enum(order)
    widest = max((len(facts) for facts in results), default=0)
    if not widest:
        return nothing(ids)
    unit = lcm(*range(1, widest + 1))
    dtype = pl.Int64() if unit * len(results) < _INT64 else pl.Int128()
    points: dict[str, list[pl.Expr]] = {}
    for facts in results:
        portion = _portion(facts, unit, dtype, share)
        for fact, missing in facts.items():
            points.setdefault(fact, []).append(in_case([(missing, portion)], pl.lit(0, dtype=dtype)))
    scores = {fact: share(_sum(points[fact])) for fact in order if fact in points}
    best = share(pl.max_horizontal(list(scores.values())))
    asked = [(score == best, pl.lit(fact, dtype=ids)) for fact, score in scores.items()]
    return in_case([(best > pl.lit(0, dtype=dtype), in_case(asked, nothing(ids)))], nothing(ids))


def _portion(
    facts: Mapping[str, pl.Expr], unit: int, dtype: pl.DataType, share: Callable[[pl.Expr], pl.Expr]
) -> pl.Expr:
    """What each missing fact of a result is given: the whole point over their number."""
    one, none = pl.lit(1, dtype=pl.UInt8), pl.lit(0, dtype=pl.UInt8)
    count = share(_sum([in_case([(missing, one)], none) for missing in facts.values()]))
    cases = [
        (count == pl.lit(number, dtype=pl.UInt8), pl.lit(unit // number, dtype=dtype))
        for number in range(1, len(facts) + 1)
    ]
    return share(in_case(cases, pl.lit(0, dtype=dtype)))


def _sum(parts: Sequence[pl.Expr]) -> pl.Expr:
    found = parts[0]
    for part in parts[1:]:
        found = found + part
    return found
