"""The facts of one row of a finished screening, as they were decided: from the folder, or from the registry again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from app.rules.columns_packed import SEPARATOR, unpack_columns
from app.rules.columns_schema import physical_schema
from app.rules.errors import excerpt
from app.screening.files import parquet_files, sha256_of
from app.screening.folder_errors import FolderError
from app.screening.kernel import KEYS
from app.screening.limits import Limits
from app.screening.mapping import ENTITY, parse_mapping
from app.screening.physical import is_physical
from app.screening.readers.registry import open_registry

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from app.rules.columns_schema import PhysicalColumn
    from app.rules.vocabulary import Value, Vocabulary
    from app.screening.folder import Asked, ScreeningFolder

__all__ = ["facts_of_entity"]


def facts_of_entity(
    folder: ScreeningFolder,
    entity: str,
    vocabulary: Vocabulary,
    *,
    source: Path | None = None,
    limits: Limits | None = None,
) -> list[dict[str, Value]]:
    """The known facts of each row with that code, in the order of the registry (a code may stand there twice).

    Args:
        folder: A finished screening.
        entity: The code.
        vocabulary: The facts of the policy that decided.
        source: Where the registry lies now; where it lay then when left out. Not needed for a screening with truths.
        limits: For opening the registry again; those for a file of the operator's own when left out.

    Raises:
        FolderError: not_a_screening, registry_missing, registry_changed, unknown_entity.
    """
    asked = folder.asked
    if asked is None or not folder.finished:
        raise FolderError("not_a_screening", folder=str(folder.path))
    if folder.facts.exists():
        rows = _physical(folder.facts, entity)
    else:
        rows = _again(asked, entity, vocabulary, source or asked.source, limits or Limits.local())
    if rows.is_empty():
        raise FolderError("unknown_entity", entity=excerpt(entity))
    return _facts(rows, physical_schema(vocabulary))


def _physical(path: Path, entity: str) -> pl.DataFrame:
    """The rows of a file of physical columns, or of a folder of them."""
    table = pl.scan_parquet(parquet_files(path), glob=False)
    key = next(name for name in KEYS if name in table.collect_schema())
    return table.filter(pl.col(key) == entity).collect()


def _again(asked: Asked, entity: str, vocabulary: Vocabulary, source: Path, limits: Limits) -> pl.DataFrame:
    """The rows of the registry, read as it was read then."""
    if not source.exists():
        raise FolderError("registry_missing", file=asked.name)
    if sha256_of(source) != asked.sha256:
        raise FolderError("registry_changed", file=asked.name)
    if limits.in_place and is_physical(source, vocabulary):
        return _physical(source, entity)
    mapping = parse_mapping(asked.mapping)
    floats = asked.options.allow_float
    with open_registry(
        source, vocabulary=vocabulary, limits=limits, mapping=mapping, allow_float=floats, name=asked.name
    ) as registry:
        return pl.concat([batch.frame.filter(pl.col(ENTITY) == entity) for batch in registry.batches()])


def _facts(rows: pl.DataFrame, schema: Mapping[str, PhysicalColumn]) -> list[dict[str, Value]]:
    columns: dict[str, pl.Expr] = {name: pl.col(name) for name in rows.columns if name in schema}
    for packed in (name for name in rows.columns if SEPARATOR in name):
        columns |= unpack_columns(schema, packed)
    table = rows.select(columns[name].alias(name) for name in schema if name in columns)
    return [_known(row, schema) for row in table.iter_rows(named=True)]


def _known(row: Mapping[str, Any], schema: Mapping[str, PhysicalColumn]) -> dict[str, Value]:
    return {name: schema[name].decode(value) for name, value in row.items() if value is not None}
