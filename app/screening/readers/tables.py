"""Raw rows on their way to conversion: one frame of raw columns after another, whatever kind of file they came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

import polars as pl

from app.screening.conversion import escaped
from app.screening.readers.parquet_file import DAMAGE, damaged
from app.screening.readers.spool import Block, read_blocks
from app.screening.readers.xlsx_scan import column_letters

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from app.screening.readers.header import Header

__all__ = ["BATCH_ROWS", "GridSource", "ParquetSource", "RawRows", "Source"]

BATCH_ROWS: Final = 65_536


@dataclass(frozen=True, slots=True)
class RawRows:
    """Some rows: their sheet, their numbers in the file, their raw columns, and how many cells each had.

    ``misfits``: place → number of cells, for rows that have more or fewer than the header. ``letters``: column → its
    letters in a workbook.
    """

    sheet: str
    numbers: pl.Series
    columns: pl.DataFrame
    expected: int
    misfits: Mapping[int, int] = field(default_factory=dict)
    letters: Mapping[str, str] = field(default_factory=dict)


class Source(Protocol):
    """Gives the rows of a file, as often as asked."""

    @property
    def rows(self) -> int:
        """How many rows of data there are."""

    @property
    def dtypes(self) -> Mapping[str, pl.DataType]:
        """Column → type, in the order of the file."""

    def read(self, names: Sequence[str], first: int, count: int) -> Iterator[RawRows]:
        """The named columns of ``count`` rows from ``first`` (from 0)."""


@dataclass(frozen=True)
class GridSource:
    """The spool of a csv or workbook. ``headers``: sheet → its header; all have the same names."""

    spool: Path
    headers: Mapping[str, Header]
    rows: int
    ragged: bool

    @property
    def dtypes(self) -> Mapping[str, pl.DataType]:
        """Everything is text with tags."""
        first = next(iter(self.headers.values()))
        return dict.fromkeys(first.names, pl.String())

    def read(self, names: Sequence[str], first: int, count: int) -> Iterator[RawRows]:
        """The rows below the headers, in the order of the file."""
        passed = 0
        for block in read_blocks(self.spool):
            header = self.headers.get(block.sheet)
            if header is None:
                continue
            kept = [
                place for place, number in enumerate(block.rows) if number > header.row and number not in header.skipped
            ]
            low, high = max(first - passed, 0), first + count - passed
            passed += len(kept)
            chosen = kept[low:high] if high > 0 else []
            if chosen:
                columns = {name: self._column(block.columns, header.names[name], chosen) for name in names}
                misfits = self._misfits(block, header, chosen) if self.ragged else {}
                numbers = pl.Series("row", [block.rows[row] for row in chosen], dtype=pl.Int64)
                frame = pl.DataFrame(columns, height=len(chosen))
                letters = {} if self.ragged else {name: column_letters(header.names[name]) for name in names}
                yield RawRows(block.sheet, numbers, frame, header.width, misfits, letters)
            if passed >= first + count:
                return

    @staticmethod
    def _misfits(block: Block, header: Header, chosen: list[int]) -> dict[int, int]:
        """Rows of a csv that end before the last named column, or hold something beyond the header."""
        named = max(header.names.values()) + 1
        beyond = block.columns[header.width :]
        return {
            place: block.widths[row]
            for place, row in enumerate(chosen)
            if block.widths[row] < named
            or (block.widths[row] > header.width and any(column[row] is not None for column in beyond))
        }

    @staticmethod
    def _column(columns: list[list[str | None]], place: int, chosen: list[int]) -> pl.Series:
        if place >= len(columns):
            return pl.Series([None] * len(chosen), dtype=pl.String)
        cells = columns[place]
        return pl.Series([cells[row] for row in chosen], dtype=pl.String)


@dataclass(frozen=True)
class ParquetSource:
    """A Parquet file in place, or the copy that the child made of it (``arrow``)."""

    path: Path
    rows: int
    arrow: bool
    batch_rows: int = BATCH_ROWS

    @property
    def _table(self) -> pl.LazyFrame:
        return pl.scan_ipc(self.path) if self.arrow else pl.scan_parquet(self.path, glob=False)

    @property
    def dtypes(self) -> Mapping[str, pl.DataType]:
        """The types that the file declares."""
        return dict(self._table.collect_schema())

    def read(self, names: Sequence[str], first: int, count: int) -> Iterator[RawRows]:
        """The rows in the order of the file."""
        done = first
        for batch in self._slices(self._table.select(names).slice(first, count)):
            numbers = pl.int_range(done + 1, done + 1 + batch.height, eager=True).alias("row")
            done += batch.height
            yield RawRows("", numbers, batch.with_columns(escaped(column) for column in batch), 0)

    def _slices(self, chosen: pl.LazyFrame) -> Iterator[pl.DataFrame]:
        """The rows in pieces; a file read in place may turn out to be damaged on the way."""
        found = chosen.collect_batches(chunk_size=self.batch_rows, maintain_order=True)
        try:
            for batch in found:
                yield from batch.iter_slices(self.batch_rows)
        except DAMAGE as error:
            raise damaged() from error
