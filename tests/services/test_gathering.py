"""What coroutines ask of a thread gathers, is handed over as a group, and each is told its own outcome."""

from __future__ import annotations

import asyncio
import threading

import pytest

from app.services.gathering import LARGEST_GROUP, Inbox
from app.storage.errors import DatabaseTimeoutError, StorageFullError

#: Long enough for any machine; no test waits for it.
SECONDS = 60


class Thread:
    """Takes groups until the inbox ends, and tells each item itself, or what fails."""

    def __init__(self, inbox, told=None):
        self.groups = []
        self._inbox, self._told = inbox, told
        self._thread = threading.Thread(target=self._run)

    def _run(self):
        ending = False
        while not ending:
            taken, ending = self._inbox.take(None)
            if taken:
                self.groups.append([asked.item for asked in taken])
                self._inbox.tell(taken, self._told or self.groups[-1])

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._inbox.end()
        self._thread.join()


def ask_all(inbox, items):
    async def together():
        return await asyncio.gather(*map(inbox.ask, items))

    return asyncio.run(together())


class TestGroups:
    def test_what_the_loop_brings_at_once_is_one_group_and_each_hears_its_own(self):
        inbox = Inbox(SECONDS)
        with Thread(inbox) as thread:
            assert ask_all(inbox, range(50)) == list(range(50))
        assert thread.groups == [list(range(50))]
        assert inbox.waiting == 0

    def test_who_comes_a_turn_later_is_of_the_group(self):
        inbox = Inbox(SECONDS)

        async def later(number):
            for _ in range(number):
                await asyncio.sleep(0)
            return await inbox.ask(number)

        async def together():
            return await asyncio.gather(*map(later, range(5)))

        with Thread(inbox) as thread:
            assert asyncio.run(together()) == list(range(5))
        assert thread.groups == [list(range(5))]

    def test_a_loop_that_never_rests_keeps_nobody_waiting(self):
        inbox = Inbox(SECONDS)

        async def busy():
            first = asyncio.ensure_future(inbox.ask(0))
            others = []
            while not first.done():
                others.append(asyncio.ensure_future(inbox.ask(1)))
                await asyncio.sleep(0)
            await asyncio.gather(*others)
            return first.result()

        with Thread(inbox) as thread:
            assert asyncio.run(busy()) == 0
        assert len(thread.groups[0]) > 1

    def test_has_a_largest_size(self):
        inbox = Inbox(SECONDS)
        with Thread(inbox) as thread:
            ask_all(inbox, range(LARGEST_GROUP))
            ask_all(inbox, [0])
        assert [len(group) for group in thread.groups] == [LARGEST_GROUP, 1]


class TestOutcomes:
    def test_a_failure_is_everybodys(self):
        inbox = Inbox(SECONDS)

        async def together():
            return await asyncio.gather(*map(inbox.ask, range(3)), return_exceptions=True)

        with Thread(inbox, StorageFullError()):
            told = asyncio.run(together())
        assert [type(one) for one in told] == [StorageFullError] * 3

    def test_who_has_waited_too_long_is_told_so_and_not_taken_any_more(self):
        inbox = Inbox(0.01)
        with pytest.raises(DatabaseTimeoutError):
            ask_all(inbox, [0])
        assert inbox.waiting == 1
        inbox.end()
        assert inbox.take(None) == ([], True)
        assert inbox.waiting == 0

    def test_what_was_asked_before_the_end_is_taken_before_it(self):
        inbox = Inbox(SECONDS)

        async def leave():
            asking = asyncio.ensure_future(inbox.ask(7))
            await asyncio.sleep(0)
            inbox.end()
            taken, ending = inbox.take(None)
            inbox.tell(taken, [8])
            return await asking, ending

        assert asyncio.run(leave()) == (8, True)
