"""Deciding a few entities in columns, and reading what came out as the other engines say it."""

from __future__ import annotations

import polars as pl

from app.rules.columns_layout import WORD, expand
from app.rules.columns_schema import physical_schema
from app.rules.compile_columns import AMOUNT_STATUSES, STATUSES, compile_columns, pack_bits
from app.rules.edition import Edition
from tests.conformance.engines import Outcome


def frame(vocabulary, entities, columns=None):
    """Exact facts as a table of physical columns; all facts have one unless ``columns`` are named."""
    schema = physical_schema(vocabulary)
    return pl.DataFrame(
        {
            name: pl.Series([_encoded(column, entity.get(name)) for entity in entities], dtype=column.dtype)
            for name, column in schema.items()
            if columns is None or name in columns
        }
    )


def _encoded(column, value):
    return None if value is None else column.encode(value)


def program(policy, on, columns=None):
    names = [fact.id for fact in policy.vocabulary.facts] if columns is None else columns
    return compile_columns(Edition.of(policy, on), names)


def decide(program, table):
    """One row of outputs for each row of the table: codes, fen and all words."""
    outputs = [
        *program.statuses(),
        *program.amounts(),
        *program.amount_statuses(),
        program.total(),
        *program.words("eligible", "undetermined", "unpublished", "truth", "known"),
    ]
    return program.run(table, outputs).rows(named=True)


def outcomes(program, table):
    """For each row, rule → what the columns say, the missing facts out of the words alone."""
    return [_outcomes(program.layout, row) for row in decide(program, table)]


def _outcomes(layout, row):
    expanded = expand(layout, row)
    found = {}
    for place, standing in zip(layout.places, layout.standings, strict=True):
        rule = standing.rule.id
        status = STATUSES[row[rule]]
        assert expanded.status(place) == status
        if place not in layout.amounts:
            found[rule] = Outcome(status, expanded.missing(place))
            continue
        state, fen = AMOUNT_STATUSES[row[f"{rule}.amount_status"]], row.get(f"{rule}.fen")
        assert (fen is not None) == (state == "computed")
        found[rule] = Outcome(
            status,
            expanded.missing(place),
            state,
            None if fen is None else f"{fen // 100}.{fen % 100:02d}",
            expanded.amount_missing(place) if state == "undetermined" else (),
        )
    return found


def missing_words(program, place):
    """The missing facts of a rule as words, out of the expressions (not out of the bitmaps)."""
    facts = program.edition.policy.vocabulary.facts
    where = program.missing(place)
    bits = [where.get(fact.id, pl.lit(False)) for fact in facts]
    return [
        pack_bits(bits[start : start + WORD]).alias(f"missing.{place}.{start}") for start in range(0, len(bits), WORD)
    ]
