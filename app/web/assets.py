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

__all__ = ["ASSETS", "PAGE", "Asset", "asset"]

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


def _names() -> Mapping[str, Path]:
    return {path.name: path for path in sorted(_FOLDER.iterdir()) if path.suffix in _TYPES}


#: Where each file is, by the name under which it is asked for.
ASSETS: Final = _names()


@cache
def asset(name: str) -> Asset | None:
    """The file of that name; None where there is none."""
    path = ASSETS.get(name)
    if path is None:
        return None
    plain = path.read_bytes()
    return Asset(plain, gzip.compress(plain, 9, mtime=0), _TYPES[path.suffix], entity_tag(plain))
