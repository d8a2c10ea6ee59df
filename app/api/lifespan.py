"""From start to stop: the database is opened, what is published is loaded and kept fresh, and all is closed again."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from typing import TYPE_CHECKING

import structlog

from app.api.deps import Services
from app.clock import system_clock
from app.services.database import open_database
from app.services.knowledge import Knowledge
from app.services.live import LiveRegistry, keep_fresh
from app.services.master_key import load_master_key
from app.services.receipts import ReceiptWriter
from app.settings import Receipts

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from fastapi import FastAPI

    from app.settings import Settings
    from app.storage.session import Database

__all__ = ["live_services"]

_log = structlog.get_logger("beizeng.lifespan")


@contextlib.asynccontextmanager
async def live_services(app: FastAPI, settings: Settings) -> AsyncIterator[None]:
    """The services that the database provides, for as long as the server runs.

    Without a database the server starts all the same; ``/readyz`` says what is missing until it is there.
    """
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
    )
    app.state.services = services
    # What is loaded now stays: the collector need not walk it again at every round.
    gc.collect()
    gc.freeze()
    task = asyncio.create_task(keep_fresh(live, settings.refresh_seconds, services.replace))
    task.add_done_callback(_report)
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        gc.unfreeze()
        if receipts is not None:
            await asyncio.to_thread(receipts.close)
        database.close()


def _receipts(database: Database, settings: Settings) -> ReceiptWriter | None:
    if settings.receipts is Receipts.OFF:
        return None
    return ReceiptWriter(database, settings, load_master_key(settings), system_clock)


def _report(task: asyncio.Task[None]) -> None:
    """Refreshing ends with the server; anything else is a fault of ours."""
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.error("refreshing_stopped", exc_info=error)
