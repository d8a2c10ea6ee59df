"""Our own service, but a body that was read before is not read again: what remains of a call without its reading."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.api import answering
from app.main import create_app

if TYPE_CHECKING:
    from app.api.application import Application

_read = answering.read_decision


def make() -> Application:
    """The application, made by the server."""
    kept: dict[bytes, Any] = {}

    def read_once(content: bytes, *context: Any) -> Any:
        if content not in kept:
            kept[content] = _read(content, *context)
        return kept[content]

    answering.read_decision = read_once
    return create_app()
