"""JSON pointers (RFC 6901) to the place of a fault."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.errors import excerpt

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["pointer_to"]


def pointer_to(path: Iterable[str | int]) -> str:
    """The pointer; a name that the caller made up is shown to sixty characters at most."""
    return "".join(f"/{_escaped(part)}" for part in path)


def _escaped(part: str | int) -> str:
    return str(part) if isinstance(part, int) else excerpt(part).replace("~", "~0").replace("/", "~1")
