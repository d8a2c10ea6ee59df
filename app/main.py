"""The application as the server runs it: ``create_app(settings)`` puts the parts together and holds no logic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.api import approval_targets, documentation, eligibility, facts, health, measures, rules, subsidies
from app.api.application import Application

if TYPE_CHECKING:
    from app.api.deps import Services
    from app.settings import Settings

__all__ = ["create_app"]

VERSION = "0.1.0"
_RESOURCES = (eligibility, subsidies, approval_targets, measures, rules, facts, health)


def create_app(settings: Settings, services: Services | None = None) -> Application:
    """The application; ``services`` given stand in for those that the database provides."""
    app = Application(settings, version=VERSION)
    app.state.services = services
    shown = (*_RESOURCES, documentation) if settings.docs else _RESOURCES
    for resource in shown:
        app.add_operations(*resource.router.routes)
    return app
