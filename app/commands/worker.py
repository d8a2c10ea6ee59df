"""What a server process imports: its settings, its protocol, its application.

uvicorn starts each worker anew and finds the three by name, so that nothing has to be handed over between processes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.api.protocol import protocol_for
from app.logging_setup import set_up_logging
from app.main import create_app
from app.settings import load_settings

if TYPE_CHECKING:
    from app.api.application import Application

__all__ = ["Protocol", "application"]

_settings = load_settings()
Protocol = protocol_for(_settings)


def application() -> Application:
    """The application of this process."""
    set_up_logging(_settings)
    return create_app(_settings)
