"""The page's files as they are sent: type, entity tag, and the compressed form; read once."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.api.responses import entity_tag

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ASSETS", "PAGE", "Asset", "files_in", "read_asset"]

_FOLDER: Final = Path(__file__).parent / "assets"
_TYPES: Final = {
    ".css": b"text/css; charset=utf-8",
    ".html": b"text/html; charset=utf-8",
    ".js": b"text/javascript; charset=utf-8",
    ".svg": b"image/svg+xml",
}
#: The page itself; everything else in the folder stands below ``/assets/``.
PAGE: Final = "index.html"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file: its bytes, the same packed with gzip, its media type, and its entity tag."""

    plain: bytes
    packed: bytes
    media_type: bytes
    tag: bytes


def files_in(folder: Path) -> Mapping[str, Path]:
    """Where each file of a folder is, by the name under which it is asked for."""
    return {path.name: path for path in sorted(folder.iterdir()) if path.suffix in _TYPES}


#: The files of the page.
ASSETS: Final = files_in(_FOLDER)


@cache
def read_asset(path: Path) -> Asset:
    """One of these files."""
    plain = path.read_bytes()
    return Asset(plain, gzip.compress(plain, 9, mtime=0), _TYPES[path.suffix], entity_tag(plain))
