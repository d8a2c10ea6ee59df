"""What a running server answers from: loaded whole, replaced whole, and kept when the database goes away."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, TypeVar

import structlog

from app.clock import system_clock
from app.services.calendars import build_calendar
from app.services.publishing import CALENDAR, load_registry, publish_first
from app.services.registry import Registry
from app.storage.database_time import database_moment
from app.storage.errors import StorageError
from app.storage.messages import storage_message
from app.storage.migrating import migrate
from app.storage.repositories import revision_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from app.clock import Clock
    from app.services.publishing import Failure, Loaded, Startup
    from app.settings import Settings
    from app.storage.session import Database

__all__ = ["PARTS", "LiveRegistry", "keep_fresh", "to_its_end"]

#: The parts without which the service is not ready.
PARTS: Final = ("database", "rule_set", "calendar")
_T = TypeVar("_T")
_log = structlog.stdlib.get_logger(__name__)


class LiveRegistry:
    """Holds the registry that answers and looks for what was published or entered since.

    Before the first successful :meth:`refresh` the registry is empty and not ready.
    """

    def __init__(self, database: Database, settings: Settings, clock: Clock = system_clock) -> None:
        """Answer nothing yet; no connection is made."""
        self.registry = Registry({}, settings.policy, build_calendar())
        self.clock_skew: float | None = None
        """Seconds by which the database's clock is ahead of ours, as of the last refresh; None: it was not reached."""
        self._database = database
        self._settings = settings
        self._clock = clock
        self._prepared = False
        self._revision: tuple[int, ...] | None = None
        self._reached = False
        self._calendar_fits = True
        self._reported = ""

    def missing(self) -> tuple[str, ...]:
        """Which of :data:`PARTS` are missing, as of the last refresh."""
        there = {"database": self._reached, "rule_set": self.registry.ready, "calendar": self._calendar_fits}
        return tuple(part for part in PARTS if not there[part])

    def prepare(self) -> Startup:
        """Migrate, and publish the packs whose policies have no published version.

        Raises:
            StorageError: the database cannot be used.
        """
        migrate(self._database)
        startup = publish_first(self._database, self._settings, self._clock)
        self._prepared = True
        return startup

    def refresh(self) -> bool:
        """Load anew when something was published or entered; True when the registry was replaced.

        Blocks; never raises for a database that is away: what is loaded goes on answering and the next call tries
        again.
        """
        try:
            if not self._prepared:
                _report_startup(self.prepare())
            with self._database.reading() as session:
                revision = revision_of(session)
                self.clock_skew = self._skew_of(database_moment(session))
            loaded = None if revision == self._revision else load_registry(self._database, self._settings)
        except StorageError as error:
            self._reached, self.clock_skew = False, None
            self._report(error)
            return False
        self._reached, self._reported = True, ""
        if loaded is not None:
            self._take(loaded)
        return loaded is not None

    def _skew_of(self, theirs: datetime) -> float:
        return (theirs - self._clock.now()).total_seconds()

    def _take(self, loaded: Loaded) -> None:
        _report_failures(loaded.failures)
        today = self._clock.today()
        for policy_id in loaded.registry.ids:
            active = loaded.registry.get(policy_id)
            if active is not None:
                active.renderer(today, "zh")  # compiled here, so that no caller waits for it
        self._calendar_fits = all(failure.subject != CALENDAR for failure in loaded.failures)
        self.registry, self._revision = loaded.registry, loaded.revision
        _log.info("rule_set_loaded", policies=list(loaded.registry.ids), ready=loaded.registry.ready)

    def _report(self, error: StorageError) -> None:
        """Once for each spell of the same failure."""
        if error.code != self._reported:
            self._reported = error.code
            _log.error(error.code, message=storage_message(error, "en"))


async def keep_fresh(live: LiveRegistry, seconds: float, replaced: Callable[[Registry], None]) -> None:
    """Refresh for as long as the task lives, beside the event loop; ``replaced`` is given each new registry."""
    while True:
        if await to_its_end(live.refresh):
            replaced(live.registry)
        await asyncio.sleep(seconds)


async def to_its_end(work: Callable[[], _T]) -> _T:
    """Work beside the event loop that is waited for even when the task is cancelled: it holds a connection."""
    working = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(working)
    except asyncio.CancelledError:
        await working
        raise


def _report_startup(startup: Startup) -> None:
    for pack in startup.published:
        _log.info("policy_published", policy=pack.policy_id, version=pack.version, sha256=pack.sha256)
    for pack in startup.waiting:
        _log.warning(
            "policy_waiting", policy=pack.policy_id, version=pack.version, publish_with="beizeng policy publish"
        )
    _report_failures(startup.failures)


def _report_failures(failures: tuple[Failure, ...]) -> None:
    for failure in failures:
        message = (
            storage_message(failure.error, "en") if isinstance(failure.error, StorageError) else str(failure.error)
        )
        _log.error("policy_unusable", subject=failure.subject, message=message)
