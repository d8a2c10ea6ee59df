"""Screening on Spark: it hands out splits and repeats tasks; each task runs the kernel that a local run uses.

Needs the extra ``spark``. Workers import this package, so it and Polars must be installed where they run, and they
must see the folder of the screening under the same path.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from app.screening.folder import ScreeningFolder
from app.screening.kernel import PartFolder, ScreeningPolicy, SplitError, decide_frame
from app.screening.mapping import ENTITY, ColumnMapping, Target
from app.screening.readers.batches import BatchBuilder
from app.screening.readers.registry import column_plans
from app.screening.readers.tables import RawRows
from app.screening.sums import Sums

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

    from app.rules.policy import Policy
    from app.screening.conversion import ColumnPlan
    from app.screening.folder import Split

__all__ = ["BATCH_ROWS", "REJECTS", "screen_dataframe", "screen_splits", "spark_session"]

#: Rows of an Arrow batch that make little of what each batch costs.
BATCH_ROWS: Final = 65_536
#: The column that says why a row was not decided.
REJECTS: Final = "rejects"
_CELL: Final = ("column", "value", "code", "message")
_MANIFEST: Final = "number long, rows long, sums string"
_BATCH_SETTING: Final = "spark.sql.execution.arrow.maxRecordsPerBatch"


def spark_session(master: str) -> SparkSession:
    """A session at a master (``local[2]``, ``spark://…``, or ``sc://…`` for Spark Connect).

    Raises:
        ImportError: the extra ``spark`` is not installed.
    """
    from pyspark.sql import SparkSession  # noqa: PLC0415 - an extra

    builder = SparkSession.builder.appName("beizeng")
    if master.startswith("sc://"):
        session: SparkSession = builder.remote(master).getOrCreate()
        return session
    quiet = builder.master(master).config("spark.ui.enabled", "false").config("spark.ui.showConsoleProgress", "false")
    session = quiet.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


def screen_splits(
    spark: SparkSession, folder: ScreeningFolder, policy: ScreeningPolicy, splits: Sequence[Split]
) -> Sums:
    """Decide the splits of a converted folder, one task each; what they came to.

    A task writes its part under another name and renames it, so a task that Spark repeats or runs twice writes the
    same part again. ``folder.finish`` then joins the parts as after a local run.

    Args:
        spark: The session, also one of Spark Connect.
        folder: The folder, begun and converted, on storage that every worker sees.
        policy: What decides.
        splits: Those of the folder.

    Raises:
        SplitError: rows_missing, when the tasks report other rows than the splits have.
    """
    path, split_rows, listed = folder.path.absolute(), folder.split_rows, list(splits)

    def decide(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        yield from _decided(path, split_rows, policy, listed, batches)

    tasks = spark.range(0, len(listed), 1, len(listed)).mapInArrow(decide, _MANIFEST)
    found = {row["number"]: row for row in tasks.collect()}
    sums = Sums()
    for split in listed:
        row = found.get(split.number)
        if row is None or row["rows"] != split.rows:
            params = {"split": split.number, "expected": split.rows, "found": None if row is None else row["rows"]}
            raise SplitError("rows_missing", **params)
        sums.add(Sums.from_json(json.loads(row["sums"])))
    return sums


def _decided(
    path: Path, split_rows: int, policy: ScreeningPolicy, splits: Sequence[Split], batches: Iterable[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    """In a worker: the manifest row of each split whose number arrives."""
    import pyarrow as pa  # noqa: PLC0415 - an extra

    folder = ScreeningFolder(path, split_rows)
    for batch in batches:
        for number in batch.column(0).to_pylist():
            sums = folder.run(policy, splits[number])
            yield pa.RecordBatch.from_pydict(
                {"number": [number], "rows": [sums.rows], "sums": [json.dumps(sums.to_json())]}
            )


def screen_dataframe(
    df: DataFrame, policy: Policy, on: date, rules: Iterable[str] | None = None, *, next_question: bool = False
) -> DataFrame:
    """Decide the rows of a Spark table in a caller's own job.

    The table has the native form of a registry: columns named by fact ids, ``entity`` or ``uscc`` to identify a row,
    null for unknown. The answer has the columns of ``decisions.parquet`` and :data:`REJECTS`: null, or for a row with
    a bad cell, which is not decided, a JSON list of ``{"column", "value", "code", "message"}``.

    Spark turns rows into Arrow batches and back, which costs several times as much as the decisions themselves:
    where the table is in Parquet files, screen those (docs/spark.md).

    Args:
        df: The table.
        policy: What decides.
        on: The day asked.
        rules: The ids of the rules asked, all when None.
        next_question: Also name the fact to ask of each row.

    Raises:
        FileRefused: for a column that is no fact, a type that does not fit, and without a key.
    """
    from pyspark.sql.pandas.types import from_arrow_schema  # noqa: PLC0415 - an extra

    decides = ScreeningPolicy.of(policy, on, rules)
    forms = ("decisions", "next_question") if next_question else ("decisions",)
    decider = _Decider.of(decides, forms, _polars(df.limit(0).toArrow()).schema)
    schema = from_arrow_schema(decider.nothing().schema)

    def decide(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            yield from decider.table(batch).to_batches()

    spark = df.sparkSession
    if int(spark.conf.get(_BATCH_SETTING, "0") or 0) < BATCH_ROWS:
        spark.conf.set(_BATCH_SETTING, str(BATCH_ROWS))
    return df.mapInArrow(decide, schema)


class _Decider:
    """Decides batches of native columns; made once and carried to the workers."""

    def __init__(self, policy: ScreeningPolicy, forms: tuple[str, ...], plans: list[ColumnPlan]) -> None:
        self._policy, self._forms, self._plans = policy, forms, plans

    @classmethod
    def of(cls, policy: ScreeningPolicy, forms: tuple[str, ...], schema: pl.Schema) -> _Decider:
        """For a table with those columns."""
        mapping = ColumnMapping({name: Target(name) for name in schema})
        vocabulary = policy.edition.policy.vocabulary
        return cls(policy, forms, column_plans(schema, mapping, vocabulary, allow_float=False))

    def nothing(self) -> pa.Table:
        """The answer for no row, for its columns."""
        return self._answer(pl.DataFrame(schema={plan.column: pl.String() for plan in self._plans}))

    def table(self, batch: pa.RecordBatch) -> pa.Table:
        """The answer for a batch."""
        return self._answer(_polars(batch))

    def _answer(self, raw: pl.DataFrame) -> pa.Table:
        builder = BatchBuilder("", self._plans, {plan.physical.fact.id for plan in self._plans if plan.physical})
        numbers = pl.Series(range(raw.height), dtype=pl.Int64)
        frame, rejects = builder.build(RawRows("", numbers, raw, raw.width))
        bad: dict[int, list[dict[str, Any]]] = {}
        for reject in rejects:
            cells = reject.cells("zh")
            bad.setdefault(reject.row, []).append(
                {name: cells[name] for name in ("column", "value", "code", "message")}
            )
        decided, _ = decide_frame(self._policy, frame, PartFolder(Path(), self._forms))
        answer = decided.with_columns(pl.col(pl.Enum).cast(pl.String), pl.lit(None, pl.String).alias(REJECTS))
        if bad:
            refused = pl.DataFrame(
                {
                    ENTITY: [self._key(raw, row) for row in bad],
                    REJECTS: [json.dumps(found, ensure_ascii=False) for found in bad.values()],
                },
                schema={ENTITY: pl.String(), REJECTS: pl.String()},
            )
            answer = pl.concat([answer, refused], how="diagonal")
        return _arrow(answer)

    def _key(self, raw: pl.DataFrame, row: int) -> str | None:
        value = raw[ENTITY if ENTITY in raw.columns else "uscc"][row]
        return None if value is None else str(value)


def _polars(table: pa.Table | pa.RecordBatch) -> pl.DataFrame:
    found = pl.from_arrow(table)
    return found if isinstance(found, pl.DataFrame) else found.to_frame()


def _arrow(frame: pl.DataFrame) -> pa.Table:
    """With the text type that Spark asks for."""
    import pyarrow as pa  # noqa: PLC0415 - an extra

    table = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
    fields = [pa.field(f.name, pa.string()) if pa.types.is_large_string(f.type) else f for f in table.schema]
    return table.cast(pa.schema(fields))
