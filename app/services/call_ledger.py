"""Each call of an application is entered before it is answered: its nonce once, its quota for all processes together.

One thread writes what gathers while it is at work; the calls wait beside the event loop.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

import structlog

from app.services.gathering import Inbox
from app.storage.call_database import CallDatabase
from app.storage.errors import StorageError
from app.storage.repositories.calls import Calls

if TYPE_CHECKING:
    from app.settings import Settings
    from app.storage.session import Database

__all__ = ["CallLedger", "Entry"]

#: A nonce is kept for so long, so that a clock that jumps back by an hour makes no old signature right again.
_KEEP_MS: Final = 2 * 3600 * 1000
_PRUNE_SECONDS: Final = 30.0
_log = structlog.stdlib.get_logger(__name__)


class Entry(NamedTuple):
    """What became of a call. ``retry_seconds``: above the quota, wait so long; ``replayed``: its nonce was used."""

    replayed: bool = False
    retry_seconds: float | None = None


class _Call(NamedTuple):
    application: str
    nonce: str | None
    """None: the call is not signed."""
    who: str | None
    """Set for a failed proof."""


class CallLedger:
    """Takes calls from the event loop and says what became of them."""

    def __init__(self, database: Database, settings: Settings) -> None:
        """Start the thread, which connects; the database is first asked when there is a call."""
        self._database = CallDatabase(database)
        self._waits = database.waits
        self._rate, self._burst = settings.quota_per_second, settings.quota_burst
        self._limit, self._span_ms = settings.lockout_failures, round(settings.lockout_seconds * 1000)
        self._locked: dict[str, float] = {}
        self._inbox: Inbox[_Call, Entry] = Inbox(database.turn_seconds)
        self._thread = threading.Thread(target=self._run, name="beizeng-calls", daemon=True)
        self._thread.start()

    async def enter(self, application: str, nonce: str | None) -> Entry:
        """Enter one call of an application that has proved itself.

        Raises:
            StorageError: it cannot be entered, or not in time.
        """
        return await self._inbox.ask(_Call(application, nonce, None))

    async def fail(self, who: str) -> None:
        """Count a failed proof; from the limit on, ``who`` is locked out.

        Raises:
            StorageError: it cannot be counted.
        """
        await self._inbox.ask(_Call("", None, who))

    @property
    def locks_anyone(self) -> bool:
        """Whether anyone may be locked out."""
        return bool(self._locked)

    def locked_seconds(self, who: str) -> float:
        """For how long it is still refused; 0 when it is not."""
        until = self._locked.get(who)
        return 0.0 if until is None else max(0.0, until - time.monotonic())

    def close(self) -> None:
        """Enter what waits, and end."""
        self._inbox.end()
        self._thread.join(self._waits.lock + self._waits.statement)
        self._database.close()

    def _run(self) -> None:
        self._database.connect()
        pruned, ending = time.monotonic(), False
        while not ending:
            taken, ending = self._inbox.take(_PRUNE_SECONDS)
            if taken:
                self._inbox.tell(taken, self._settled([asked.item for asked in taken]))
            if time.monotonic() - pruned >= _PRUNE_SECONDS:
                self._prune()
                pruned = time.monotonic()

    def _settled(self, made: list[_Call]) -> list[Entry] | Exception:
        """One transaction for the group: what those who wait are told."""
        try:
            return self._commit(made)
        except Exception as error:  # noqa: BLE001 - whatever it is, those who wait are told, and the thread lives on
            known = isinstance(error, StorageError)
            _log.error("calls_not_entered", count=len(made), exc_info=None if known else error)
            return error

    def _commit(self, made: list[_Call]) -> list[Entry]:
        with self._database.writing() as connection:
            calls = Calls(connection)
            outcome = self._enter(calls, [call for call in made if call.who is None])
            failed = Counter(call.who for call in made if call.who is not None)
            for who in sorted(failed):
                self._count_failures(calls, who, failed[who], calls.now_ms())
        return [outcome.get(id(call), Entry()) for call in made]

    def _enter(self, calls: Calls, entered: list[_Call]) -> dict[int, Entry]:
        outcome: dict[int, Entry] = {}
        asked = Counter(item.application for item in entered)
        charges = {name: calls.charge(name, asked[name], self._rate, self._burst) for name in sorted(asked)}
        left = {name: charge.granted for name, charge in charges.items()}
        fresh: dict[tuple[str, str], _Call] = {}
        for item in entered:
            left[item.application] -= 1
            if left[item.application] < 0:
                outcome[id(item)] = Entry(retry_seconds=charges[item.application].retry_seconds)
            elif item.nonce is not None and fresh.setdefault((item.application, item.nonce), item) is not item:
                outcome[id(item)] = Entry(replayed=True)
        if fresh:
            now = max(charge.now_ms for charge in charges.values())
            new = calls.use(sorted(fresh), now + _KEEP_MS)
            outcome |= {id(item): Entry(replayed=True) for pair, item in fresh.items() if pair not in new}
        return outcome

    def _count_failures(self, calls: Calls, who: str, times: int, now: int) -> None:
        failures = 0
        for _ in range(times):
            failures = calls.fail(who, self._span_ms, now)
        if failures >= self._limit:
            self._lock({who: calls.locked(self._limit, self._span_ms, now).get(who, self._span_ms)})

    def _lock(self, found: dict[str, int]) -> None:
        started = time.monotonic()
        live = {who: until for who, until in self._locked.items() if until > started}
        self._locked = live | {who: started + left / 1000 for who, left in found.items()}

    def _prune(self) -> None:
        try:
            more = True
            while more:
                with self._database.writing() as connection:
                    calls = Calls(connection)
                    now = calls.now_ms()
                    more = calls.prune(now)
                    calls.forget_failures(self._span_ms, now)
        except StorageError as error:
            _log.error("calls_not_pruned", code=error.code)
