"""A registry as an office sends it: one column for each fact that the firm tells, figures in yuan, words for codes."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import polars as pl

from app.rules.columns_schema import physical_schema
from app.rules.vocabulary import FactType
from bench.registries import Registry
from bench.subject import FACTS

if TYPE_CHECKING:
    from app.rules.columns_schema import PhysicalColumn
    from app.rules.vocabulary import Vocabulary

#: Held as they are sent.
_AS_SENT = (FactType.BOOL, FactType.INT, FactType.DATE, FactType.TEXT)
_BOUNDARY = "beizeng-load-7d1f"


def registry_bytes(vocabulary: Vocabulary, rows: int) -> bytes:
    """A Parquet file, small enough to be uploaded."""
    columns = [column for fact, column in physical_schema(vocabulary).items() if fact in FACTS]
    columns = [column for column in columns if column.fact.type is not FactType.SET]
    table = Registry(vocabulary).rows(0, rows)
    plain = table.select("entity", *(_plain(table, column) for column in columns))
    written = BytesIO()
    plain.write_parquet(written)
    return written.getvalue()


def _plain(table: pl.DataFrame, column: PhysicalColumn) -> pl.Series:
    held, kind = table[column.fact.id], column.fact.type
    if kind in _AS_SENT:
        return held
    if kind in (FactType.ENUM, FactType.CODE):
        kinds = held.drop_nulls().unique().to_list()
        return held.replace_strict(kinds, [column.decode(one) for one in kinds], return_dtype=pl.String)
    decimals = min(column.scale, 4)
    return (held.cast(pl.Float64) / 10**column.scale).round(decimals).cast(pl.Decimal(38, decimals)).alias(held.name)


def upload(content: bytes) -> bytes:
    """``POST /v1/screenings`` with the file."""
    part = f'--{_BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="registry.parquet"\r\n\r\n'
    body = part.encode() + content + f"\r\n--{_BOUNDARY}--\r\n".encode()
    head = (
        "POST /v1/screenings HTTP/1.1\r\nhost: 127.0.0.1\r\n"
        f"content-type: multipart/form-data; boundary={_BOUNDARY}\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
