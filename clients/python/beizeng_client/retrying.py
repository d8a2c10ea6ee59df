"""When a call is made again, and after how long."""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import Enum

from beizeng_client.errors import (
    BeizengError,
    ConflictError,
    ConnectionLostError,
    ProblemError,
    RateLimitedError,
    UnavailableError,
)

__all__ = ["Attempts", "Repeat", "Retry"]


class Repeat(Enum):
    """What repeating a call does."""

    SAFE = "safe"
    """Nothing: it only reads or decides."""
    KEYED = "keyed"
    """Nothing: its `Idempotency-Key` has one effect."""
    ONCE = "once"
    """It may do more; it is repeated only where the service has surely not acted."""


@dataclass(frozen=True, slots=True)
class Retry:
    """How often and how patiently; `Retry(attempts=1)` never makes a call again."""

    attempts: int = 4
    """The first one counts."""
    first_wait: float = 0.25
    """Seconds; doubled for each further attempt, and then drawn between half of it and all of it."""
    longest_wait: float = 30.0
    """Seconds; a service that asks for more is not waited for."""


class Attempts:
    """The attempts at one call."""

    def __init__(self, retry: Retry, repeat: Repeat) -> None:
        self._retry, self._repeat = retry, repeat
        self._made = 0

    def wait_after(self, error: BeizengError) -> float:
        """Seconds until the next attempt.

        Raises:
            BeizengError: the error itself, where there is no sense in another one.
        """
        self._made += 1
        wait = self._wait(error)
        if self._made >= self._retry.attempts or not self._may_repeat(error) or wait > self._retry.longest_wait:
            raise error
        return wait

    def _may_repeat(self, error: BeizengError) -> bool:
        if isinstance(error, RateLimitedError):
            return True
        if isinstance(error, ConnectionLostError):
            return self._repeat is not Repeat.ONCE or not error.sent
        if isinstance(error, ConflictError):
            return self._repeat is Repeat.KEYED and error.code == "idempotency_in_progress"
        return isinstance(error, UnavailableError) and self._repeat is not Repeat.ONCE

    def _wait(self, error: BeizengError) -> float:
        longest = self._retry.first_wait * 2.0 ** (self._made - 1)
        drawn = min(longest, self._retry.longest_wait) * random.uniform(0.5, 1)  # noqa: S311 - spreads callers out
        told = error.retry_after if isinstance(error, ProblemError) else None
        return max(drawn, told or 0.0)
