"""A registry, opened: its columns, what they are taken for, how it was read, and its rows as native columns."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

from app.rules.columns_schema import PhysicalColumn, physical_schema
from app.screening.conversion import ColumnPlan, EntityReader, column_type_fault, plan_column
from app.screening.guessing import Guess, Guesser
from app.screening.mapping import IGNORE, ColumnMapping, load_mapping
from app.screening.readers.batches import BatchBuilder
from app.screening.readers.faults import FileFault, FileRefused, Note, Reject
from app.screening.readers.header import find_header
from app.screening.readers.parquet_file import inspect_parquet
from app.screening.readers.sandbox import parse_apart
from app.screening.readers.sniff import SNIFFED, kind_of, safe_name
from app.screening.readers.spool import read_blocks
from app.screening.readers.tables import GridSource, ParquetSource, Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from types import TracebackType

    import polars as pl

    from app.rules.vocabulary import Vocabulary
    from app.screening.limits import Limits
    from app.screening.readers.grid import Content
    from app.screening.readers.header import Header

__all__ = ["Batch", "Registry", "RegistryColumn", "column_plans", "open_registry"]


class Batch(NamedTuple):
    """Rows that can be decided (``entity`` and native columns), and the bad cells of those that cannot."""

    frame: pl.DataFrame
    rejects: list[Reject]


@dataclass(frozen=True, slots=True)
class RegistryColumn:
    """One column of the file: its name and, for a Parquet file, the type that it declares."""

    name: str
    dtype: pl.DataType


@dataclass
class Registry:
    """An opened file. Close it (or use it as a context) to remove what its parser left behind.

    ``guess``: the mapping proposed from the names of the columns. ``given``: the mapping handed in, if any.
    ``report``: how the file was understood; it grows while batches are read.
    """

    name: str
    kind: str
    source: Source
    guess: Guess
    given: ColumnMapping | None
    vocabulary: Vocabulary
    allow_float: bool = False
    report: list[Note] = field(default_factory=list)
    _folder: Path | None = None

    @property
    def rows(self) -> int:
        """How many rows of data the file has."""
        return self.source.rows

    @property
    def columns(self) -> tuple[RegistryColumn, ...]:
        """The columns of the file, in its order."""
        return tuple(RegistryColumn(name, dtype) for name, dtype in self.source.dtypes.items())

    def batches(
        self,
        mapping: ColumnMapping | None = None,
        schema: Mapping[str, PhysicalColumn] | None = None,
        *,
        first_row: int = 0,
        rows: int | None = None,
    ) -> Iterator[Batch]:
        """Rows in the order of the file as native columns; a fact without a column is left out (unknown).

        Args:
            mapping: Column → fact; the mapping handed in, else the guess, when left out.
            schema: The facts wanted in the frames, with their columns; all facts when left out. Every mapped column
                is read and checked, wanted or not.
            first_row: The first row of data, from 0.
            rows: How many; all when left out.

        Raises:
            FileRefused: when the mapping does not fit the file.
        """
        chosen = mapping or self.given or self.guess.mapping()
        plans = self._plans(chosen)
        wanted = schema if schema is not None else physical_schema(self.vocabulary)
        builder = BatchBuilder(self.name, plans, set(wanted))
        count = self.rows - first_row if rows is None else rows
        return self._run(builder, [plan.column for plan in plans], first_row, count)

    def _run(self, builder: BatchBuilder, names: list[str], first: int, count: int) -> Iterator[Batch]:
        for raw in self.source.read(names, first, count):
            yield Batch(*builder.build(raw))
        self.report.extend(builder.notes())

    def _plans(self, mapping: ColumnMapping) -> list[ColumnPlan]:
        """How each mapped column is read, in the order of the file."""
        return column_plans(self.source.dtypes, mapping, self.vocabulary, allow_float=self.allow_float)

    def close(self) -> None:
        """Remove what the parser left behind."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_registry(
    path: Path,
    *,
    vocabulary: Vocabulary,
    limits: Limits,
    mapping: ColumnMapping | Path | None = None,
    allow_float: bool = False,
    name: str | None = None,
) -> Registry:
    """Open a registry file, judged by its content.

    Args:
        path: The file.
        vocabulary: The facts that columns may hold.
        limits: How large it may be, and what its parser may take.
        mapping: A mapping, or the file that holds one; guessed when left out.
        allow_float: Whether float columns of a Parquet file are rounded to the facts' decimals.
        name: The name under which the file came, for reports.

    Raises:
        FileRefused: for a file or mapping that cannot be used.
    """
    given = load_mapping(mapping) if isinstance(mapping, Path) else mapping
    shown = safe_name(name if name is not None else path.name)
    opening = _Opening(shown, vocabulary, limits, given, allow_float=allow_float)
    if limits.in_place:
        with path.open("rb") as stream:
            kind = kind_of(stream.read(SNIFFED), shown)
        if kind == "parquet":
            content = inspect_parquet(path, limits)
            return opening.registry(content, ParquetSource(path, content.rows, arrow=False))
    folder = Path(tempfile.mkdtemp(prefix="beizeng-"))
    try:
        spool = folder / "rows"
        content = parse_apart(path, shown, spool, limits)
        if content.kind == "parquet":
            return opening.registry(content, ParquetSource(spool, content.rows, arrow=True), folder=folder)
        source, notes = opening.grid(content, spool)
        return opening.registry(content, source, notes, folder=folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _same(header: Header, other: Header) -> bool:
    return set(header.names) == set(other.names) and not header.repeated


class _Opening:
    """What a registry is made of, while it is being opened."""

    def __init__(
        self,
        name: str,
        vocabulary: Vocabulary,
        limits: Limits,
        given: ColumnMapping | None,
        *,
        allow_float: bool,
    ) -> None:
        self._name = name
        self._vocabulary = vocabulary
        self._limits = limits
        self._given = given
        self._allow_float = allow_float
        self._guesser = Guesser(vocabulary)

    def registry(
        self, content: Content, source: Source, notes: Sequence[Note] = (), folder: Path | None = None
    ) -> Registry:
        """The registry over a source."""
        guess = self._guesser.guess(source.dtypes)
        report = [Note(code, params) for code, params in content.notes]
        report += [*notes, *(() if self._given else guess.notes)]
        if self._allow_float:
            floats = (name for name, dtype in source.dtypes.items() if dtype.is_float())
            report += [Note("float_column", {"name": name}) for name in floats]
        return Registry(
            self._name, content.kind, source, guess, self._given, self._vocabulary, self._allow_float, report, folder
        )

    def grid(self, content: Content, spool: Path) -> tuple[GridSource, list[Note]]:
        """The tables of a csv or workbook: the one of most known columns, and those with the same header.

        Raises:
            FileRefused: duplicate_column, header_not_found, empty_batch or too_many_rows.
        """
        headers = self._headers(content, spool)
        chosen = max(headers, key=lambda sheet: self._known(headers[sheet]), default=None)
        if chosen is None:
            raise FileRefused([FileFault("header_not_found")])
        if headers[chosen].repeated:
            raise FileRefused([FileFault("duplicate_column", {"names": list(headers[chosen].repeated)})])
        joined = {sheet: head for sheet, head in headers.items() if _same(head, headers[chosen])}
        sizes = {sheet.name: sheet.rows for sheet in content.sheets}
        rows = sum(sizes[sheet] - head.above - 1 - len(head.skipped) for sheet, head in joined.items())
        if rows > self._limits.rows:
            raise FileRefused([FileFault("too_many_rows", {"limit": self._limits.rows})])
        if not rows:
            raise FileRefused([FileFault("empty_batch")])
        notes = [note for head in joined.values() for note in head.notes]
        if len(joined) > 1:
            notes.append(Note("sheets_joined", {"names": list(joined)}))
        for sheet in content.sheets:
            if sheet.rows and sheet.name not in joined:
                params = {"sheet": sheet.name, "rows": sheet.rows}
                notes.append(Note("sheet_hidden" if sheet.hidden else "sheet_passed", params))
        return GridSource(spool, joined, rows, ragged=content.kind == "csv"), notes

    def _headers(self, content: Content, spool: Path) -> dict[str, Header]:
        found: dict[str, Header] = {}
        seen: set[str] = set()
        said = self._given.header_row if self._given else None
        for block in read_blocks(spool):
            if block.sheet not in seen:
                seen.add(block.sheet)
                header = find_header(block, self._meaning, said)
                if header is None and content.kind == "csv":
                    header = find_header(block, self._meaning, block.rows[0])
                if header is not None:
                    found[block.sheet] = header
        return found

    def _meaning(self, name: str) -> str | None:
        if self._given is not None and name in self._given.columns:
            return self._given.columns[name].fact
        proposal = self._guesser.propose(name)
        return proposal.target.fact if proposal else None

    def _known(self, header: Header) -> int:
        meanings = {self._meaning(name) for name in header.names}
        return len(meanings - {None, IGNORE})


def column_plans(
    dtypes: Mapping[str, pl.DataType], mapping: ColumnMapping, vocabulary: Vocabulary, *, allow_float: bool
) -> list[ColumnPlan]:
    """How each mapped column of a table is read, in the order of the table.

    Raises:
        FileRefused: when the mapping does not fit the table, or a type its fact.
    """
    mapping.check(dtypes, vocabulary)
    physical = physical_schema(vocabulary)
    plans: list[ColumnPlan] = []
    faults: list[FileFault] = []
    for name, dtype in dtypes.items():
        target = mapping.columns[name]
        if target.fact == IGNORE:
            continue
        column = physical.get(target.fact)
        fault = column_type_fault(name, column.fact if column else None, dtype, allow_float=allow_float)
        if fault is not None:
            faults.append(fault)
        elif column is None:
            plans.append(ColumnPlan(name, None, EntityReader()))
        else:
            plans.append(plan_column(name, target, column, mapping.empty, dtype))
    if faults:
        raise FileRefused(faults)
    return plans
