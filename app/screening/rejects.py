"""The reject file: every bad cell in the order of the input, for a spreadsheet or a program."""

from __future__ import annotations

import csv
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from app.screening.files import whole_file, without_formula

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from app.rules.text import Language
    from app.screening.readers.faults import Reject

__all__ = ["COLUMNS", "RejectFile", "reject_file"]

COLUMNS: Final = ("file", "sheet", "row", "column", "value", "code", "message", "cure")


class RejectFile:
    """Takes bad cells and counts the rows that they reject."""

    def __init__(self, writer: csv.DictWriter[str], language: Language) -> None:
        self._writer = writer
        self._language = language
        self._last: tuple[str, int] | None = None
        self.rows = 0

    def add(self, rejects: Iterable[Reject]) -> None:
        """Bad cells; those of one row follow on each other."""
        for reject in rejects:
            place = (reject.sheet, reject.row)
            self.rows += place != self._last
            self._last = place
            cells = reject.cells(self._language)
            self._writer.writerow({name: without_formula(str(value)) for name, value in cells.items()})


@contextmanager
def reject_file(path: Path, language: Language) -> Iterator[RejectFile]:
    """A reject file under its name once it is complete; UTF-8 with the mark that spreadsheets look for."""
    with whole_file(path) as temporary, temporary.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS)
        writer.writeheader()
        yield RejectFile(writer, language)
