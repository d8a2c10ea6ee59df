"""Files as offices and as mischief makers send them, made on the spot."""

import zipfile
from pathlib import Path

from app.screening.limits import Limits
from app.screening.readers.faults import FileRefused
from app.screening.readers.registry import open_registry
from app.services.packs import load_policy

VOCABULARY = load_policy("zuoquan-2022").vocabulary
FIRM = "91140722MA0KX7Y867"
OTHER = "91140722MA0K0001XR"

_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
_RELATION = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}" Target="{}"/></Relationships>'
)
_BOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="企业" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
_SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


def text_cell(reference, text):
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


def raw_book(path, rows, prologue="", after=""):
    """A workbook from the XML of its rows (a text, or an iterable of texts)."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _RELATION.format("officeDocument", "xl/workbook.xml"))
        archive.writestr("xl/workbook.xml", _BOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", _RELATION.format("worksheet", "worksheets/sheet1.xml"))
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write((prologue + _SHEET).encode())
            for piece in [rows] if isinstance(rows, str) else rows:
                sheet.write(piece.encode())
            sheet.write(f"</sheetData>{after}</worksheet>".encode())
    return path


def written(path: Path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(path, *, limits=None, ignore_unknown=False, **options):
    """Rows as exact values by entity order, rejects, and the notes."""
    with open_registry(path, vocabulary=VOCABULARY, limits=limits or Limits(), **options) as registry:
        mapping = registry.given or registry.guess.mapping(ignore_unknown=ignore_unknown)
        rows, rejects = [], []
        for frame, bad in registry.batches(mapping):
            rows += frame.rows(named=True)
            rejects += bad
        return rows, rejects, {note.code: note for note in registry.report}


def refused(path, **options):
    """The faults with which a file is refused."""
    try:
        read(path, **options)
    except FileRefused as error:
        return error.faults
    raise AssertionError(path)
