"""Looks whether there is screening to do and keeps one worker process while there is; a worker that died is replaced.

Each server process has one. What a worker held is taken up again when its lease runs out.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import orjson
import structlog

from app.screening.splits import SPLIT_ROWS
from app.services.live import to_its_end
from app.storage.errors import StorageError
from app.storage.repositories.screenings import Screenings

if TYPE_CHECKING:
    from app.settings import Settings
    from app.storage.session import Database

__all__ = ["ScreeningSupervisor", "keep_screening"]

_ROOT: Final = str(Path(__file__).parents[2])
_END_SECONDS: Final = 5.0
_log = structlog.get_logger("beizeng.screening")


class ScreeningSupervisor:
    """Starts a worker when there is work and none is there."""

    def __init__(self, database: Database, settings: Settings, *, split_rows: int = SPLIT_ROWS) -> None:
        """Start nothing yet."""
        self._database, self._settings, self._split_rows = database, settings, split_rows
        self._child: subprocess.Popen[bytes] | None = None

    def look(self) -> None:
        """Start a worker if one is needed; never raises for a database that is away."""
        if self._child is not None and self._child.poll() is not None:
            if self._child.returncode:
                _log.warning("screening_worker_ended", code=self._child.returncode)
            self._forget()
        if self._child is None and self._pending():
            self._start()

    def close(self) -> None:
        """End the worker; what it was doing is taken up again after the next start."""
        child = self._child
        if child is None:
            return
        self._forget()
        try:
            child.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()

    def _pending(self) -> bool:
        try:
            with self._database.reading() as session:
                return Screenings(session).pending()
        except StorageError:
            return False

    def _start(self) -> None:
        told = {
            "settings": self._settings.model_dump(mode="json", exclude_none=True),
            "split_rows": self._split_rows,
        }
        threads = str(max((os.cpu_count() or 1) // 2, 1))
        environment = {**os.environ, "POLARS_MAX_THREADS": threads, "PYTHONPATH": _ROOT}
        child = subprocess.Popen(
            [sys.executable, "-m", "app.services.screening_worker"], stdin=subprocess.PIPE, env=environment
        )
        self._child = child
        assert child.stdin is not None  # noqa: S101 - a pipe was asked for
        with contextlib.suppress(BrokenPipeError):
            child.stdin.write(orjson.dumps(told) + b"\n")
            child.stdin.flush()

    def _forget(self) -> None:
        """Closing its input tells the worker to end."""
        if self._child is not None and self._child.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._child.stdin.close()
        self._child = None


async def keep_screening(supervisor: ScreeningSupervisor, seconds: float) -> None:
    """Look for as long as the task lives, beside the event loop."""
    while True:
        await to_its_end(supervisor.look)
        await asyncio.sleep(seconds)
