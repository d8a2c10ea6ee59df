"""Whom a measure could be granted without an application: who is eligible, and who is nearly so and what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from app.screening.kernel import decide_frame

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal
    from pathlib import Path

    from app.rules.compile_columns import ColumnProgram
    from app.screening.kernel import ScreeningPolicy

__all__ = ["NEARLY_FACTS", "Candidate", "candidates_of"]

#: Nearly eligible: at most so many facts are unknown, or have to change.
NEARLY_FACTS: Final = 3
_MISSING: Final = ".missing."


class Candidate(NamedTuple):
    """One row under one rule.

    ``kind``: ``eligible`` (all facts known), ``nearly`` (undetermined for want of ``missing``) or ``near_miss``
    (ineligible; ``changes`` facts would have to change). ``amount`` in yuan, None unless computed.
    """

    entity: str
    rule: str
    kind: str
    amount: Decimal | None = None
    missing: tuple[str, ...] = ()
    changes: int | None = None


@dataclass(frozen=True)
class _Told:
    """Asks for what candidates are told by."""

    def outputs(self, program: ColumnProgram) -> list[pl.Expr]:
        """Decisions, near misses, and for each fact that a rule may miss whether it does."""
        missing = [
            flag.alias(f"{standing.rule.id}{_MISSING}{fact}")
            for place, standing in zip(program.layout.places, program.layout.standings, strict=True)
            if standing.in_force
            for fact, flag in program.missing(place).items()
        ]
        return [*program.decisions(), *program.near_misses(), *missing]


def candidates_of(policy: ScreeningPolicy, facts: Path) -> Iterator[Candidate]:
    """The candidates under the policy's rules, rule by rule, in the order of the registry.

    Args:
        policy: What decides, narrowed to the rules of one measure.
        facts: A registry of physical columns.
    """
    table, _ = decide_frame(policy, pl.read_parquet(facts), _Told())
    for rule in sorted(policy.rules or ()):
        if rule in table.columns:
            yield from _of_rule(table, rule)


def _of_rule(table: pl.DataFrame, rule: str) -> Iterator[Candidate]:
    amount, near = f"{rule}.amount", f"{rule}.near_miss"
    flags = [name for name in table.columns if name.startswith(f"{rule}{_MISSING}")]
    status = pl.col(rule).cast(pl.String)
    eligible = table.filter(status == "eligible")
    amounts = eligible[amount].to_list() if amount in table.columns else [None] * eligible.height
    for entity, value in zip(eligible["entity"], amounts, strict=True):
        yield Candidate(entity, rule, "eligible", value)
    lacking = pl.sum_horizontal([pl.col(flag).fill_null(value=False).cast(pl.Int32) for flag in flags] or [pl.lit(0)])
    open_rows = table.filter((status == "undetermined") & lacking.is_between(1, NEARLY_FACTS))
    for row in open_rows.select("entity", *flags).iter_rows(named=True):
        missing = tuple(flag.rpartition(_MISSING)[2] for flag in flags if row[flag])
        yield Candidate(row["entity"], rule, "nearly", missing=missing)
    if near in table.columns:
        missed = table.filter((status == "ineligible") & pl.col(near).is_between(1, NEARLY_FACTS))
        for entity, changes in missed.select("entity", near).iter_rows():
            yield Candidate(entity, rule, "near_miss", changes=changes)
