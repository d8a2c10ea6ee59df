"""The child's output: one line of JSON for some rows of one table, column by column."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import IO, TYPE_CHECKING, Final

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Block", "SpoolWriter", "read_blocks"]

_ROWS: Final = 65_536
_CELLS: Final = 500_000


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows of one table: their numbers in the file, how many cells each has there, and the cells by column."""

    sheet: str
    rows: list[int]
    widths: list[int]
    columns: list[list[str | None]]


class SpoolWriter:
    """Collects rows and writes them as blocks, so that neither side holds a whole file."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._sheet = ""
        self._rows: list[int] = []
        self._cells: list[list[str | None]] = []
        self._held = 0
        self.total = 0
        self.widest = 0

    def begin(self, sheet: str) -> None:
        """Start another table."""
        self.flush()
        self._sheet = sheet
        self.total = 0
        self.widest = 0

    def add(self, row: int, cells: list[str | None]) -> None:
        """One row that holds something."""
        self._rows.append(row)
        self._cells.append(cells)
        self._held += len(cells)
        self.total += 1
        self.widest = max(self.widest, len(cells))
        if self._held >= _CELLS or len(self._rows) >= _ROWS:
            self.flush()

    def flush(self) -> None:
        """Write what is held."""
        if self._rows:
            widths = [len(cells) for cells in self._cells]
            columns = [list(column) for column in zip_longest(*self._cells)]
            line = {"sheet": self._sheet, "rows": self._rows, "widths": widths, "columns": columns}
            self._stream.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
        self._rows, self._cells, self._held = [], [], 0


def read_blocks(path: Path) -> Iterator[Block]:
    """The blocks of a spool, in the order of the file."""
    with path.open("rb") as stream:
        for line in stream:
            raw = orjson.loads(line)
            yield Block(raw["sheet"], raw["rows"], raw["widths"], raw["columns"])
