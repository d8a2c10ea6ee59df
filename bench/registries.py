"""Registries to screen: every row follows from the seed and its own number, so that any slice can be made alone.

A county of shops, farms and a few works: most entities are small, few facts of projects and services are known, and
what a registry lacks is lacking in many rows. Columns are physical (``columns_schema.py``), beside ``entity``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl
from polars.io.plugins import register_io_source

from app.rules.columns_schema import physical_schema
from app.rules.vocabulary import FactType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from app.rules.columns_schema import PhysicalColumn
    from app.rules.vocabulary import Vocabulary

__all__ = ["Registry", "scan"]

#: Share of rows (of 256) on which a fact of the section is not known.
UNKNOWN = {"who": 8, "finance": 64, "tax": 90, "awards": 120, "projects": 215, "services": 225}
#: Flags that are usually true; all others usually are not.
USUAL = ("credit_record_good", "operating_normally", "documents_complete", "meets_", "is_ecommerce", "commitment_given")
DIVISIONS = ("140722",) * 11 + ("140702", "140721", "140725", "140109", "110105")
#: Kinds of business with their weights: farming, small trade, catering, transport, building, mining, works, services.
INDUSTRIES = (
    *(("A0111", 5), ("A0313", 4), ("A0211", 2), ("A", 1), ("B0610", 1), ("B", 1), ("C1311", 2), ("C3311", 2)),
    *(("C2929", 1), ("C30", 1), ("D4415", 1), ("E4710", 3), ("E501", 1), ("F5111", 3), ("F5121", 2), ("F5212", 6)),
    *(("F5231", 4), ("F5299", 3), ("F5", 1), ("G5431", 3), ("G591", 1), ("G5942", 1), ("G6020", 1), ("H6110", 1)),
    *(("H6210", 5), ("H6220", 2), ("I6311", 1), ("I6420", 1), ("I6513", 1), ("J6720", 1), ("K7010", 1), ("K7020", 1)),
    *(("K7040", 1), ("L7111", 1), ("L7281", 1), ("M7320", 1), ("N7820", 1), ("O8111", 3), ("P8310", 1), ("Q8415", 1)),
    *(("Q8512", 1), ("R8810", 1), ("S9122", 1), ("T9600", 1)),
)
TOWNSHIPS = ("辽阳镇", "桐峪镇", "麻田镇", "芹泉镇", "拐儿镇", "寒王乡", "石匣乡", "龙泉乡", "粟城乡", "羊角乡")
#: Facts that name and never decide.
IDENTITY = frozenset({"uscc", "name", "core_enterprise_uscc"})
#: Bits that a fact draws.
WIDTH = dict.fromkeys(FactType, 64) | dict.fromkeys((FactType.ENUM, FactType.SET, FactType.CODE, FactType.TEXT), 32)
WIDTH[FactType.BOOL] = 16
UNSIGNED = {16: pl.UInt16, 32: pl.UInt32, 64: pl.UInt64}
_ODD = 0x9E3779B97F4A7C15
_MIX = (0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
_WORD = 2**64
_CHUNK = 262_144


@dataclass(frozen=True)
class Registry:
    """A registry of some vocabulary.

    Args:
        vocabulary: Its facts.
        seed: Another seed, another registry.
        edges: Physical values worth meeting exactly (thresholds and bounds); they are mixed in where given.
        unknown: Share of unknown rows by section, of 256; the sections of the county where left out.
    """

    vocabulary: Vocabulary
    seed: int = 1
    edges: Mapping[str, Sequence[int]] = field(default_factory=dict)
    unknown: Mapping[str, int] = field(default_factory=lambda: UNKNOWN)

    def rows(self, first: int, count: int) -> pl.DataFrame:
        """The rows from ``first`` on."""
        wanted = [column for name, column in physical_schema(self.vocabulary).items() if name not in IDENTITY]
        numbers = pl.int_range(first, first + count, dtype=pl.UInt64, eager=True).alias("row").to_frame()
        draws = _draws(wanted)
        table = numbers.with_columns(_words(self.seed, 1 + max(word for word, _ in draws.values())))
        slices = {
            name: _part(pl.col(f"w{word}"), start, WIDTH[column.fact.type]).cast(UNSIGNED[WIDTH[column.fact.type]])
            for column in wanted
            for name, (word, start) in [(column.fact.id, draws[column.fact.id])]
        }
        table = table.select("row", **slices)
        entity = pl.format("E{}", pl.col("row").cast(pl.String).str.zfill(11)).alias("entity")
        return table.select(entity, *(self._column(column) for column in wanted))

    def _column(self, column: PhysicalColumn) -> pl.Expr:
        fact, draw = column.fact, pl.col(column.fact.id)
        width = WIDTH[fact.type]
        value = _value(column, draw)
        for number, edge in enumerate(self.edges.get(fact.id, ())[:24]):
            # only figures have edges, and their draws are wide
            value = pl.when(_part(draw, 50, 5) == number).then(pl.lit(edge, dtype=column.dtype)).otherwise(value)
        least = pl.lit(self.unknown[fact.section] << (width - 8), dtype=UNSIGNED[width])
        return pl.when(draw >= least).then(value).alias(fact.id)

    def chunks(self, count: int) -> Iterator[pl.DataFrame]:
        """All rows of a registry of that size, some at a time."""
        for first in range(0, count, _CHUNK):
            yield self.rows(first, min(_CHUNK, count - first))


def _draws(wanted: Sequence[PhysicalColumn]) -> dict[str, tuple[int, int]]:
    """Fact → the word and the bit where its draw begins; a word serves as many facts as fit."""
    found, word, free = {}, -1, 0
    for width in (64, 32, 16):
        for column in wanted:
            if WIDTH[column.fact.type] == width:
                if free < width:
                    word, free = word + 1, 64
                found[column.fact.id] = (word, 64 - free)
                free -= width
    return found


def _words(seed: int, count: int) -> list[pl.Expr]:
    """Sixty-four even bits for each row and word, from the number of the row alone."""
    found = []
    for place in range(count):
        start = (seed * 1_000_003 + place * 7_919 + 1) * _ODD % _WORD
        bits = pl.col("row") * pl.lit(_ODD, dtype=pl.UInt64) + pl.lit(start, dtype=pl.UInt64)
        for factor in _MIX:
            bits = (bits ^ (bits // pl.lit(2**30, dtype=pl.UInt64))) * pl.lit(factor, dtype=pl.UInt64)
        found.append((bits ^ (bits // pl.lit(2**31, dtype=pl.UInt64))).alias(f"w{place}"))
    return found


def _part(draw: pl.Expr, shift: int, bits: int) -> pl.Expr:
    """Some bits of a draw as a number."""
    moved = draw if shift == 0 else draw // (1 << shift)
    return moved & ((1 << bits) - 1)


def _value(column: PhysicalColumn, draw: pl.Expr) -> pl.Expr:
    """A value from the low bits of a draw; its highest eight say whether the fact is known."""
    fact = column.fact
    match fact.type:
        case FactType.BOOL:
            return _part(draw, 0, 8) < (216 if fact.id.startswith(USUAL) else 40)
        case FactType.ENUM:
            return _member(column, draw)
        case FactType.SET:
            bits = len(fact.members)
            return (_part(draw, 0, bits) & _part(draw, bits, bits)).cast(pl.Int64)
        case FactType.DATE:
            return (_part(draw, 0, 13).cast(pl.Int32) + 7_000).cast(pl.Date)
        case FactType.CODE | FactType.TEXT:
            return _drawn_word(column, draw)
        case _:
            return _figure(column, draw)


def _member(column: PhysicalColumn, draw: pl.Expr) -> pl.Expr:
    """Mostly one of the first members; the kinds of entity as a county has them."""
    count = len(column.fact.members)
    if column.fact.id == "entity_type":
        drawn = _part(draw, 0, 8)
        return (
            pl.when(drawn < 160)
            .then(column.codes["individual_business"])
            .when(drawn < 232)
            .then(column.codes["enterprise"])
            .when(drawn < 252)
            .then(column.codes["farmer_cooperative"])
            .otherwise(column.codes["other"])
            .cast(pl.UInt8)
        )
    return (_part(draw, 0, 8) * _part(draw, 8, 8) * count // (1 << 16)).cast(pl.UInt8)


def _drawn_word(column: PhysicalColumn, draw: pl.Expr) -> pl.Expr:
    name = column.fact.code or column.fact.id
    words: Sequence[str] = {
        "division": DIVISIONS,
        "industry": [code for code, weight in INDUSTRIES for _ in range(weight)],
    }.get(name, TOWNSHIPS)
    values = pl.Series([column.encode(word) for word in words], dtype=column.dtype)
    return pl.lit(values).gather(_part(draw, 0, 16) % len(words))


def _figure(column: PhysicalColumn, draw: pl.Expr) -> pl.Expr:
    """Most figures are those of a shop (a million yuan, a few people), one in sixteen those of a works."""
    fact, drawn = column.fact, _part(draw, 0, 16)
    if fact.type is FactType.RATE:
        parts = (_part(draw, 0, 10) * _part(draw, 0, 10) * 10_000).cast(pl.Int64)
        return parts - 1_000_000_000 if fact.minimum is not None and fact.minimum < 0 else parts.clip(0, 10**10)
    cube = drawn * drawn * drawn
    large = _part(draw, 16, 4) == 0
    if fact.type is FactType.MONEY:
        fen = (cube // (1 << 18)).cast(pl.Int64)
        return pl.when(large).then(fen * 1_000).otherwise(fen)
    if fact.type is FactType.INT:
        count = (cube // (1 << 42)).cast(pl.Int64)
        return pl.when(large & pl.lit(fact.unit not in ("month", "time"))).then(count * 64).otherwise(count)
    return (cube // (1 << 17)).cast(column.dtype) * 1_000


def scan(registry: Registry, count: int) -> pl.LazyFrame:
    """All rows of a registry of that size, made while they are read."""

    def source(
        with_columns: list[str] | None, predicate: pl.Expr | None, n_rows: int | None, batch_size: int | None
    ) -> Iterator[pl.DataFrame]:
        del predicate, n_rows, batch_size
        for chunk in registry.chunks(count):
            yield chunk if with_columns is None else chunk.select(with_columns)

    return register_io_source(source, schema=registry.rows(0, 1).schema)
