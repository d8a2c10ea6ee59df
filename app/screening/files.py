"""Files of a screening: there whole or not at all, safe to open in a spreadsheet, known by their hash."""

from __future__ import annotations

import hashlib
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import orjson
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["parquet_files", "read_json", "sha256_of", "shielded", "whole_file", "without_formula", "write_json"]

#: What a spreadsheet takes for the beginning of a formula.
_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r")


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A name to write under; the file gets its own name when it is complete, and is removed when it is not."""
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_json(path: Path, value: Any) -> None:
    """A JSON document with a line for each entry."""
    with whole_file(path) as temporary:
        temporary.write_bytes(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def read_json(path: Path) -> Any:
    """The document, or None while there is none."""
    try:
        return orjson.loads(path.read_bytes())
    except FileNotFoundError:
        return None


def parquet_files(path: Path) -> list[Path]:
    """A Parquet file itself; of a folder, those directly in it by their names."""
    return sorted(path.glob("*.parquet")) if path.is_dir() else [path]


def sha256_of(path: Path) -> str:
    """The hash of a file's content; of a folder, that of its Parquet files' names and hashes."""
    if path.is_dir():
        lines = (f"{sha256_of(file)} {file.name}\n" for file in parquet_files(path))
        return hashlib.sha256("".join(lines).encode()).hexdigest()
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def without_formula(text: str) -> str:
    """Text that no spreadsheet works out."""
    return f"'{text}" if text.startswith(_SIGNS) else text


def shielded(column: str) -> pl.Expr:
    """The same for a column of text."""
    text = pl.col(column).cast(pl.String)
    risky = pl.any_horizontal([text.str.starts_with(sign) for sign in _SIGNS])
    return pl.when(risky).then(pl.lit("'") + text).otherwise(text).alias(column)
