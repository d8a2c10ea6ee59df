"""What the bulk reader of workbooks cannot tell: how far a sheet reaches, formulas without values, errors, percentages.

The XML of a sheet is scanned piece by piece, before anything of its size is allocated.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from app.screening.readers.faults import FileFault, FileRefused
from app.screening.readers.xlsx_archive import invalid

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from app.screening.limits import Limits

__all__ = ["SheetScan", "column_letters", "percent_styles", "scan_sheet", "sheet_members"]

_CHUNK: Final = 1 << 20
_OPEN: Final = re.compile(rb"<(?:\w+:)?(row|c)(\s[^>]*?)?(/?)>")
#: How nearly every writer begins cells and rows; a sheet that does otherwise is walked cell by cell.
_CELL: Final = re.compile(rb'<c r="([A-Z]{1,3})[0-9]')
_ROW: Final = re.compile(rb'<row r="([0-9]{1,7})"')
_CELL_STARTS: Final = (b"<c ", b"<c>", b"<c/")
_ROW_STARTS: Final = (b"<row ", b"<row>", b"<row/")
_CLOSE: Final = re.compile(rb"</(?:\w+:)?c\s*>")
_ROW_END: Final = re.compile(rb"</(?:\w+:)?row\s*>")
_ATTRIBUTE: Final = re.compile(rb"""\s(r|s|t)\s*=\s*["']([^"']*)["']""")
_REF: Final = re.compile(rb"([A-Z]{1,3})([0-9]{1,7})")
_VALUE: Final = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>([^<]+)<")
_INLINE: Final = re.compile(rb"<(?:\w+:)?is[\s>]")
_FORMULA: Final = re.compile(rb"<(?:\w+:)?f[\s/>]")
_PERCENT_FORMATS: Final = frozenset({9, 10})
_R_ID: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_LETTERS: Final = 26
#: What the bulk reader may be asked to hold: it keeps a dense area, blank cells included.
_MOST_CELLS: Final = 12_000_000
_CELL_BYTES: Final = 90


@dataclass(slots=True)
class SheetScan:
    """The cells of one sheet that need care, by row and column (both from 0).

    ``broken``: formulas without a value, with the error shown if there is one. ``percents``: shown as a percentage.
    """

    rows: int = 0
    first_row: int = -1
    last_row: int = -1
    first_column: int = 1 << 20
    last_column: int = -1
    broken: dict[tuple[int, int], str] = field(default_factory=dict)
    percents: set[tuple[int, int]] = field(default_factory=set)


def column_letters(column: int) -> str:
    """The letters of a column counted from 0: 0 is A, 26 is AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, _LETTERS)
        letters = chr(ord("A") + rest) + letters
    return letters


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * _LETTERS + letter - ord("A") + 1
    return number - 1


def _tree(archive: zipfile.ZipFile, member: str) -> Element | None:
    if member not in archive.namelist():
        return None
    try:
        root: Element = ElementTree.fromstring(archive.read(member), forbid_dtd=True)
    except (ElementTree.ParseError, DefusedXmlException, LookupError, ValueError) as error:
        raise invalid(f"部件 {member} 不是合规的 XML", f"its part {member} is no sound XML") from error
    return root


def sheet_members(archive: zipfile.ZipFile) -> dict[str, str]:
    """Name of a sheet → the member that holds its cells."""
    book, relations = _tree(archive, "xl/workbook.xml"), _tree(archive, "xl/_rels/workbook.xml.rels")
    if book is None or relations is None:
        raise invalid("工作簿缺少目录", "the workbook lacks its list of sheets")
    targets = {item.get("Id", ""): item.get("Target", "") for item in relations}
    found: dict[str, str] = {}
    for item in book.iter():
        if item.tag.rpartition("}")[2] == "sheet":
            target = targets.get(_relation_id(item), "")
            found[item.get("name", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return found


def _relation_id(item: Element) -> str:
    """The relation of a sheet, in either of the two namespaces that are in use."""
    return item.get(_R_ID) or next((value for key, value in item.items() if key.endswith("}id")), "")


def percent_styles(archive: zipfile.ZipFile) -> frozenset[int]:
    """The cell styles that show a number as a percentage."""
    root = _tree(archive, "xl/styles.xml")
    if root is None:
        return frozenset()
    formats: set[int] = set(_PERCENT_FORMATS)
    styles: list[int] = []
    for item in root.iter():
        kind = item.tag.rpartition("}")[2]
        if kind == "numFmt" and "%" in re.sub(r'"[^"]*"|\\.', "", item.get("formatCode", "")):
            formats.add(_number(item.get("numFmtId")))
        elif kind == "cellXfs":
            styles = [_number(style.get("numFmtId")) for style in item]
    return frozenset(place for place, style in enumerate(styles) if style in formats)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else -1


def scan_sheet(archive: zipfile.ZipFile, member: str, name: str, percents: frozenset[int], limits: Limits) -> SheetScan:
    """Scan one sheet.

    Raises:
        FileRefused: sheet_too_large or too_many_rows, before anything of that size is allocated.
    """
    scan = SheetScan()
    scanner = _Scanner(scan, percents, limits)
    if member in archive.namelist():
        for piece in _whole_rows(archive, member):
            scanner.feed(piece)
            _check(scan, name, limits)
    return scan


def _whole_rows(archive: zipfile.ZipFile, member: str) -> Iterator[bytes]:
    """The XML of a sheet, cut behind ends of rows."""
    rest = b""
    with archive.open(member) as stream:
        while piece := stream.read(_CHUNK):
            rest += piece
            end = max((found.end() for found in _ROW_END.finditer(rest)), default=0)
            if end:
                yield rest[:end]
                rest = rest[end:]
    yield rest


def _too_large(scan: SheetScan, limits: Limits) -> bool:
    height = scan.last_row - scan.first_row + 1
    width = scan.last_column - scan.first_column + 1
    most = max(_MOST_CELLS, limits.memory_bytes // _CELL_BYTES)
    return scan.rows > 0 and (scan.last_column >= limits.columns or height * width > most)


def _check(scan: SheetScan, name: str, limits: Limits) -> None:
    if _too_large(scan, limits):
        last = f"{column_letters(scan.last_column)}{scan.last_row + 1}"
        params = {"sheet": name, "last": last, "columns": limits.columns}
        raise FileRefused([FileFault("sheet_too_large", params)])


def _special(percents: frozenset[int]) -> re.Pattern[bytes]:
    """The start of a cell that needs care: a formula, an error, a style that shows a percentage."""
    styles = "|".join(str(style) for style in sorted(percents)) or "(?!)"
    return re.compile(
        rb'<c( r="[^>]*[^/])>(?=<f[ />])|<c( r="[^>]*? (?:t="e"|s="(?:' + styles.encode() + rb')")[^>]*(?<!/))>'
    )


class _Scanner:
    """Takes in rows: their extent at once where every cell says where it stands, else cell by cell.

    A cell or row without a reference follows the one before it. Cells without a value count only in the quick way,
    which is left where they alone would make a sheet too large.
    """

    def __init__(self, scan: SheetScan, percents: frozenset[int], limits: Limits) -> None:
        self._scan = scan
        self._percents = percents
        self._limits = limits
        self._care = _special(percents)
        self._row = -1
        self._column = -1
        self._counted = -1
        self._columns: dict[bytes, int] = {}

    def feed(self, xml: bytes) -> None:
        """Some whole rows."""
        if self._quickly(xml):
            if not self._percents and b"<f" not in xml and b't="e"' not in xml:
                return
            for found in self._care.finditer(xml):
                self._careful(dict(_ATTRIBUTE.findall(found[1] or found[2])), xml, found.end())
        else:
            self._walk(xml)

    def _quickly(self, xml: bytes) -> bool:
        """Take the extent from the references of all cells; False where that cannot be done."""
        references, rows = _CELL.findall(xml), _ROW.findall(xml)
        whole = len(references) == sum(map(xml.count, _CELL_STARTS)) and len(rows) == sum(map(xml.count, _ROW_STARTS))
        if not references or not rows or not whole:
            return False
        columns = [_column_number(letters) for letters in set(references)]
        numbers = [int(rows[0]) - 1, int(rows[-1]) - 1]
        extent = replace(self._scan)
        _extend(extent, min(numbers), min(columns))
        _extend(extent, max(numbers), max(columns))
        if _too_large(extent, self._limits):
            return False
        scan = self._scan
        scan.rows += len(rows)
        scan.first_row, scan.last_row = extent.first_row, extent.last_row
        scan.first_column, scan.last_column = extent.first_column, extent.last_column
        self._row = self._counted = max(numbers)
        return True

    def _careful(self, attributes: dict[bytes, bytes], xml: bytes, start: int) -> None:
        self._move(attributes.get(b"r", b""))
        closed = _CLOSE.search(xml, start)
        self._cell(attributes, xml[start : closed.start() if closed else len(xml)])

    def _walk(self, xml: bytes) -> None:
        for opened in _OPEN.finditer(xml):
            attributes = dict(_ATTRIBUTE.findall(opened[2] or b""))
            if opened[1] == b"row":
                number = attributes.get(b"r", b"")
                self._row = int(number) - 1 if number.isdigit() else self._row + 1
                self._column = -1
                continue
            if opened[3]:
                self._move(attributes.get(b"r", b""))
            else:
                self._careful(attributes, xml, opened.end())

    def _move(self, reference: bytes) -> None:
        found = _REF.fullmatch(reference)
        if found is None:
            self._column += 1
            return
        letters = found[1]
        column = self._columns.get(letters)
        if column is None:
            column = self._columns[letters] = _column_number(letters)
        self._column, self._row = column, int(found[2]) - 1

    def _cell(self, attributes: dict[bytes, bytes], body: bytes) -> None:
        value = _VALUE.search(body)
        kind = attributes.get(b"t", b"n")
        if value is None and _INLINE.search(body) is None:
            if kind == b"str" or not _FORMULA.search(body):
                return
            self._scan.broken[self._row, self._column] = ""
        elif kind == b"e" and value is not None:
            self._scan.broken[self._row, self._column] = value[1].decode("utf-8", "replace")
        elif (
            kind == b"n"
            and self._percents
            and _number(attributes.get(b"s", b"").decode("ascii", "replace")) in self._percents
        ):
            self._scan.percents.add((self._row, self._column))
        self._extend()

    def _extend(self) -> None:
        if self._row != self._counted:
            self._counted = self._row
            self._scan.rows += 1
        _extend(self._scan, self._row, self._column)


def _extend(scan: SheetScan, row: int, column: int) -> None:
    scan.first_row = row if scan.first_row < 0 else min(scan.first_row, row)
    scan.last_row = max(scan.last_row, row)
    scan.first_column = min(scan.first_column, column)
    scan.last_column = max(scan.last_column, column)
    scan.rows = max(scan.rows, 1)
