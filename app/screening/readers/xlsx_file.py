"""Workbooks: checked as an archive, scanned for traps, then read in bulk, with merged cells filled down their rows."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from python_calamine import CalamineError, SheetTypeEnum, SheetVisibleEnum, load_workbook

from app.screening.readers.csv_file import HEADER_ROWS
from app.screening.readers.faults import FileFault, FileRefused
from app.screening.readers.grid import (
    BOOL,
    DATE,
    FIRST,
    FORMULA,
    MERGED,
    NUMBER,
    PERCENT,
    Content,
    SheetContent,
    escape,
)
from app.screening.readers.xlsx_archive import checked_archive, invalid
from app.screening.readers.xlsx_scan import SheetScan, column_letters, percent_styles, scan_sheet, sheet_members

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from python_calamine import CalamineSheet, CalamineWorkbook

    from app.screening.limits import Limits
    from app.screening.readers.spool import SpoolWriter

    Range = tuple[tuple[int, int], tuple[int, int]]
    Notes = list[tuple[str, dict[str, Any]]]

__all__ = ["read_xlsx"]

_PRECISION: Final = 15
_SHOWN_RANGES: Final = 5


def read_xlsx(path: Path, spool: SpoolWriter, limits: Limits) -> Content:
    """Every row that holds something, of every visible sheet.

    Raises:
        FileRefused: for what cannot be read, and for too much of it.
    """
    notes: Notes = []
    with checked_archive(path, limits) as archive:
        members, percents = sheet_members(archive), percent_styles(archive)
        sheets: list[SheetContent] = []
        try:
            with load_workbook(path) as book:
                for name, hidden in _worksheets(book):
                    scan = scan_sheet(archive, members.get(name, ""), name, percents, limits)
                    if not hidden and scan.rows:
                        reader = _SheetReader(book.get_sheet_by_name(name), scan, notes)
                        _copy(reader, spool, limits)
                    rows, width = (scan.rows, 0) if hidden else (spool.total, spool.widest)
                    sheets.append(SheetContent(name, rows if scan.rows else 0, width, hidden))
        except CalamineError as error:
            raise invalid("工作簿的内容已损坏", "what the workbook holds is damaged") from error
    total = sum(sheet.rows for sheet in sheets if not sheet.hidden)
    if not total:
        raise FileRefused([FileFault("file_empty")])
    return Content("xlsx", tuple(sheets), total, tuple(notes))


def _worksheets(book: CalamineWorkbook) -> Iterator[tuple[str, bool]]:
    for sheet in book.sheets_metadata:
        if sheet.typ == SheetTypeEnum.WorkSheet:
            yield sheet.name, sheet.visible != SheetVisibleEnum.Visible


def _copy(reader: _SheetReader, spool: SpoolWriter, limits: Limits) -> None:
    spool.begin(reader.name)
    for row, cells in reader.rows():
        if spool.total >= limits.rows + HEADER_ROWS:
            raise FileRefused([FileFault("too_many_rows", {"limit": limits.rows})])
        spool.add(row, cells)
    spool.flush()
    reader.report()


class _SheetReader:
    """One sheet, row by row, as tagged text."""

    def __init__(self, sheet: CalamineSheet, scan: SheetScan, notes: Notes) -> None:
        self.name = sheet.name
        self._sheet = sheet
        self._scan = scan
        self._notes = notes
        self._rounded = 0
        self._left = sheet.start[1] if sheet.start else scan.first_column
        self._width = scan.last_column + 1
        self._merges = _Merges(sheet.merged_cell_ranges or [], scan)

    def rows(self) -> Iterator[tuple[int, list[str | None]]]:
        """Number (from 1) and cells of each row that holds something of its own."""
        blank: list[str | None] = [None] * self._width
        tagged = self._cell
        for row, raw in self._raw_rows():
            cells = [v if type(v) is str and v >= FIRST else tagged(v) for v in raw]
            if self._left or len(cells) != self._width:
                cells = (blank[: self._left] + cells + blank)[: self._width]
            self._mark(row, cells)
            if cells.count(None) != self._width:
                self._merges.fill(row, cells)
                yield row + 1, cells

    def _raw_rows(self) -> Iterator[tuple[int, list[Any]]]:
        last = -1
        for last, raw in enumerate(self._sheet.iter_rows()):
            yield last, raw
        for row in range(last + 1, self._scan.last_row + 1):
            yield row, []

    def _mark(self, row: int, cells: list[str | None]) -> None:
        scan = self._scan
        if not scan.broken and not scan.percents:
            return
        for column, cell in enumerate(cells):
            if (row, column) in scan.broken:
                cells[column] = FORMULA + scan.broken[row, column]
            elif cell is not None and cell.startswith(NUMBER) and (row, column) in scan.percents:
                cells[column] = PERCENT + cell.removeprefix(NUMBER)

    def _cell(self, value: Any) -> str | None:
        """The tagged text of a cell."""
        if isinstance(value, str):
            return escape(value) or None
        if isinstance(value, bool):
            return BOOL + ("true" if value else "false")
        if isinstance(value, (int, float)):
            return NUMBER + self._number(value)
        if isinstance(value, datetime):
            whole = value.time() == time() and value.tzinfo is None
            return DATE + (value.date().isoformat() if whole else value.isoformat(" "))
        return DATE + (value.isoformat() if isinstance(value, date) else str(value))

    def _number(self, value: float) -> str:
        """The number as Excel shows it at most: fifteen significant digits, in plain notation."""
        text = repr(value)
        if len(text) <= _PRECISION and "e" not in text:
            return text.removesuffix(".0")
        if value == int(value):
            return str(int(value))
        shown = Decimal(format(value, f".{_PRECISION}g"))
        self._rounded += shown != Decimal(text)
        return f"{shown:f}"

    def report(self) -> None:
        """Note what was read in a way of its own."""
        if self._rounded:
            self._notes.append(("excel_precision", {"sheet": self.name, "count": self._rounded}))
        if self._merges.filled:
            ranges = self._merges.filled[:_SHOWN_RANGES]
            params = {"sheet": self.name, "ranges": ranges, "count": len(self._merges.filled)}
            self._notes.append(("merged_filled", params))


class _Merges:
    """Merged cells: one over rows gives its value to each of them; one over columns leaves the rest unknown, marked."""

    def __init__(self, ranges: list[Range], scan: SheetScan) -> None:
        inside = [found for found in ranges if found[0][0] <= scan.last_row and found[0][1] <= scan.last_column]
        self._waiting = sorted(inside, reverse=True)
        self._open: list[tuple[Range, str]] = []
        self.filled: list[str] = []

    def fill(self, row: int, cells: list[str | None]) -> None:
        """Fill what merges cover in this row."""
        if not self._waiting and not self._open:
            return
        self._open = [found for found in self._open if found[0][1][0] >= row]
        while self._waiting and self._waiting[-1][0][0] <= row:
            self._begin(self._waiting.pop(), row, cells)
        for ((top, left), (_, right)), value in self._open:
            for column in range(left, min(right + 1, len(cells))):
                if (row, column) != (top, left):
                    cells[column] = value if column == left else MERGED

    def _begin(self, found: Range, row: int, cells: list[str | None]) -> None:
        (top, left), (bottom, right) = found
        value = cells[left] if left < len(cells) and top == row else None
        if value is None or (bottom, right) == (top, left):
            return
        self._open.append((found, value))
        if bottom > top:
            first, last = f"{column_letters(left)}{top + 1}", f"{column_letters(right)}{bottom + 1}"
            self.filled.append(f"{first}:{last}")
