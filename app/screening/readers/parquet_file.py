"""Parquet: judged by its footer before anything is decoded, then copied (or scanned in place) column by column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl
from polars.exceptions import PolarsError

from app.screening.readers.faults import FileFault, FileRefused
from app.screening.readers.grid import Content, SheetContent
from app.screening.readers.xlsx_archive import invalid

if TYPE_CHECKING:
    from pathlib import Path

    from app.screening.limits import Limits

__all__ = ["DAMAGE", "copy_parquet", "damaged", "inspect_parquet"]

_MAGIC: Final = b"PAR1"
#: What Polars raises for a file that is not what its footer says.
DAMAGE: Final = (PolarsError, OSError, ValueError, pl.exceptions.PanicException)


def damaged() -> FileRefused:
    """file_invalid for content that cannot be decoded."""
    return invalid("Parquet 文件的内容已损坏", "what the Parquet file holds is damaged")


def inspect_parquet(path: Path, limits: Limits) -> Content:
    """Rows and columns from the footer alone.

    Raises:
        FileRefused: file_invalid, empty_batch, too_many_rows, sheet_too_large.
    """
    with path.open("rb") as stream:
        stream.seek(0, 2)
        if stream.tell() >= len(_MAGIC):
            stream.seek(-len(_MAGIC), 2)
        if stream.read() != _MAGIC:
            raise invalid("Parquet 文件不完整", "the Parquet file is cut short")
    try:
        width = len(pl.read_parquet_schema(path))
        rows: int = pl.scan_parquet(path).select(pl.len()).collect().item()
    except DAMAGE as error:
        raise invalid("Parquet 文件的目录已损坏", "the footer of the Parquet file is damaged") from error
    if rows > limits.rows:
        raise FileRefused([FileFault("too_many_rows", {"limit": limits.rows})])
    if width > limits.columns:
        params = {"sheet": "parquet", "last": width, "columns": limits.columns}
        raise FileRefused([FileFault("sheet_too_large", params)])
    if not rows:
        raise FileRefused([FileFault("empty_batch")])
    return Content("parquet", (SheetContent("", rows, width),), rows)


def copy_parquet(path: Path, spool: Path, limits: Limits) -> Content:
    """Decode the file once, here, into one that the caller may trust.

    Raises:
        FileRefused: as :func:`inspect_parquet`, and for what cannot be decoded.
    """
    content = inspect_parquet(path, limits)
    try:
        pl.scan_parquet(path).sink_ipc(spool)
    except DAMAGE as error:
        raise damaged() from error
    return content
