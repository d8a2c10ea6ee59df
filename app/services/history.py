"""The published versions: which there are, and what they say."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from app.services.packs import load_document
from app.services.publishing import packs_on_disk, parse_published
from app.storage.repositories import Policies

if TYPE_CHECKING:
    from app.settings import Settings
    from app.storage.repositories import PublishedVersion
    from app.storage.session import Database

__all__ = ["document_on_disk", "list_versions", "published_document"]


def list_versions(database: Database | None) -> tuple[PublishedVersion, ...]:
    """Every published version in the order of publishing."""
    if database is None:
        return ()
    with database.reading() as session:
        return Policies(session).history()


def published_document(
    database: Database | None, policy_id: str, version: str | None = None
) -> tuple[PublishedVersion, dict[str, Any]] | None:
    """A published version, the one published last where none is named, and its document; None where there is none.

    Raises:
        DatabaseDamagedError: the document is not the one that was published.
    """
    found = [
        entry for entry in list_versions(database) if entry.policy_id == policy_id and version in (None, entry.version)
    ]
    if not found or database is None:
        return None
    with database.reading() as session:
        content = Policies(session).document(policy_id, found[-1].version) or b""
    parse_published(found[-1], content)
    return found[-1], json.loads(content)


def document_on_disk(settings: Settings, policy_id: str) -> dict[str, Any] | None:
    """The document of the pack on disk; None where there is none.

    Raises:
        PackError: the pack cannot be read.
    """
    folder = dict(packs_on_disk(settings)).get(policy_id)
    return None if folder is None else load_document(policy_id, folder)
