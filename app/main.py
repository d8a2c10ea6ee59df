"""The application as the server runs it: ``create_app(settings)`` puts the parts together and holds no logic."""

from __future__ import annotations

from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING

from app.api import (
    approval_targets,
    assessments,
    decisions,
    documentation,
    eligibility,
    facts,
    health,
    measures,
    rules,
    screening_results,
    screenings,
    sources,
    subsidies,
)
from app.api.admission import LINE
from app.api.application import Application
from app.api.draining import draining_at_sigterm
from app.api.lifespan import live_services
from app.logging_setup import set_up_logging
from app.settings import load_settings
from app.web import developers, pages

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from fastapi import FastAPI

    from app.api.admission import Line
    from app.api.deps import Services
    from app.settings import Settings

__all__ = ["create_app"]

_RESOURCES = (
    *(eligibility, subsidies, assessments, decisions, approval_targets, measures, rules, facts, sources),
    *(screenings, screening_results, health, pages),
)


def create_app(settings: Settings | None = None, services: Services | None = None) -> Application:
    """The application; ``services`` given stand in for those that the database provides.

    Without settings it is what a server process runs: those of the environment hold, and the log is set up.
    """
    settings = settings or _of_the_process()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Line]]:
        known = {LINE: application.line}
        if services is not None:
            yield known
            return
        async with live_services(app, settings):
            with draining_at_sigterm(application.drain, settings.drain_seconds):
                yield known

    application = Application(settings, version=version("beizeng"), lifespan=lifespan)
    application.state.services = services
    shown = (*_RESOURCES, documentation, developers) if settings.docs else _RESOURCES
    for resource in shown:
        application.add_operations(*resource.router.routes)
    return application


def _of_the_process() -> Settings:
    settings = load_settings()
    set_up_logging(settings)
    return settings
