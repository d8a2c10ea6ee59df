"""What was known when: the registry as it stood at an earlier moment, and at a recorded revision."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from app.services.publishing import load_registry
from app.storage.repositories import Notices, Parameters, Policies

if TYPE_CHECKING:
    from datetime import datetime

    from app.services.registry import Registry
    from app.settings import Settings
    from app.storage.session import Database

__all__ = ["Knowledge"]


class Knowledge:
    """Earlier registries, the few asked for last kept compiled."""

    def __init__(self, database: Database, settings: Settings) -> None:
        """Nothing is read yet."""
        self._database, self._settings = database, settings
        self.registry = lru_cache(maxsize=4)(self._load)

    def at(self, moment: datetime) -> Registry:
        """The registry of what had been published and entered by then; not ready before the first publication.

        Raises:
            StorageError: the database cannot be read.
        """
        with self._database.reading() as session:
            published = [version.published_at for version in Policies(session).history()]
            figures = [entry.entered_at for entry in Parameters(session).history()]
            notices = [entry.entered_at for entry in Notices(session).history()]
        revision = tuple(sum(known <= moment for known in moments) for moments in (published, figures, notices))
        return self.registry(revision)

    def _load(self, revision: tuple[int, ...]) -> Registry:
        return load_registry(self._database, self._settings, revision).registry
