"""Registries on disk as Parquet of physical columns: written from batches, and recognised again.

A mark in the file says for which columns it was written: in the public form of a registry an integer is yuan, here it
is fen, so nothing but the mark may tell the two apart.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import polars as pl
from polars.io.plugins import register_io_source

from app.screening.files import parquet_files, whole_file
from app.screening.kernel import LAYOUT, PHYSICAL_MARK, physical_mark, write_registry
from app.screening.readers.faults import FileFault, FileRefused
from app.screening.readers.parquet_file import DAMAGE, damaged

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from app.rules.vocabulary import Vocabulary

__all__ = ["copy_physical", "is_physical", "physical_rows", "write_physical"]

_MAGIC = b"PAR1"


def is_physical(path: Path, vocabulary: Vocabulary) -> bool:
    """Whether a file, or every file of a folder, holds physical columns of this vocabulary.

    Raises:
        FileRefused: file_invalid, when it was written for the facts of another vocabulary, and for a folder that
            holds anything but such files with the same columns.
    """
    if not path.is_dir():
        return _is_physical(path, vocabulary)
    columns = {
        tuple(pl.read_parquet_schema(file).items()) if _is_physical(file, vocabulary) else None
        for file in parquet_files(path)
    }
    if len(columns) != 1 or None in columns:
        reason = {
            "zh": "文件夹里必须全是已转换的 Parquet 名册，列都相同",
            "en": "a folder must hold converted registries in Parquet only, all with the same columns",
        }
        raise FileRefused([FileFault("file_invalid", {"reason": reason})])
    return True


def _is_physical(path: Path, vocabulary: Vocabulary) -> bool:
    with path.open("rb") as stream:
        if stream.read(len(_MAGIC)) != _MAGIC:
            return False
    try:
        mark = pl.read_parquet_metadata(path).get(PHYSICAL_MARK)
    except DAMAGE:
        return False  # the reader says what is wrong with it
    if mark is not None and mark != physical_mark(vocabulary):
        reason = {"zh": "它是按另一版事实目录转换的", "en": "it was converted for another list of facts"}
        raise FileRefused([FileFault("file_invalid", {"reason": reason})])
    return mark is not None


def physical_rows(path: Path) -> int:
    """How many rows it has, or all files of a folder.

    Raises:
        FileRefused: file_invalid or empty_batch.
    """
    try:
        rows: int = pl.scan_parquet(parquet_files(path), glob=False).select(pl.len()).collect().item()
    except DAMAGE as error:
        raise damaged() from error
    if not rows:
        raise FileRefused([FileFault("empty_batch")])
    return rows


def copy_physical(source: Path, target: Path) -> None:
    """What a file or folder of physical columns holds, as one file that is recognised again."""
    first, *others = parquet_files(source)
    if others:
        mark = {PHYSICAL_MARK: pl.read_parquet_metadata(first)[PHYSICAL_MARK]}
        pl.scan_parquet([first, *others], glob=False).sink_parquet(target, metadata=mark, **LAYOUT)
    else:
        shutil.copyfile(first, target)


def write_physical(batches: Iterator[pl.DataFrame], path: Path, vocabulary: Vocabulary) -> None:
    """Batches of native columns as one file, a batch at a time. What the batches raise is raised here."""
    first = next(batches, None)
    if first is None:
        raise FileRefused([FileFault("empty_batch")])
    failures: list[BaseException] = []

    def source(
        with_columns: list[str] | None, predicate: pl.Expr | None, n_rows: int | None, batch_size: int | None
    ) -> Iterator[pl.DataFrame]:
        del predicate, n_rows, batch_size  # all rows are written
        try:
            yield first if with_columns is None else first.select(with_columns)
            for batch in batches:
                yield batch if with_columns is None else batch.select(with_columns)
        except BaseException as error:
            failures.append(error)
            raise

    with whole_file(path) as temporary:
        try:
            write_registry(register_io_source(source, schema=first.schema), temporary, vocabulary)
        except pl.exceptions.ComputeError:
            # what is raised inside a pass over the rows comes out of Polars as an error of its own
            if not failures:
                raise
        if failures:
            raise failures[0]
