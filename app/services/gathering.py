"""From the event loop to a thread that writes in groups, and back: each is woken once for a whole group."""

from __future__ import annotations

import asyncio
import contextlib
import queue
from typing import TYPE_CHECKING, Final, Generic, NamedTuple, TypeVar

from app.storage.errors import DatabaseTimeoutError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["LARGEST_GROUP", "Asked", "Inbox"]

LARGEST_GROUP: Final = 512
#: A group that keeps growing is handed over when its first has waited so long.
_LONGEST_SECONDS: Final = 0.016
#: Turns of the event loop without anything new: what one turn finds readable is run in the next.
_QUIET_TURNS: Final = 2
_Item = TypeVar("_Item")
_Outcome = TypeVar("_Outcome")


class Asked(NamedTuple, Generic[_Item, _Outcome]):
    """Something that a coroutine asks for, and where it is told what became of it."""

    item: _Item
    outcome: asyncio.Future[_Outcome]


class Inbox(Generic[_Item, _Outcome]):
    """Coroutines of one event loop ask; one thread takes and tells.

    What the loop can do at once gathers before it is handed over: a transaction costs nearly as much for one as for
    many, and while the loop is at work the thread would get in its way. Who asks alone waits for some idle turns of
    the loop, which take microseconds.
    """

    def __init__(self, seconds: float) -> None:
        """``seconds``: after so long whoever asked hears that the database did not answer in time."""
        self._seconds = seconds
        self._loop: asyncio.AbstractEventLoop | None = None
        self._gathering: list[Asked[_Item, _Outcome]] = []
        self._seen = self._quiet = 0
        self._since = 0.0
        self._groups: queue.SimpleQueue[list[Asked[_Item, _Outcome]] | None] = queue.SimpleQueue()
        self._handed_over = self._taken = 0

    @property
    def waiting(self) -> int:
        """How many were asked for and are not taken."""
        return len(self._gathering) + self._handed_over - self._taken

    async def ask(self, item: _Item) -> _Outcome:
        """What became of it.

        Raises:
            StorageError: as the thread tells, or because it does not tell in time; then it may still be done.
        """
        loop = asyncio.get_running_loop()
        asked: Asked[_Item, _Outcome] = Asked(item, loop.create_future())
        self._gathering.append(asked)
        if len(self._gathering) == 1:
            self._loop, self._since, self._seen, self._quiet = loop, loop.time(), 1, 0
            loop.call_soon(self._look, loop)
        late = loop.call_later(self._seconds, _give_up, asked.outcome)
        try:
            return await asked.outcome
        finally:
            late.cancel()

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """Hand the group over, or look again after a turn of the loop."""
        count = len(self._gathering)
        self._quiet, self._seen = 0 if count > self._seen else self._quiet + 1, count
        whole = count >= LARGEST_GROUP or loop.time() - self._since >= _LONGEST_SECONDS
        if self._quiet >= _QUIET_TURNS or whole:
            self._hand_over()
        else:
            loop.call_soon(self._look, loop)

    def _hand_over(self) -> None:
        group, self._gathering = self._gathering, []
        if group:
            self._handed_over += len(group)
            self._groups.put(group)

    def end(self) -> None:
        """Let the thread end when it has taken everything that was asked for."""
        self._hand_over()
        self._groups.put(None)

    def take(self, seconds: float | None) -> tuple[list[Asked[_Item, _Outcome]], bool]:
        """What was handed over and is still waited for, and whether the thread shall end.

        ``seconds``: how long to wait; None waits for as long as it takes.
        """
        taken: list[Asked[_Item, _Outcome]] = []
        ending = False
        with contextlib.suppress(queue.Empty):
            group = self._groups.get(timeout=seconds)
            while group is not None:
                self._taken += len(group)
                taken += group
                if len(taken) >= LARGEST_GROUP:
                    break
                group = self._groups.get_nowait()
            ending = group is None
        return [asked for asked in taken if not asked.outcome.done()], ending

    def tell(self, taken: Sequence[Asked[_Item, _Outcome]], told: Sequence[_Outcome] | Exception) -> None:
        """Wake those who wait: each with its outcome, or all with what is raised."""
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended, and nobody waits any more
                self._loop.call_soon_threadsafe(_tell, taken, told)


def _give_up(outcome: asyncio.Future[_Outcome]) -> None:
    if not outcome.done():
        outcome.set_exception(DatabaseTimeoutError())


def _tell(taken: Sequence[Asked[_Item, _Outcome]], told: Sequence[_Outcome] | Exception) -> None:
    for place, asked in enumerate(taken):
        if asked.outcome.done():
            continue
        if isinstance(told, Exception):
            asked.outcome.set_exception(told)
        else:
            asked.outcome.set_result(told[place])
