"""Rows, eligible rows and money by place and by section of industry, counted while parts are written."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from app.rules.columns_derived import derived_columns
from app.rules.columns_schema import physical_schema
from app.screening.sums import yuan_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from app.rules.compile_columns import ColumnProgram
    from app.rules.vocabulary import Vocabulary
    from app.screening.kernel import Sink

__all__ = ["BY", "CountingSink", "Tally"]

#: The facts by which is counted.
BY: Final = ("registration_division", "industry_section")
_DERIVED: Final = "industry_section"
_ELIGIBLE: Final = "by.eligible"
_TOTAL: Final = "total_fen"


@dataclass
class Tally:
    """Fact → physical value (None: unknown) → rows, rows eligible for something, fen. Tallies of parts add up."""

    counts: dict[str, dict[int | None, list[int]]] = field(default_factory=dict)

    def take(self, fact: str, value: int | None, figures: Sequence[int]) -> None:
        """Add some rows with one value of a fact."""
        held = self.counts.setdefault(fact, {}).setdefault(value, [0, 0, 0])
        held[:] = [old + new for old, new in zip(held, figures, strict=True)]

    def add(self, other: Tally) -> None:
        """Take the rows of another one in."""
        for fact, values in other.counts.items():
            for value, figures in values.items():
                self.take(fact, value, figures)

    def to_json(self) -> dict[str, list[list[Any]]]:
        """Plain figures, for a manifest."""
        return {fact: [[value, *found] for value, found in values.items()] for fact, values in self.counts.items()}

    @classmethod
    def from_json(cls, raw: Mapping[str, Sequence[Sequence[Any]]]) -> Tally:
        """The tally that ``to_json`` wrote."""
        return cls({fact: {value: list(found) for value, *found in rows} for fact, rows in raw.items()})

    def public(self, vocabulary: Vocabulary) -> dict[str, list[dict[str, Any]]]:
        """For each fact its values in order, the unknown one last; money in yuan."""
        schema = physical_schema(vocabulary)
        found: dict[str, list[dict[str, Any]]] = {}
        for fact in (name for name in BY if name in self.counts):
            ordered = sorted(self.counts[fact].items(), key=lambda item: (item[0] is None, item[0] or 0))
            found[fact] = [
                {
                    "value": None if value is None else schema[fact].decode(value),
                    "rows": rows,
                    "eligible_rows": eligible,
                    "total": yuan_text(fen),
                }
                for value, (rows, eligible, fen) in ordered
            ]
        return found


@dataclass(frozen=True)
class CountingSink:
    """A sink that counts what passes, and hands on what the sink inside it wants."""

    inner: Sink
    tally: Tally = field(compare=False)

    def outputs(self, program: ColumnProgram) -> list[pl.Expr]:
        """The columns of the sink inside, and those that are only counted."""
        return [*self.inner.outputs(program), *_values(program), _eligible(program), program.total()]

    def write(self, part: str, batches: Iterator[pl.DataFrame]) -> None:
        """Count each batch on its way."""
        self.inner.write(part, map(self._counted, batches))

    def _counted(self, batch: pl.DataFrame) -> pl.DataFrame:
        present = [fact for fact in BY if f"by.{fact}" in batch.columns]
        for fact in present:
            grouped = batch.group_by(f"by.{fact}").agg(
                pl.len(), pl.col(_ELIGIBLE).sum(), pl.col(_TOTAL).cast(pl.Int128).sum()
            )
            for value, *figures in grouped.iter_rows():
                self.tally.take(fact, value, figures)
        return batch.drop([f"by.{fact}" for fact in present], _ELIGIBLE, _TOTAL)


def _values(program: ColumnProgram) -> list[pl.Expr]:
    """The values of the facts that are counted by, a section taken from the industry code where none is given."""
    found = []
    for fact in BY:
        if fact not in program.schema:
            continue
        values = program.facts[fact]
        if fact == _DERIVED and "industry_code" in program.schema:
            policy = program.edition.policy
            values = derived_columns(program.facts, policy, (fact,), lambda whole: whole).get(fact, values)
        found.append(values.alias(f"by.{fact}"))
    return found


def _eligible(program: ColumnProgram) -> pl.Expr:
    """Where a row is eligible for something."""
    nothing = pl.lit(0, dtype=pl.Int64)
    words = [word != nothing for word in program.words("eligible")]
    return (reduce(or_, words) if words else pl.lit(False)).alias(_ELIGIBLE)  # noqa: FBT003 - a literal
