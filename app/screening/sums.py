"""What a screening came to: sums over rows that add up from split to split."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, Self

import polars as pl

from app.rules.money import EXACT, money_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.rules.columns_collection import Collection
    from app.rules.columns_layout import Layout

    Columns = Mapping[str, pl.Series]

__all__ = ["FactSums", "RuleSums", "Sums", "sums_of", "yuan_text"]

_INT64: Final = 2**63


@dataclass
class RuleSums:
    """What one rule came to: numbers of rows, and fen of the computed amounts.

    ``amount_undetermined`` and ``not_published`` are eligible rows without an amount.
    """

    eligible: int = 0
    undetermined: int = 0
    ineligible: int = 0
    not_in_force: int = 0
    fen: int = 0
    amount_undetermined: int = 0
    not_published: int = 0


@dataclass
class FactSums:
    """What lacks because of one fact: rows where a result misses it, rows and fen that it alone could decide."""

    rows: int = 0
    decides_rows: int = 0
    decides_fen: int = 0


@dataclass
class Sums:
    """The sums of some rows; sums of splits add up to those of the whole."""

    rows: int = 0
    total_fen: int = 0
    rules: dict[str, RuleSums] = field(default_factory=dict)
    missing: dict[str, FactSums] = field(default_factory=dict)

    def add(self, other: Sums) -> None:
        """Take the rows of another one in."""
        self.rows += other.rows
        self.total_fen += other.total_fen
        for name, rule in other.rules.items():
            _add(self.rules.setdefault(name, RuleSums()), rule)
        for name, fact in other.missing.items():
            _add(self.missing.setdefault(name, FactSums()), fact)

    def to_json(self) -> dict[str, Any]:
        """Plain figures, for a manifest."""
        return {
            "rows": self.rows,
            "total_fen": self.total_fen,
            "rules": {name: vars(rule) for name, rule in self.rules.items()},
            "missing": {name: vars(fact) for name, fact in self.missing.items()},
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Self:
        """The sums that ``to_json`` wrote."""
        return cls(
            raw["rows"],
            raw["total_fen"],
            {name: RuleSums(**rule) for name, rule in raw["rules"].items()},
            {name: FactSums(**fact) for name, fact in raw["missing"].items()},
        )


def _add(sums: RuleSums | FactSums, other: RuleSums | FactSums) -> None:
    for name, value in vars(other).items():
        setattr(sums, name, getattr(sums, name) + value)


def sums_of(batch: pl.DataFrame, layout: Layout, collection: Collection | None) -> Sums:
    """The sums of a batch from its tallies, its fen and the columns of the collection plan."""
    columns: Columns = dict(zip(batch.columns, batch.get_columns(), strict=True))
    found = Sums(batch.height, _fen(columns["total_fen"]))
    for place, standing in zip(layout.places, layout.standings, strict=True):
        rule = found.rules.setdefault(standing.rule.id, RuleSums())
        if not standing.in_force:
            rule.not_in_force = batch.height
            continue
        truth = columns[f"{standing.rule.id}.truth"]
        rule.eligible, rule.undetermined = int(truth.sum()), truth.null_count()
        rule.ineligible = batch.height - rule.eligible - rule.undetermined
        if place in layout.amounts:
            _count_amounts(rule, standing.rule.id, columns)
    if collection is not None:
        found.missing = _missing(columns, collection)
    return found


def _count_amounts(sums: RuleSums, rule: str, columns: Columns) -> None:
    fen, unpublished = columns.get(f"{rule}.fen"), columns.get(f"{rule}.unpublished")
    computed = 0
    if fen is not None:
        computed, sums.fen = fen.len() - fen.null_count(), _fen(fen)
    if unpublished is not None:
        sums.not_published = int(unpublished.sum())
    sums.amount_undetermined = sums.eligible - computed - sums.not_published


def _missing(columns: Columns, collection: Collection) -> dict[str, FactSums]:
    found = {}
    for fact in collection.facts:
        worths = collection.worths.get(fact, ())
        fen = sum(_fen(columns[worth].filter(columns[flag].fill_null(value=False))) for flag, worth in worths)
        found[fact] = FactSums(int(columns[f"{fact}.missing"].sum()), int(columns[f"{fact}.decides"].sum()), fen)
    return found


def _fen(column: pl.Series) -> int:
    """The sum of fen, none of them below 0, in integers that no number of rows overflows; null adds nothing."""
    highest = column.max() if column.dtype == pl.Int64 else None
    if isinstance(highest, int) and highest * column.len() < _INT64:
        return int(column.sum())
    return int(column.cast(pl.Int128).sum())


def yuan_text(fen: int) -> str:
    """Fen as yuan with two decimals."""
    return money_text(Decimal(fen).scaleb(-2, context=EXACT))
