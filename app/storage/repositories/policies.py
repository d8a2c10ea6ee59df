"""Published versions of policies: entered once, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.storage.errors import VersionConflictError
from app.storage.models import PolicyVersionRow

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

__all__ = ["Policies", "PublishedVersion"]


@dataclass(frozen=True, slots=True)
class PublishedVersion:
    """A version as it was published; its document is read apart, for it is large."""

    policy_id: str
    version: str
    sha256: str
    published_at: datetime
    published_by: str


class Policies:
    """The published versions that a unit of work sees."""

    def __init__(self, session: Session) -> None:
        """Work inside this unit of work."""
        self._session = session

    def publish(self, version: PublishedVersion, document: bytes) -> bool:
        """Enter a version; False when the same content is published already.

        Raises:
            VersionConflictError: this id and version are published with other content.
        """
        published = self.find(version.policy_id, version.version)
        if published is None:
            try:
                with self._session.begin_nested():
                    self._session.add(_row(version, document))
            except IntegrityError:
                # somebody else has published it since we looked
                published = self.find(version.policy_id, version.version)
                if published is None:
                    raise
        if published is None:
            return True
        if published.sha256 != version.sha256:
            raise VersionConflictError(
                policy_id=version.policy_id,
                version=version.version,
                published=published.sha256,
                offered=version.sha256,
            )
        return False

    def find(self, policy_id: str, version: str) -> PublishedVersion | None:
        """That version, when it is published."""
        return next((found for found in self.history(policy_id) if found.version == version), None)

    def history(self, policy_id: str | None = None) -> tuple[PublishedVersion, ...]:
        """The versions of one policy, or of all, in the order of publishing."""
        rows = PolicyVersionRow
        query = select(rows.policy_id, rows.version, rows.sha256, rows.published_at, rows.published_by)
        if policy_id is not None:
            query = query.where(rows.policy_id == policy_id)
        return tuple(PublishedVersion(*row) for row in self._session.execute(query.order_by(rows.number)))

    def latest(self) -> tuple[PublishedVersion, ...]:
        """Of each policy the version published last."""
        return tuple({found.policy_id: found for found in self.history()}.values())

    def document(self, policy_id: str, version: str) -> bytes | None:
        """The canonical bytes of a version, when it is published."""
        rows = PolicyVersionRow
        query = select(rows.document).where(rows.policy_id == policy_id, rows.version == version)
        return self._session.execute(query).scalar_one_or_none()


def _row(version: PublishedVersion, document: bytes) -> PolicyVersionRow:
    return PolicyVersionRow(
        policy_id=version.policy_id,
        version=version.version,
        sha256=version.sha256,
        document=document,
        published_at=version.published_at,
        published_by=version.published_by,
    )
