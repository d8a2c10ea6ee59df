"""Cells as text between the child that parses a file and the process that decides: a tag tells what a workbook typed.

A cell without a tag is text as written. A tag is NUL and a letter, so that no text of a file can be taken for one
(a text that begins with NUL gets the tag of text).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Final, Self

__all__ = [
    "BOOL",
    "DATE",
    "FIRST",
    "FORMULA",
    "MERGED",
    "NUMBER",
    "PERCENT",
    "TEXT",
    "Content",
    "SheetContent",
    "escape",
    "untag",
]

#: A number; a number that the workbook shows as a percentage; true or false; a day or a moment in ISO form.
NUMBER: Final = "\0n"
PERCENT: Final = "\0p"
BOOL: Final = "\0b"
DATE: Final = "\0d"
#: A formula without a value (what follows is the error shown, if any); a cell hidden by one merged across columns.
FORMULA: Final = "\0f"
MERGED: Final = "\0m"
#: Every text from here on is neither empty nor begins with NUL: the quick test before ``escape``.
FIRST: Final = "\x01"
#: A text that itself begins with NUL.
TEXT: Final = "\0t"

_TAG = 2


def escape(text: str) -> str:
    """A text of the file, safe from being read as a tag."""
    return TEXT + text if text.startswith("\0") else text


def untag(cell: str) -> tuple[str, str]:
    """The tag ("" for text) and what follows it."""
    if not cell.startswith("\0"):
        return "", cell
    tag, rest = cell[:_TAG], cell[_TAG:]
    return ("", rest) if tag == TEXT else (tag, rest)


@dataclass(frozen=True, slots=True)
class SheetContent:
    """One table of a file: its name ("" but in workbooks), rows that hold something, columns, whether it is hidden."""

    name: str
    rows: int
    width: int
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Content:
    """What the child found: the kind of file, its tables, how it was read, and notes as code and fields."""

    kind: str
    sheets: tuple[SheetContent, ...] = ()
    rows: int = 0
    notes: tuple[tuple[str, dict[str, Any]], ...] = field(default=())

    def to_json(self) -> dict[str, Any]:
        """Plain values for the pipe."""
        return asdict(self)

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> Self:
        """The same, back again."""
        sheets = tuple(SheetContent(**sheet) for sheet in raw["sheets"])
        return cls(raw["kind"], sheets, raw["rows"], tuple((code, params) for code, params in raw["notes"]))
