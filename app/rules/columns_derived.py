"""Derived facts as expressions, by the same rules as ``derived.py``: a given value always wins.

What to ask for in place of an unknown derived fact is an expression as well (:func:`needs`).
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING, Final

import polars as pl

from app.rules.columns_conditions import UNLISTED, all_true, any_true, in_case
from app.rules.columns_constants import nothing
from app.rules.columns_layout import inputs_of
from app.rules.columns_schema import industry_range
from app.rules.derived import DERIVED, SIZE_INPUTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from app.rules.columns_conditions import Facts
    from app.rules.policy import Policy
    from app.rules.vocabulary import SizeRow, Vocabulary

    Share = Callable[[pl.Expr], pl.Expr]

__all__ = ["derived_columns", "needs", "row_reads"]

_CLASSES: Final = ("micro", "small", "medium", "large")
_LETTERS: Final = tuple("ABCDEFGHIJKLMNOPQRST")
_LETTER: Final = 11**4
_PROVINCE: Final = 10_000


def derived_columns(facts: Facts, policy: Policy, wanted: Iterable[str], share: Share) -> dict[str, pl.Expr]:
    """The derived facts among ``wanted``, given values first; none for a fact that is unknown on every row."""
    found = {}
    for fact in DERIVED:
        if fact in wanted and (fact in facts.columns or _source(fact) in facts.columns):
            derived = _derive(fact, facts, policy, share)
            found[fact] = pl.coalesce(facts[fact], derived) if fact in facts.columns else derived
    return found


def _source(fact: str) -> str:
    """The input without which a derived fact cannot be known."""
    return "registration_division" if fact.startswith("registered") else "industry_code"


def _derive(fact: str, facts: Facts, policy: Policy, share: Share) -> pl.Expr:
    division = policy.division
    if fact == "registered_in_county":
        return facts["registration_division"] == pl.lit(int(division), dtype=pl.UInt32)
    if fact == "registered_in_province":
        low = int(division[:2]) * _PROVINCE
        code = facts["registration_division"]
        return code.is_between(pl.lit(low, dtype=pl.UInt32), pl.lit(low + _PROVINCE - 1, dtype=pl.UInt32))
    if fact == "industry_section":
        return _section(facts)
    return _size(facts, policy.vocabulary, share)


def _section(facts: Facts) -> pl.Expr:
    letter = (facts["industry_code"] // pl.lit(_LETTER, dtype=pl.UInt32)).cast(pl.UInt8)
    codes = facts.schema["industry_section"].codes
    if tuple(codes) == _LETTERS:
        return letter
    words = [
        (
            letter == pl.lit(_LETTERS.index(word), dtype=pl.UInt8),
            pl.lit(code, dtype=pl.UInt8),
        )
        for word, code in codes.items()
        if word in _LETTERS
    ]
    return pl.when(letter.is_not_null()).then(in_case(words, pl.lit(UNLISTED, dtype=pl.UInt8)))


def _size(facts: Facts, vocabulary: Vocabulary, share: Share) -> pl.Expr:
    """The class as its rank: every indicator of the row at or above its lower bounds, however the unknown ones fall."""
    inside = [share(mask) for mask in _rows(facts, vocabulary)]
    steps = [share(_reached(facts, vocabulary, inside, step, share)) for step in range(3)]
    small, medium, large = steps
    codes = [facts.schema["enterprise_size"].codes[name] for name in _CLASSES]
    if codes == [0, 1, 2, 3]:
        return small.cast(pl.UInt8) + medium.cast(pl.UInt8) + large.cast(pl.UInt8)
    micro_code, small_code, medium_code, large_code = (pl.lit(code, dtype=pl.UInt8) for code in codes)
    ranks = [(large, large_code), (medium, medium_code), (small, small_code), (~small, micro_code)]
    return pl.when(small.is_not_null()).then(in_case(ranks, nothing(pl.UInt8())))


def _rows(facts: Facts, vocabulary: Vocabulary) -> list[pl.Expr]:
    """For each row of the size table, where the industry code belongs to it."""
    code = facts["industry_code"]
    return [
        any_true(
            code.is_between(pl.lit(low, dtype=pl.UInt32), pl.lit(high, dtype=pl.UInt32))
            for low, high in _intervals(vocabulary, row)
        )
        for row in vocabulary.size_rows
    ]


def _intervals(vocabulary: Vocabulary, row: SizeRow) -> list[tuple[int, int]]:
    """The packed codes of a row: below its prefixes, but for those below a longer prefix of another row."""
    owners = {prefix: owner for owner in reversed(vocabulary.size_rows) for prefix in owner.prefixes}
    found: list[tuple[int, int]] = []
    for prefix in row.prefixes:
        if owners[prefix] is not row:
            continue
        pieces = [industry_range(prefix)]
        for other in owners:
            if other != prefix and other.startswith(prefix):
                pieces = [part for piece in pieces for part in _without(piece, industry_range(other))]
        found += pieces
    return _joined(sorted(found))


def _without(piece: tuple[int, int], hole: tuple[int, int]) -> list[tuple[int, int]]:
    if hole[1] < piece[0] or piece[1] < hole[0]:
        return [piece]
    ends = [(piece[0], hole[0] - 1), (hole[1] + 1, piece[1])]
    return [(low, high) for low, high in ends if low <= high]


def _joined(pieces: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for low, high in pieces:
        if joined and low <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        else:
            joined.append((low, high))
    return joined


def _reached(facts: Facts, vocabulary: Vocabulary, inside: Sequence[pl.Expr], step: int, share: Share) -> pl.Expr:
    """Whether all indicators reach the ``step``-th of the lower bounds of their row; unknown outside the table.

    False as soon as one does not. Rows with the same bounds are looked at together; no code lies in two rows, so
    one row's truth is left of them all.
    """
    groups: dict[tuple[tuple[str, int], ...], list[pl.Expr]] = {}
    for mask, row in zip(inside, vocabulary.size_rows, strict=True):
        bounds = []
        for indicator in row.indicators:
            bound = Fraction(sorted((indicator.small, indicator.medium, indicator.large))[step])
            bounds.append((indicator.fact, ceil(bound * 10 ** facts.schema[indicator.fact].scale)))
        groups.setdefault(tuple(bounds), []).append(mask)
    reached = [
        all_true([share(any_true(masks)), *(_at_least(facts, fact, least, share) for fact, least in bounds_of_group)])
        for bounds_of_group, masks in groups.items()
    ]
    return pl.when(share(any_true(inside))).then(any_true(reached))


def _at_least(facts: Facts, fact: str, least: int, share: Share) -> pl.Expr:
    return share(facts[fact] >= pl.lit(least, dtype=facts.schema[fact].dtype))


def row_reads(facts: Facts, vocabulary: Vocabulary, share: Share) -> dict[str, pl.Expr]:
    """For each indicator, where the row of the industry code uses it; false where there is no row or no code."""
    if "industry_code" not in facts.columns:
        return {}
    inside = [share(mask) for mask in _rows(facts, vocabulary)]
    found = {}
    for name in SIZE_INPUTS[1:]:
        used = [
            mask
            for mask, row in zip(inside, vocabulary.size_rows, strict=True)
            if name in {indicator.fact for indicator in row.indicators}
        ]
        found[name] = any_true(used).eq_missing(other=True)
    return found


def needs(fact: str, facts: Facts, reads: Mapping[str, pl.Expr]) -> dict[str, pl.Expr]:
    """What to ask for where a derived fact is unknown: for each fact that can settle it, where it is wanted.

    Only the rows on which ``fact`` is unknown count. ``reads``: which indicators the row of the size table uses.
    """
    if fact != "enterprise_size":
        (source,) = inputs_of(fact)
        return {source: pl.lit(True)}  # noqa: FBT003 - a literal of the expression
    no_code = facts.unknown("industry_code")
    found = {"industry_code": no_code}
    for name in SIZE_INPUTS[1:]:
        used = reads.get(name, pl.lit(False))  # noqa: FBT003 - a literal of the expression
        found[name] = facts.unknown(name) & (no_code | used)
    if reads:
        found[fact] = ~(no_code | any_true(reads.values()))
    return found
