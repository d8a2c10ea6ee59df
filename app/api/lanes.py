"""Threads beside the event loop for work on the database: as many as it has connections to give, and no queue behind.

The usual threads of the event loop would take any number of calls and let each wait for all before it; here whoever
finds no lane free within the time for a connection is refused.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final, TypeVar

from app.storage.errors import DatabaseTimeoutError
from app.storage.session import OVERFLOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.settings import Settings

__all__ = ["Lanes"]

#: Connections that are left to the writer of receipts and to those who look for news.
_RESERVED: Final = 4
_T = TypeVar("_T")


class Lanes:
    """One set for one application."""

    def __init__(self, settings: Settings) -> None:
        """No thread is started before there is work."""
        count = settings.database_pool_size + OVERFLOW - _RESERVED
        self._seconds = settings.database_connect_seconds
        self._free = asyncio.Semaphore(count)
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="beizeng-database")

    async def run(self, work: Callable[..., _T], *args: Any) -> _T:
        """What the work comes to. It holds its lane to its end, also when nobody waits for it any more.

        Raises:
            StorageError: no lane became free in time, or what the work raised.
        """
        try:
            async with asyncio.timeout(self._seconds):
                await self._free.acquire()
        except TimeoutError:
            raise DatabaseTimeoutError from None
        working = asyncio.get_running_loop().run_in_executor(self._threads, work, *args)
        working.add_done_callback(self._release)
        return await asyncio.shield(working)

    def close(self) -> None:
        """Take no more work; what is under way ends by itself."""
        self._threads.shutdown(wait=False)

    def _release(self, working: asyncio.Future[Any]) -> None:
        self._free.release()
        if not working.cancelled():
            working.exception()  # looked at, for the case that nobody waits any more
