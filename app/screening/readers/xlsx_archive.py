"""A workbook as a zip of unknown origin: counted while unpacking, and no XML in it may declare a document type."""

from __future__ import annotations

import zipfile
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from app.screening.readers.faults import FileFault, FileRefused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import IO

    from app.screening.limits import Limits

__all__ = ["checked_archive", "invalid"]

_CHUNK: Final = 1 << 18
_ENCRYPTED: Final = 0x1
#: Below this, a high ratio harms nobody: a sheet of equal rows packs very well.
_HARMLESS: Final = 4 * 1024 * 1024
_FORBIDDEN: Final = tuple(
    mark.encode(encoding) for mark in ("<!DOCTYPE", "<!ENTITY") for encoding in ("ascii", "utf-16-le", "utf-16-be")
)
_OVERLAP: Final = max(map(len, _FORBIDDEN)) - 1
_DAMAGE: Final = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError)


def invalid(zh: str, en: str) -> FileRefused:
    """file_invalid, with its reason."""
    return FileRefused([FileFault("file_invalid", {"reason": {"zh": zh, "en": en}})])


@contextmanager
def checked_archive(path: Path, limits: Limits) -> Iterator[zipfile.ZipFile]:
    """The archive, every member of it unpacked once and counted (not kept).

    Raises:
        FileRefused: file_expands_too_much, file_invalid or file_type_mismatch.
    """
    try:
        archive = zipfile.ZipFile(path)
    except _DAMAGE as error:
        raise invalid("压缩结构已损坏", "the archive is damaged") from error
    with archive:
        _check_members(archive, limits)
        _check_content(archive, path.stat().st_size, limits)
        yield archive


def _check_members(archive: zipfile.ZipFile, limits: Limits) -> None:
    members = archive.infolist()
    if len(members) > limits.members or sum(member.file_size for member in members) > limits.unpacked_bytes:
        raise _too_much(limits)
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise invalid("工作簿加了密码", "the workbook is locked with a password")
    names = [member.filename for member in members]
    if len(set(names)) != len(names):
        raise invalid("压缩包里有重名的部件", "the archive holds two members of one name")
    if "xl/workbook.xml" not in names:
        found = {"zh": "压缩包，但不是 .xlsx 工作簿", "en": "an archive but no .xlsx workbook"}
        raise FileRefused([FileFault("file_type_mismatch", {"found": found})])


def _check_content(archive: zipfile.ZipFile, packed: int, limits: Limits) -> None:
    total = 0
    bound = min(limits.unpacked_bytes, max(packed * limits.unpacked_ratio, _HARMLESS))
    for member in archive.infolist():
        try:
            with archive.open(member) as stream:
                for size in _sizes(stream):
                    total += size
                    if total > bound:
                        raise _too_much(limits)
        except _DAMAGE as error:
            raise invalid("压缩内容已损坏", "what the archive holds is damaged") from error


def _sizes(stream: IO[bytes]) -> Iterator[int]:
    """The size of each piece; refuses a document type or an entity, in whatever member and encoding."""
    before = b""
    while piece := stream.read(_CHUNK):
        window = before + piece
        if b"!" in window and any(mark in window for mark in _FORBIDDEN):
            raise invalid("XML 中声明了文档类型或实体，不予读取", "its XML declares a document type or an entity")
        before = window[-_OVERLAP:]
        yield len(piece)


def _too_much(limits: Limits) -> FileRefused:
    params = {
        "limit_mib": limits.unpacked_bytes // (1024 * 1024),
        "ratio": limits.unpacked_ratio,
        "members": limits.members,
    }
    return FileRefused([FileFault("file_expands_too_much", params)])
