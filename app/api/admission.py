"""Refusing early: under more calls than can be answered some are turned away at once, so that the others are quick.

A call waits in line from the moment it is whole until its work begins. A long line is borne for a moment, so that a
burst is answered; while it stays long, whoever comes next is turned away at the door, before anything is made of the
call. Calls whose work has begun wait for the disk, the database or an office, and cost little meanwhile: there may be
many.
"""

from __future__ import annotations

from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Final

from app.api.problems import ProblemError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.types import Scope

    from app.settings import Settings

__all__ = ["ARRIVAL", "LINE", "WATCHED", "Admission", "Arrival", "Line"]

#: Under this name the scope holds the call's place in line.
ARRIVAL: Final = "beizeng.arrival"
#: Under this name the server's protocol finds the line of the application.
LINE: Final = "beizeng.line"
#: How long a line may be too long before anybody is turned away.
_PATIENCE_SECONDS: Final = 0.25
#: A line that was not too long for such a time is a new one: what comes together after a pause is one burst.
_CALM_SECONDS: Final = 0.25
#: What operators look at: nobody is turned away there, nor counted.
WATCHED: Final = frozenset({b"/healthz", b"/readyz", b"/metrics"})


class Line:
    """The calls of one process that are whole and whose work has not begun."""

    __slots__ = ("_long_last", "_long_since", "_most", "tell", "waiting")

    def __init__(self, settings: Settings, tell: Callable[[Scope, str, bytes, str], None]) -> None:
        """Nobody waits; ``tell``: told scope, method, address and request id of each call that is turned away."""
        self.waiting, self.tell = 0, tell
        self._most = settings.max_calls_waiting
        self._long_since = self._long_last = float("-inf")

    def is_closed_to(self, url: bytes) -> bool:
        """Whether a call that comes now is turned away."""
        if self.waiting < self._most or url in WATCHED:
            return False
        now = monotonic()
        if now - self._long_last > _CALM_SECONDS:
            self._long_since = now
        self._long_last = now
        return now - self._long_since > _PATIENCE_SECONDS


class Arrival:
    """One call's place in line."""

    __slots__ = ("_begun", "_line", "_waits")

    def __init__(self, line: Line) -> None:
        """The head is there."""
        self._line, self._waits, self._begun = line, False, False

    def whole(self) -> None:
        """The body is there as well: from now on the call waits."""
        if not self._waits and not self._begun:
            self._waits = True
            self._line.waiting += 1

    def begin(self) -> None:
        """Its turn has come, or it is over. Again and again is once."""
        self._begun = True
        if self._waits:
            self._waits = False
            self._line.waiting -= 1


class Admission:
    """How many calls are being worked on, for one application."""

    def __init__(self, settings: Settings) -> None:
        self._most, self._inside = settings.max_calls_in_flight, 0

    @contextmanager
    def inside(self, scope: Scope) -> Iterator[None]:
        """Let a call in, for as long as the block lasts.

        Raises:
            ProblemError: overloaded.
        """
        if ARRIVAL in scope:
            scope[ARRIVAL].begin()
        if self._inside >= self._most:
            raise ProblemError("overloaded")
        self._inside += 1
        try:
            yield
        finally:
            self._inside -= 1
