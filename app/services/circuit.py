"""A circuit breaker: who fails again and again is left alone for a while, and then tried by one call."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Circuit"]


class Circuit:
    """Closed while calls go well, open after ``failures`` in a row, half open for one call after ``pause`` seconds.

    Used from one event loop, so that nothing happens between a look and what follows from it.
    """

    def __init__(self, failures: int, pause: float, now: Callable[[], float] = monotonic) -> None:
        self._limit, self._pause, self._now = failures, pause, now
        self._failed = 0
        self._retry_at = 0.0

    @property
    def open(self) -> bool:
        """Whether calls are kept away for the time being."""
        return self._failed >= self._limit

    def lets_pass(self) -> bool:
        """Whether a call may be made now; of those that come after the pause the first one tries."""
        if not self.open:
            return True
        if self._now() < self._retry_at:
            return False
        self._retry_at = self._now() + self._pause
        return True

    def succeeded(self) -> None:
        """A call was answered."""
        self._failed = 0

    def failed(self) -> None:
        """A call was not."""
        self._failed += 1
        if self.open:
            self._retry_at = self._now() + self._pause
