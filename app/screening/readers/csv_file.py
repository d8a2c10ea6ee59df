"""CSV as offices save it: UTF-8 with or without a mark, GB18030 (GBK), any line ends, quoted lines."""

from __future__ import annotations

import codecs
import csv
from typing import TYPE_CHECKING, Final

from app.screening.readers.faults import FileFault, FileRefused
from app.screening.readers.grid import FIRST, Content, SheetContent, escape

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from app.screening.limits import Limits
    from app.screening.readers.spool import SpoolWriter

__all__ = ["HEADER_ROWS", "encoding_of", "read_csv"]

#: Rows above the data (titles and the header) that do not count against the limit.
HEADER_ROWS: Final = 20
_CHUNK: Final = 1 << 20
_LONGEST_CELL: Final = 1 << 17
_SEPARATORS: Final = (",", "\t", ";", "|")
_REPLACED: Final = "\N{REPLACEMENT CHARACTER}"
_ASCII: Final = 0x80


def encoding_of(path: Path) -> str:
    """``utf-8-sig`` or ``gb18030``, each tried strictly over the whole file.

    A file that is UTF-8 but for some damaged bytes is not taken for GB18030, in which most of it would read as well.

    Raises:
        FileRefused: file_encoding.
    """
    place = _first_bad_byte(path, "utf-8")
    if place is None:
        return "utf-8-sig"
    if _mostly_utf8(path):
        raise FileRefused([FileFault("file_encoding", {"reason": _damaged(place)})])
    bad = _first_bad_byte(path, "gb18030")
    if bad is not None:
        raise FileRefused([FileFault("file_encoding", {"reason": _damaged(bad)})])
    return "gb18030"


def _damaged(place: int) -> dict[str, str]:
    return {"zh": f"第 {place + 1} 个字节无法解读", "en": f"byte {place + 1} makes no sense"}


def _first_bad_byte(path: Path, encoding: str) -> int | None:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    done = 0
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            held = len(decoder.getstate()[0])
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                return done - held + error.start
            done += len(chunk)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return max(done - 1, 0)
    return None


def _mostly_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    good = bad = 0
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            text = decoder.decode(chunk)
            replaced = text.count(_REPLACED)
            bad += replaced
            good += sum(ord(char) >= _ASCII for char in text) - replaced if not text.isascii() else 0
    return good > bad


def read_csv(path: Path, spool: SpoolWriter, limits: Limits) -> Content:
    """Every record that holds something, as text.

    Raises:
        FileRefused: for what cannot be read, and for too much of it.
    """
    encoding = encoding_of(path)
    notes: list[tuple[str, dict[str, Any]]] = [] if encoding == "utf-8-sig" else [("encoding_gb18030", {})]
    csv.field_size_limit(_LONGEST_CELL)
    with path.open(encoding=encoding, newline="") as stream:
        separator = _separator(stream.read(_CHUNK))
    if separator != ",":
        notes.append(("delimiter", {"value": {"\t": "Tab"}.get(separator, separator)}))
    _copy_records(path, encoding, separator, spool, limits)
    if not spool.total:
        raise FileRefused([FileFault("file_empty")])
    return Content("csv", (SheetContent("", spool.total, spool.widest),), spool.total, tuple(notes))


def _copy_records(path: Path, encoding: str, separator: str, spool: SpoolWriter, limits: Limits) -> None:
    spool.begin("")
    with path.open(encoding=encoding, newline="") as stream:
        reader = csv.reader(stream, delimiter=separator, strict=True)
        started, record = 1, 0
        while True:
            try:
                cells = next(reader, None)
            except csv.Error as error:
                raise _broken(str(error), started, reader.line_num) from error
            if cells is None:
                return
            record += 1
            started = reader.line_num + 1
            if any(map(str.strip, cells)):
                _check_size(len(cells), spool.total, limits)
                spool.add(record, [cell if cell >= FIRST else escape(cell) or None for cell in cells])


def _check_size(width: int, rows: int, limits: Limits) -> None:
    if width > limits.columns:
        params = {"sheet": "csv", "last": width, "columns": limits.columns}
        raise FileRefused([FileFault("sheet_too_large", params)])
    if rows >= limits.rows + HEADER_ROWS:
        raise FileRefused([FileFault("too_many_rows", {"limit": limits.rows})])


def _broken(message: str, started: int, line: int) -> FileRefused:
    """What the csv module says, told apart: a quote without an end, or a quote in the wrong place."""
    if "unexpected end of data" in message or "field larger" in message:
        return FileRefused([FileFault("csv_unclosed_quote", {"line": started})])
    reason = {"zh": f"第 {line} 行的引号位置不对", "en": f"a quotation mark stands in the wrong place in line {line}"}
    return FileRefused([FileFault("file_invalid", {"reason": reason})])


def _separator(text: str) -> str:
    """The separator that the first line uses most, outside quotes; the comma when none does."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    outside = "".join(part for place, part in enumerate(first.split('"')) if place % 2 == 0)
    return max(_SEPARATORS, key=outside.count)
