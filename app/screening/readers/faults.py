"""What is wrong with a file, a row or a cell, and what a reader must know about how a file was understood."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.screening.readers.messages import CURES, FILE_FAULTS, NOTES, words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.rules.text import Language, Text

__all__ = ["FileFault", "FileRefused", "Note", "Reject"]


@dataclass(frozen=True, slots=True)
class FileFault:
    """Why a whole file cannot be screened: a stable code and the fields to say it."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)
    suggestions: tuple[str, ...] = ()

    def message(self, language: Language) -> str:
        """What is wrong, in words."""
        return words(FILE_FAULTS, self.code, self.params, language, self.suggestions)

    def cure(self, language: Language) -> str:
        """The way out, in words ("" where the message says it all)."""
        return words(CURES, self.code, self.params, language)


class FileRefused(Exception):  # noqa: N818 - it reads as what happened to the file
    """A file that is not screened at all; every fault that was found."""

    def __init__(self, faults: Iterable[FileFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(fault.message("en") for fault in self.faults))

    @property
    def code(self) -> str:
        """The code of the first fault."""
        return self.faults[0].code


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was read in a way that the owner of the file should know."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)

    def message(self, language: Language) -> str:
        """The note, in words."""
        return words(NOTES, self.code, self.params, language)


@dataclass(frozen=True, slots=True)
class Reject:
    """One bad cell: where it stands, what stands there (at most 60 characters), what is wrong and the cure.

    ``row``: as the file counts it (row of the sheet, record of the csv with its header, row of the Parquet from 1).
    ``cell``: its reference in a workbook; the message names it as well.
    """

    file: str
    sheet: str
    row: int
    column: str
    value: str
    code: str
    message: Text
    cure: Text
    cell: str = ""

    def cells(self, language: Language) -> dict[str, str | int]:
        """The columns of the reject file."""
        return {
            "file": self.file,
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "value": self.value,
            "code": self.code,
            "message": self.message.in_(language),
            "cure": self.cure.in_(language),
        }
