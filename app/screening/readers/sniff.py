"""What a file is, by its first bytes; its name only has to agree."""

from __future__ import annotations

from pathlib import PurePath
from typing import Final

from app.screening.readers.faults import FileFault, FileRefused

__all__ = ["SNIFFED", "kind_of", "safe_name"]

#: How many bytes tell the kind.
SNIFFED: Final = 4096

_OTHERS: Final = (
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        {"zh": "旧式 .xls 或加了密码的工作簿", "en": "an old .xls or a locked workbook"},
    ),
    (b"%PDF", {"zh": "PDF", "en": "a PDF"}),
    (b"\x89PNG", {"zh": "图片", "en": "a picture"}),
    (b"\xff\xd8\xff", {"zh": "图片", "en": "a picture"}),
    (b"\x1f\x8b", {"zh": "gzip 压缩包", "en": "a gzip archive"}),
    (b"7z\xbc\xaf\x27\x1c", {"zh": "7z 压缩包", "en": "a 7z archive"}),
    (b"Rar!", {"zh": "rar 压缩包", "en": "a rar archive"}),
)
_MARKUP: Final = {"zh": "网页或 XML 文本", "en": "HTML or XML text"}
_BINARY: Final = {"zh": "二进制数据", "en": "binary data"}
_KINDS: Final = {".csv": "csv", ".xlsx": "xlsx", ".parquet": "parquet", ".txt": "csv", ".xlsm": "xlsx"}
_UTF16: Final = {"zh": "像是 UTF-16", "en": "it looks like UTF-16"}
_LONGEST_NAME: Final = 120


def safe_name(name: str) -> str:
    """The last part of a file's name as it may be shown: no folder, no control characters."""
    last = PurePath(name.replace("\\", "/")).name
    return "".join(char for char in last if char.isprintable())[:_LONGEST_NAME] or "file"


def kind_of(head: bytes, name: str) -> str:
    """``csv``, ``xlsx`` or ``parquet``.

    Raises:
        FileRefused: file_empty, file_encoding or file_type_mismatch.
    """
    kind = _by_content(head)
    named = _KINDS.get(PurePath(name).suffix.lower(), kind)
    if named != kind:
        raise FileRefused([FileFault("file_type_mismatch", {"found": {"zh": f".{kind}", "en": f".{kind}"}})])
    return kind


def _by_content(head: bytes) -> str:
    if not head.strip(b"\xef\xbb\xbf \t\r\n"):
        raise FileRefused([FileFault("file_empty")])
    if head.startswith(b"PK\x03\x04"):
        return "xlsx"
    if head.startswith(b"PAR1"):
        return "parquet"
    found = next((words for start, words in _OTHERS if head.startswith(start)), None)
    if found is None and head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FileRefused([FileFault("file_encoding", {"reason": _UTF16})])
    if found is None and head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<":
        found = _MARKUP
    if found is None and b"\0" in head:
        found = _BINARY
    if found is not None:
        raise FileRefused([FileFault("file_type_mismatch", {"found": found})])
    return "csv"
