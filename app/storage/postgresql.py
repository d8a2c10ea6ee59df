"""Connections to PostgreSQL that give up in time, also on a server that accepts and never answers."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

import psycopg
from psycopg import errors

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["TimedConnection", "answered_within"]

#: How often a waiting thread looks up, so that Ctrl-C ends it.
_LOOK_UP_SECONDS: Final = 0.1
_until: ContextVar[float | None] = ContextVar("_until", default=None)


@contextmanager
def answered_within(seconds: float) -> Iterator[None]:
    """All waiting for the server inside the block ends after so many seconds altogether."""
    token = _until.set(monotonic() + seconds)
    try:
        yield
    finally:
        _until.reset(token)


class TimedConnection(psycopg.Connection[Any]):
    """A connection that waits for the server no longer than :func:`answered_within` says.

    ``statement_timeout`` is the server's promise and worth nothing when the server, or the network, stands still.
    """

    def wait(self, gen: Any, interval: float = _LOOK_UP_SECONDS, timeout: float | None = None) -> Any:
        """Wait as psycopg does; past the time, close the connection, for its state is unknown."""
        until = _until.get()
        if until is None:
            return super().wait(gen, interval, timeout)
        left = max(until - monotonic(), 0)
        try:
            return super().wait(gen, interval, left if timeout is None else min(left, timeout))
        except psycopg.OperationalError as error:
            if monotonic() < until:
                raise
            self.close()
            raise errors.QueryCanceled("the server did not answer in time") from error

    @classmethod
    def open(cls, *args: Any, **kwargs: Any) -> TimedConnection:
        """Connect, unless the time is over already."""
        until = _until.get()
        if until is not None and monotonic() >= until:
            raise errors.QueryCanceled("no time left to connect")
        return cls.connect(*args, **kwargs)
