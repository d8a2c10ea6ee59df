"""Where the header of a table is, and what its columns are called."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.screening.readers.faults import FileFault, FileRefused, Note
from app.screening.readers.grid import FORMULA, MERGED, untag
from app.screening.readers.xlsx_scan import column_letters

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.screening.readers.spool import Block

__all__ = ["LOOKED_AT", "Header", "find_header"]

#: How many rows may hold titles and the header.
LOOKED_AT: Final = 20


@dataclass(frozen=True, slots=True)
class Header:
    """The header of one table.

    ``row``: its number in the file; ``above``: how many rows that hold something stand above. ``names``: name → place.
    ``skipped``: rows below it that repeat it in other words. ``repeated``: names that stand in it more than once.
    ``width``: how many cells a full row has.
    """

    row: int
    above: int
    names: dict[str, int]
    width: int
    skipped: frozenset[int] = frozenset()
    repeated: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()


def find_header(block: Block, meaning: Callable[[str], str | None], said: int | None) -> Header | None:
    """The row, among the first ones, in which most cells are known names; the one that was ``said``; or None.

    Args:
        block: The first rows of the table.
        meaning: What a name stands for, None when nothing is known of it.
        said: The number of the row, where the mapping says so.

    Raises:
        FileRefused: header_not_found when there is no row of that number.
    """
    rows = [[_name(column[place]) for column in block.columns] for place in range(min(LOOKED_AT, len(block.rows)))]
    if said is not None:
        if said not in block.rows[: len(rows)]:
            raise FileRefused([FileFault("header_not_found")])
        place = block.rows.index(said)
    else:
        scores = [len({found for name in row if name and (found := meaning(name))}) for row in rows]
        place = scores.index(max(scores))
        if not scores[place]:
            return None
    return _header(block, rows, place, meaning)


def _header(block: Block, rows: list[list[str]], place: int, meaning: Callable[[str], str | None]) -> Header:
    names = {name: column for column, name in enumerate(rows[place]) if name}
    repeated = tuple(name for name, count in Counter(filter(None, rows[place])).items() if count > 1)
    notes = []
    nameless = [
        column_letters(column)
        for column in range(min(block.widths[place], len(block.columns)))
        if not rows[place][column] and _filled(block, column, place)
    ]
    if nameless:
        notes.append(Note("nameless_columns", {"sheet": block.sheet or "csv", "names": nameless}))
    if place:
        params = {"sheet": block.sheet or "csv", "row": block.rows[place], "count": place}
        notes.append(Note("header_row", params))
    skipped = []
    for below in range(place + 1, len(rows)):
        if not _says_the_same(rows[place], rows[below], meaning):
            break
        skipped.append(block.rows[below])
        notes.append(Note("label_row", {"row": block.rows[below]}))
    width = max((column for column, name in enumerate(rows[place]) if name), default=-1) + 1
    return Header(
        block.rows[place], place, names, max(width, block.widths[place]), frozenset(skipped), repeated, tuple(notes)
    )


def _name(cell: str | None) -> str:
    """The text of a cell of a header; lines and spaces around do not count."""
    if cell is None:
        return ""
    tag, text = untag(cell)
    return "" if tag in (FORMULA, MERGED) else " ".join(text.split())


def _filled(block: Block, column: int, place: int) -> bool:
    return any(cell is not None for cell in block.columns[column][place + 1 :])


def _says_the_same(header: list[str], row: list[str], meaning: Callable[[str], str | None]) -> bool:
    """Whether each cell of the row is the name, in whatever words, of the column above it."""
    pairs = [(above, cell) for above, cell in zip(header, row, strict=True) if cell]
    return bool(pairs) and all(
        above and (cell == above or (meaning(cell) is not None and meaning(cell) == meaning(above)))
        for above, cell in pairs
    )
