"""One log entry for each call, in the shape of every other entry.

The general log costs a third of a decision; the entries of calls are rendered by themselves and written a few at a
time. An entry has the route's template, and the ids of the application and of the decision where there are any; never
the path, the query or the body: those may be about somebody.
"""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Any, Final

import orjson
import structlog

from app.clock import system_clock
from app.settings import LogFormat, LogLevel

if TYPE_CHECKING:
    from app.settings import Settings

__all__ = ["AccessLog"]

_SECONDS: Final = 0.05
_NAME: Final = "beizeng.access"


class AccessLog:
    """Writes JSON lines to standard error; on a terminal, through the general log with its colours."""

    def __init__(self, settings: Settings) -> None:
        self._on = settings.log_level in (LogLevel.DEBUG, LogLevel.INFO)
        form = settings.log_format or (LogFormat.CONSOLE if sys.stderr.isatty() else LogFormat.JSON)
        self._as_lines = form is LogFormat.JSON
        self._pending: list[bytes] = []

    def record(self, **entry: Any) -> None:
        """Note one call."""
        if not self._on:
            return
        if not self._as_lines:
            structlog.get_logger(_NAME).info("request", **entry)
            return
        time = system_clock.now().isoformat(timespec="milliseconds")
        whole = {"event": "request", "level": "info", "logger": _NAME, "time": time, **entry}
        if not self._pending:
            asyncio.get_running_loop().call_later(_SECONDS, self.flush)
        self._pending.append(orjson.dumps(whole))

    def flush(self) -> None:
        """Write what has been noted."""
        lines, self._pending = self._pending, []
        if lines:
            sys.stderr.write(b"\n".join(lines).decode() + "\n")
