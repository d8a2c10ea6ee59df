"""One split of a registry, decided: the kernel that local runs, jobs and cluster tasks share. It knows of no engine.

A split is some rows of a Parquet file, or folder of files, of physical columns (``columns_schema.py``, flags packed or
not). Its rows are decided in one streaming pass, a batch at a time, so memory hangs neither on the size of a split nor
on its row groups.
"""

from __future__ import annotations

import hashlib
import uuid
import zlib
from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol, Self

import polars as pl
from polars.io.plugins import register_io_source

from app.rules.columns_packed import SEPARATOR, pack_columns
from app.rules.columns_schema import physical_schema
from app.rules.compile_columns import compile_columns
from app.rules.edition import Edition
from app.screening.files import parquet_files
from app.screening.splits import BATCH_ROWS
from app.screening.sums import Sums, sums_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from app.rules.columns_bindings import Pass
    from app.rules.columns_collection import Collection
    from app.rules.columns_schema import PhysicalColumn
    from app.rules.compile_columns import ColumnProgram
    from app.rules.policy import Policy
    from app.rules.vocabulary import Vocabulary

__all__ = [
    "LAYOUT",
    "ONE_PASS",
    "PHYSICAL_MARK",
    "PartFolder",
    "ScreeningPolicy",
    "Sink",
    "SplitError",
    "SplitResult",
    "Wanted",
    "decide_frame",
    "physical_mark",
    "run_split",
    "write_registry",
]

#: How registries and results are written: quick to decode, and no more than a batch held while writing.
LAYOUT: Final[Mapping[str, Any]] = {"compression": "lz4", "statistics": False, "row_group_size": BATCH_ROWS}
#: The entry of a Parquet file that says that its columns are physical, and of which facts.
PHYSICAL_MARK: Final = "beizeng.physical"
#: The version of how facts are packed; a file of the first one is not taken for this one.
_PACKING: Final = "packing 2"
#: What identifies a row, in the order of preference.
KEYS: Final = ("entity", "uscc")
#: The program names what is read more than once itself; looking for it again only costs time.
ONE_PASS: Final = pl.QueryOptFlags(comm_subexpr_elim=False, comm_subplan_elim=False)


class SplitError(Exception):
    """A split that is not what it was said to be: the reason and its figures."""

    def __init__(self, reason: str, **params: object) -> None:
        super().__init__(f"{reason}: {params}")
        self.reason = reason
        self.params = params


class SplitResult(NamedTuple):
    """The name of the part written, its rows and their sums."""

    part: str
    rows: int
    sums: Sums


@dataclass(frozen=True, eq=False)
class ScreeningPolicy:
    """What a registry is decided by. It travels to other processes; expressions are made anew where it arrives.

    ``rules``: the ids of the rules selected, all when None. ``collection``: whether sums hold the collection plan.
    """

    edition: Edition
    rules: frozenset[str] | None = None
    collection: bool = False

    @classmethod
    def of(cls, policy: Policy, on: date, rules: Iterable[str] | None = None, *, collection: bool = False) -> Self:
        """A policy as it stands on a date."""
        return cls(Edition.of(policy, on), None if rules is None else frozenset(rules), collection)

    def program(self, columns: Iterable[str]) -> ColumnProgram:
        """The rules over a table with those columns; made once for each kind of table in a process."""
        return _program(self, frozenset(columns))

    @cached_property
    def _identity(self) -> tuple[object, ...]:
        edition = self.edition
        parameters = tuple(sorted((name, str(value)) for name, value in edition.parameters.items()))
        return edition.policy.id, edition.policy.sha256, edition.start, parameters, self.rules

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ScreeningPolicy) and self._identity == other._identity

    def __hash__(self) -> int:
        return hash(self._identity)


@lru_cache(maxsize=8)
def _program(policy: ScreeningPolicy, columns: frozenset[str]) -> ColumnProgram:
    chosen = policy.rules
    return compile_columns(policy.edition, columns, None if chosen is None else lambda rule: rule.id in chosen)


class Wanted(Hashable, Protocol):
    """What is worked out for each row. It is hashable, and always wants the same outputs."""

    def outputs(self, program: ColumnProgram) -> Sequence[pl.Expr]:
        """The columns wanted beside the key of a row."""


class Sink(Wanted, Protocol):
    """Where the rows of a split go."""

    def write(self, part: str, batches: Iterator[pl.DataFrame]) -> None:
        """Take all batches of a part (one at least, maybe without rows), or none of them."""


@dataclass(frozen=True)
class PartFolder:
    """A folder with one Parquet file for each part, which is there whole or not at all.

    ``forms``: ``decisions`` (public columns), ``compact`` (bitmaps and fen), ``truths`` (bitmaps that explain a row
    later), ``near_misses``, ``next_question``; ``skip``: facts that are never asked.
    """

    folder: Path
    forms: tuple[str, ...] = ("decisions",)
    skip: frozenset[str] = frozenset()

    def outputs(self, program: ColumnProgram) -> list[pl.Expr]:
        """The columns of the forms, in their order."""
        makers: Mapping[str, Callable[[], list[pl.Expr]]] = {
            "decisions": program.decisions,
            "compact": lambda: [
                *program.words("eligible", "undetermined", "unpublished"),
                *program.amounts(),
                program.total(),
            ],
            "truths": lambda: program.words("truth", "known"),
            "near_misses": program.near_misses,
            "next_question": lambda: [program.next_question(self.skip)],
        }
        return [output for form in self.forms for output in makers[form]()]

    def write(self, part: str, batches: Iterator[pl.DataFrame]) -> None:
        """Under a name of its own first, then renamed: a part written twice is one part."""
        self.folder.mkdir(parents=True, exist_ok=True)
        temporary = self.folder / f".{part}.{uuid.uuid4().hex}"
        try:
            first = next(batches)
            rest = chain([first], batches)

            def source(
                with_columns: list[str] | None, predicate: pl.Expr | None, n_rows: int | None, batch_size: int | None
            ) -> Iterator[pl.DataFrame]:
                del predicate, n_rows, batch_size  # a sink asks for all rows
                yield from rest if with_columns is None else (batch.select(with_columns) for batch in rest)

            register_io_source(source, schema=first.schema).sink_parquet(temporary, **LAYOUT)
            temporary.replace(self.folder / f"{part}.parquet")
        finally:
            temporary.unlink(missing_ok=True)


def run_split(
    policy: ScreeningPolicy,
    path: Path | str,
    first_row: int,
    rows: int,
    sink: Sink,
    *,
    read: Callable[[Path, int, int], Iterable[pl.DataFrame]] | None = None,
) -> SplitResult:
    """Decide some rows of a file, hand them to the sink and return what they came to.

    Args:
        policy: What decides.
        path: A Parquet file of physical columns, or a folder of them, whose rows follow each other by name.
        first_row: The first row, from 0.
        rows: How many rows.
        sink: Where the rows go.
        read: Another way to the rows, as frames of physical columns; it may leave rejected rows out.

    Raises:
        SplitError: when the file has other columns or fewer rows than it should.
    """
    source = Path(path)
    part = f"{source.stem}-{zlib.crc32(str(source).encode()):08x}-{first_row:012d}"
    run = _Run(policy, sink)
    batches = run.scanned(source, first_row, rows) if read is None else run.framed(read(source, first_row, rows))
    try:
        sink.write(part, run.watched(batches))
    except pl.exceptions.ComputeError:
        # what is raised inside a pass over the rows comes out of Polars as an error of its own
        if run.failure is None:
            raise
    if run.failure is not None:
        raise run.failure
    return SplitResult(part, run.sums.rows, run.sums)


def decide_frame(policy: ScreeningPolicy, frame: pl.DataFrame, wanted: Wanted) -> tuple[pl.DataFrame, Sums]:
    """The rows of a frame of physical columns, decided at once: the columns wanted, and the sums."""
    run = _Run(policy, wanted)
    return next(run.framed([frame])), run.sums


def write_registry(table: pl.LazyFrame, path: Path, vocabulary: Vocabulary) -> None:
    """A registry of physical columns as a file that is quick to decide: flags packed, and the layout of ours."""
    columns = pack_columns(physical_schema(vocabulary), table.collect_schema().names())
    table.select(columns).sink_parquet(path, metadata={PHYSICAL_MARK: physical_mark(vocabulary)}, **LAYOUT)


def physical_mark(vocabulary: Vocabulary) -> str:
    """What tells physical columns of one vocabulary from those of another: packing, types, scales and codes."""
    columns = physical_schema(vocabulary).items()
    facts = (f"{name} {column.dtype} {column.scale} {','.join(column.codes)}" for name, column in columns)
    return hashlib.sha256("\n".join([_PACKING, *facts]).encode()).hexdigest()


@dataclass(frozen=True)
class _Outputs:
    """What is worked out for each row: the sink's columns, and those that are only counted."""

    program: ColumnProgram
    wanted: tuple[str, ...]
    decided: Pass
    collection: Collection | None

    @classmethod
    def of(cls, policy: ScreeningPolicy, sink: Wanted, schema: Mapping[str, pl.DataType]) -> Self:
        """The outputs over a table of those columns.

        Raises:
            SplitError: for a column that is not of the physical type of its fact, and without a key.
        """
        _check(physical_schema(policy.edition.policy.vocabulary), schema)
        program = policy.program(schema)
        key = next((name for name in KEYS if name in schema), None)
        if key is None:
            raise SplitError("key_missing", expected=KEYS)
        collection = program.collection() if policy.collection else None
        wanted = [pl.col(key).alias(KEYS[0]), *sink.outputs(program)]
        counted = [*program.tallies(), *program.amounts(), program.total(), *(collection.outputs if collection else ())]
        named = {output.meta.output_name(): output for output in (*counted, *wanted)}
        names = tuple(output.meta.output_name() for output in wanted)
        return cls(program, names, program.prepared(named.values()), collection)


@lru_cache(maxsize=8)
def _outputs(policy: ScreeningPolicy, sink: Wanted, schema: tuple[tuple[str, pl.DataType], ...]) -> _Outputs:
    """The outputs, made once for all splits of one kind of table that go to one sink."""
    return _Outputs.of(policy, sink, dict(schema))


def _check(facts: Mapping[str, PhysicalColumn], schema: Mapping[str, pl.DataType]) -> None:
    for name, dtype in schema.items():
        packed = SEPARATOR in name
        if packed and not set(name.split(SEPARATOR)) <= facts.keys():
            raise SplitError("column_unknown", name=name)
        expected = pl.UInt8() if packed else facts[name].dtype if name in facts else dtype
        if dtype != expected:
            raise SplitError("column_type", name=name, expected=str(expected), found=str(dtype))


class _Run:
    """The batches of one split, counted while they pass."""

    def __init__(self, policy: ScreeningPolicy, sink: Wanted) -> None:
        self._policy, self._sink = policy, sink
        self.sums = Sums()
        self.failure: Exception | None = None

    def watched(self, batches: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
        """The batches; what they raise is remembered."""
        try:
            yield from batches
        except Exception as error:
            self.failure = error
            raise

    def scanned(self, path: Path, first_row: int, rows: int) -> Iterator[pl.DataFrame]:
        """The rows of a file of physical columns in one streaming pass.

        Raises:
            SplitError: when there are fewer than there should be, before the sink has taken the last of them.
        """
        table = pl.scan_parquet(parquet_files(path), glob=False).slice(first_row, rows)
        outputs = self._outputs(table.collect_schema())
        decided = outputs.decided.run(table)
        found = False
        for batch in decided.collect_batches(chunk_size=BATCH_ROWS, maintain_order=True, optimizations=ONE_PASS):
            found = True
            yield self._counted(batch, outputs)
        if not found:
            yield self._counted(decided.clear().collect(), outputs)
        if self.sums.rows != rows:
            params = {"path": str(path), "first_row": first_row, "expected": rows, "found": self.sums.rows}
            raise SplitError("rows_missing", **params)

    def framed(self, frames: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
        """The rows of frames of physical columns."""
        found = False
        for frame in chain(frames, [None]):
            if frame is None and found:
                return
            table = pl.DataFrame(schema={KEYS[0]: pl.String()}) if frame is None else frame
            outputs = self._outputs(table.schema)
            found = True
            decided = outputs.decided.run(table.lazy())
            yield self._counted(decided.collect(optimizations=ONE_PASS), outputs)

    def _outputs(self, schema: Mapping[str, pl.DataType]) -> _Outputs:
        return _outputs(self._policy, self._sink, tuple(schema.items()))

    def _counted(self, batch: pl.DataFrame, outputs: _Outputs) -> pl.DataFrame:
        self.sums.add(sums_of(batch, outputs.program.layout, outputs.collection))
        return batch[list(outputs.wanted)]
