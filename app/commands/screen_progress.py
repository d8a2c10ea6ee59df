"""How far a long command has come, and how it is asked to stop: what is done stays."""

from __future__ import annotations

import signal
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as RichProgress

from app.commands.terminal import language, say_error
from app.rules.text import Text
from app.screening.folder_errors import ScreeningStopped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType, TracebackType

__all__ = ["Interruptible", "Progress"]

#: Seconds between two plain lines.
_PAUSE: Final = 5.0


class Progress:
    """A bar on a terminal, else a plain line now and then; always on standard error."""

    def __init__(self, rows: int, zh: str, en: str) -> None:
        self._rows = rows
        self._words = Text(zh, en).in_(language())
        self._said = time.monotonic()
        self._last = -1
        self._bar = RichProgress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            disable=not sys.stderr.isatty(),
        )
        self._task = self._bar.add_task(self._words, total=rows)

    def reached(self, rows: int) -> None:
        """So many rows are done."""
        self._bar.update(self._task, completed=rows)
        if self._bar.disable and rows != self._last and (rows >= self._rows or time.monotonic() - self._said >= _PAUSE):
            say_error(f"{self._words} {rows}/{self._rows}")
            self._said, self._last = time.monotonic(), rows

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()


class Interruptible:
    """Ctrl-C asks to stop at the next safe place; a second one stops at once."""

    def __init__(self) -> None:
        self.asked = False
        self._before: Any = None

    def __enter__(self) -> Self:
        self._before = signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        signal.signal(signal.SIGINT, self._before)

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Whatever fails after the wish to stop (the keys reach child processes as well) is that stop."""
        try:
            yield
        except Exception as error:
            if self.asked:
                raise ScreeningStopped from error
            raise
