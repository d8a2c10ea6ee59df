"""The parts of all splits joined into the results, in the order of the registry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl
import xlsxwriter

from app.screening.files import shielded, whole_file
from app.screening.folder_errors import FolderError
from app.screening.kernel import LAYOUT
from app.screening.mapping import ENTITY

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

__all__ = ["SHEET_ROWS", "copy_decisions", "join_parts"]

#: Rows of data that an Excel sheet holds below its header.
SHEET_ROWS: Final = 1_048_575
_EXACT_DIGITS: Final = 15


def join_parts(folder: Path, parts: Sequence[Path], *, truths: bool) -> list[str]:
    """``decisions.parquet`` and, where the parts hold them, ``truths.parquet``; the names of the files written."""
    table = pl.scan_parquet(list(parts), glob=False)
    names = table.collect_schema().names()
    bits = [name for name in names if name.startswith(("truth.", "known."))]
    _write(table.select([name for name in names if name not in bits]), folder / "decisions.parquet")
    if not truths:
        return ["decisions.parquet"]
    _write(table.select([ENTITY, *bits]), folder / "truths.parquet")
    return ["decisions.parquet", "truths.parquet"]


def _write(table: pl.LazyFrame, path: Path) -> None:
    with whole_file(path) as temporary:
        table.sink_parquet(temporary, **LAYOUT)


def copy_decisions(folder: Path, formats: Iterable[str]) -> list[str]:
    """Decisions in other formats; the names of the files written.

    Raises:
        FolderError: sheet_too_long.
    """
    source = folder / "decisions.parquet"
    writers = {"csv": _write_csv, "xlsx": _write_xlsx}
    written = []
    for name in sorted(formats):
        target = folder / f"decisions.{name}"
        with whole_file(target) as temporary:
            writers[name](source, temporary)
        written.append(target.name)
    return written


def _write_csv(source: Path, target: Path) -> None:
    """With the mark by which a spreadsheet knows UTF-8, and no text that it would work out."""
    table = pl.scan_parquet(source, glob=False)
    table.with_columns(shielded(ENTITY)).sink_csv(target, include_bom=True)


def _write_xlsx(source: Path, target: Path) -> None:
    table = pl.scan_parquet(source, glob=False)
    rows: int = table.select(pl.len()).collect().item()
    if rows > SHEET_ROWS:
        raise FolderError("sheet_too_long", rows=rows, limit=SHEET_ROWS)
    options: dict[str, Any] = {"constant_memory": True, "tmpdir": str(target.parent)}
    with xlsxwriter.Workbook(str(target), options) as book:
        sheet = book.add_worksheet("decisions")
        yuan = book.add_format({"num_format": "0.00"})
        schema = table.collect_schema()
        for place, name in enumerate(schema):
            sheet.write_string(0, place, name)
        sheet.freeze_panes(1, 1)
        texts = [dtype != pl.Decimal for dtype in schema.dtypes()]
        number = 0
        for batch in table.collect_batches(chunk_size=16_384, maintain_order=True):
            for row in batch.with_columns(pl.col(pl.Decimal, pl.Enum).cast(pl.String)).iter_rows():
                number += 1
                for place, value in enumerate(row):
                    if value is None:
                        continue
                    if texts[place] or len(value) > _EXACT_DIGITS:
                        sheet.write_string(number, place, value)
                    else:
                        sheet.write_number(number, place, float(value), yuan)
