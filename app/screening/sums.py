"""What a screening came to: sums over rows that add up from split to split."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FactSums", "RuleSums", "Sums"]


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
