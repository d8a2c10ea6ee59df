"""Reading what has been published: the list of versions and the document of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.storage.repositories import Policies

if TYPE_CHECKING:
    from app.storage.repositories import PublishedVersion
    from app.storage.session import Database

__all__ = ["published_document", "published_versions"]


def published_versions(database: Database) -> tuple[PublishedVersion, ...]:
    """Every published version, in the order of publication."""
    with database.reading() as session:
        return Policies(session).history()


def published_document(database: Database, policy_id: str, version: str | None) -> bytes | None:
    """The canonical document of a version, the latest when none is named; None when it was never published."""
    with database.reading() as session:
        policies = Policies(session)
        chosen = version or next((v.version for v in policies.latest() if v.policy_id == policy_id), None)
        return None if chosen is None else policies.document(policy_id, chosen)
