"""From start to stop: the database is opened, what is published is loaded and kept fresh, and all is closed again."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from typing import TYPE_CHECKING, Final

import structlog

from app.api.authentication import Gatekeeper
from app.api.deps import Services
from app.api.sourcing import read_document
from app.clock import system_clock
from app.services.applications import ApplicationKeys, KnownApplications
from app.services.call_ledger import CallLedger
from app.services.database import open_database
from app.services.knowledge import Knowledge
from app.services.live import LiveRegistry, keep_fresh, to_its_end
from app.services.master_key import load_master_key
from app.services.receipts import ReceiptWriter
from app.services.screening_supervisor import ScreeningSupervisor, keep_screening
from app.settings import Auth, Receipts

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from fastapi import FastAPI

    from app.services.connectors import Connectors
    from app.settings import Settings
    from app.storage.session import Database

__all__ = ["live_services"]

#: How often one looks whether there is screening to do.
_LOOK_SECONDS: Final = 0.5
_log = structlog.get_logger("beizeng.lifespan")


@contextlib.asynccontextmanager
async def live_services(app: FastAPI, settings: Settings) -> AsyncIterator[None]:
    """The services that the database provides, for as long as the server runs.

    Without a database the server starts all the same; ``/readyz`` says what is missing until it is there.
    """
    connectors = _connectors(settings)
    database = open_database(settings)
    live = LiveRegistry(database, settings, system_clock)
    await asyncio.to_thread(live.refresh)
    receipts = _receipts(database, settings)
    services = Services(
        settings,
        live.registry,
        system_clock,
        lambda: (*live.missing(), *(() if receipts is None or receipts.working else ("receipts",))),
        receipts=receipts,
        knowledge=Knowledge(database, settings),
        database=database,
        clock_skew=lambda: live.clock_skew,
        gatekeeper=_gatekeeper(database, settings),
        connectors=connectors,
    )
    if services.gatekeeper is not None:
        await asyncio.to_thread(services.gatekeeper.known.refresh)
    app.state.services = services
    # What is loaded now stays: the collector need not walk it again at every round.
    gc.collect()
    gc.freeze()
    task = asyncio.create_task(keep_fresh(live, settings.refresh_seconds, services.replace))
    task.add_done_callback(_report)
    supervisor = ScreeningSupervisor(database, settings)
    screening = asyncio.create_task(keep_screening(supervisor, _LOOK_SECONDS))
    screening.add_done_callback(_report)
    knowing = asyncio.create_task(_keep_known(services.gatekeeper, settings.refresh_seconds))
    knowing.add_done_callback(_report)
    try:
        yield
    finally:
        background = (task, screening, knowing)
        for running in background:
            running.cancel()
        await asyncio.gather(*background, return_exceptions=True)
        await asyncio.to_thread(supervisor.close)
        gc.unfreeze()
        if services.connectors is not None:
            await services.connectors.close()
        if services.gatekeeper is not None:
            await asyncio.to_thread(services.gatekeeper.ledger.close)
        if receipts is not None:
            await asyncio.to_thread(receipts.close)
        database.close()


def _receipts(database: Database, settings: Settings) -> ReceiptWriter | None:
    if settings.receipts is Receipts.OFF:
        return None
    return ReceiptWriter(database, settings, load_master_key(settings), system_clock)


def _gatekeeper(database: Database, settings: Settings) -> Gatekeeper | None:
    if settings.auth is Auth.OPEN:
        return None
    known = KnownApplications(database, ApplicationKeys(load_master_key(settings)))
    return Gatekeeper(known, CallLedger(database, settings))


def _connectors(settings: Settings) -> Connectors | None:
    if settings.sources_file is None:
        return None
    from app.services.connectors import Connectors  # noqa: PLC0415 - loads an HTTP client that few services need
    from app.services.sources import load_sources  # noqa: PLC0415 - the same

    return Connectors(load_sources(settings.sources_file), read_document)


async def _keep_known(gatekeeper: Gatekeeper | None, seconds: float) -> None:
    """Look for new, changed and disabled applications for as long as the task lives."""
    while gatekeeper is not None:
        await asyncio.sleep(seconds)
        await to_its_end(gatekeeper.known.refresh)


def _report(task: asyncio.Task[None]) -> None:
    """Refreshing ends with the server; anything else is a fault of ours."""
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.error("refreshing_stopped", exc_info=error)
