"""From SIGTERM to the end: callers and proxies are told first, then the server stops listening."""

from __future__ import annotations

import asyncio
import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Drain", "draining_at_sigterm"]

_log = structlog.get_logger("beizeng.drain")


class Drain:
    """Whether this process is ending: calls that it has accepted are answered, new ones are refused."""

    __slots__ = ("under_way",)

    def __init__(self) -> None:
        self.under_way = False


@contextmanager
def draining_at_sigterm(drain: Drain, seconds: float) -> Iterator[None]:
    """At SIGTERM refuse new calls at once and let the server end only after some seconds, so that proxies notice.

    A further SIGTERM changes nothing: some supervisors send it to every process and the parent passes it on as well.
    Outside the main thread, and where the server handles no SIGTERM, nothing is done.
    """
    end = signal.getsignal(signal.SIGTERM)
    if threading.current_thread() is not threading.main_thread() or not callable(end):
        yield
        return
    loop = asyncio.get_running_loop()

    def begin(number: int, _frame: Any) -> None:
        if not drain.under_way:
            drain.under_way = True
            loop.call_soon_threadsafe(_end_later, loop, seconds, end, number)

    signal.signal(signal.SIGTERM, begin)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, end)


def _end_later(loop: asyncio.AbstractEventLoop, seconds: float, end: Callable[[int, Any], Any], number: int) -> None:
    _log.info("draining", seconds=seconds)
    loop.call_later(seconds, end, number, None)
