"""Refusing early: under more calls than can be answered some are turned away at once, so that the others are quick.

A call waits in line from the moment it is whole until its work begins. A long line is borne for a moment, so that a
burst is answered; while it stays long, those that have waited longest are refused until it is short again. Calls whose
work has begun wait for the disk, the database or an office, and cost little meanwhile: there may be many.
"""

from __future__ import annotations

from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from app.api.problems import ProblemError

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping

    from app.settings import Settings

__all__ = ["ARRIVAL", "Admission", "Arrival", "Line"]

#: Under this name the scope holds the call's place in line.
ARRIVAL: Final = "beizeng.arrival"
#: How long a line may be too long before anybody is refused.
_PATIENCE_SECONDS: Final = 0.25
#: A line that was not too long for such a time is a new one.
_CALM_SECONDS: Final = 1.0


class Line:
    """The calls of one process that are whole and whose work has not begun."""

    __slots__ = ("waiting",)

    def __init__(self) -> None:
        self.waiting = 0


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

    def begin(self) -> int:
        """Its turn has come, or it is over; how many still wait. Again and again is once."""
        self._begun = True
        if self._waits:
            self._waits = False
            self._line.waiting -= 1
        return self._line.waiting


class Admission:
    """Who is answered, for one application."""

    def __init__(self, settings: Settings) -> None:
        self._most_waiting, self._most_inside = settings.max_calls_waiting, settings.max_calls_in_flight
        self._inside = 0
        self._long_since = self._long_last = float("-inf")

    @contextmanager
    def inside(self, scope: MutableMapping[str, Any]) -> Iterator[None]:
        """Let a call in, for as long as the block lasts.

        Raises:
            ProblemError: overloaded.
        """
        arrival: Arrival | None = scope.get(ARRIVAL)
        if self._inside >= self._most_inside or (arrival is not None and self._stays_long(arrival.begin())):
            raise ProblemError("overloaded")
        self._inside += 1
        try:
            yield
        finally:
            self._inside -= 1

    def _stays_long(self, waiting: int) -> bool:
        if waiting <= self._most_waiting:
            return False
        now = monotonic()
        if now - self._long_last > _CALM_SECONDS:
            self._long_since = now
        self._long_last = now
        return now - self._long_since > _PATIENCE_SECONDS
