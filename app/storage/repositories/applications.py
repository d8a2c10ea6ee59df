"""Calling applications and their secrets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update

from app.storage.application_models import ApplicationRow, SecretRow
from app.storage.database_time import DatabaseNow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

__all__ = ["LIVE_SECRETS", "Applications", "StoredApplication", "StoredSecret"]

#: So many secrets of an application are right at a time: the new one, and the one before while callers change over.
LIVE_SECRETS = 2


@dataclass(frozen=True, slots=True)
class StoredSecret:
    """A secret as it is kept."""

    id: str
    sealed: bytes


@dataclass(frozen=True, slots=True)
class StoredApplication:
    """An application with the secrets that are right, the newest first. ``created_ms``: milliseconds since 1970."""

    id: str
    name: str
    roles: tuple[str, ...]
    disabled: bool
    api_key: bytes | None
    created_ms: int
    secrets: tuple[StoredSecret, ...] = ()

    @property
    def created_at(self) -> datetime:
        """When it was entered, UTC."""
        return datetime.fromtimestamp(self.created_ms / 1000, UTC)


class Applications:
    """The applications that a unit of work sees."""

    def __init__(self, session: Session) -> None:
        """Work inside this unit of work."""
        self._session = session

    def add(self, application_id: str, name: str, roles: tuple[str, ...], api_key: bytes | None) -> bool:
        """Enter an application; False when one of that name is there."""
        if self._session.execute(select(ApplicationRow.number).where(ApplicationRow.name == name)).first():
            return False
        self._session.add(
            ApplicationRow(
                id=application_id,
                name=name,
                roles=" ".join(roles),
                disabled=False,
                api_key=api_key,
                created_ms=DatabaseNow(),
            )
        )
        self._session.flush()
        return True

    def add_secret(self, application_id: str, secret: StoredSecret) -> None:
        """Make a secret right; of the older ones, only the last stays so."""
        rows = SecretRow
        self._session.add(
            rows(application=application_id, id=secret.id, sealed=secret.sealed, created_ms=DatabaseNow())
        )
        self._session.flush()
        live = select(rows.number).where(rows.application == application_id).order_by(rows.number.desc())
        kept = list(self._session.scalars(live.limit(LIVE_SECRETS)))
        self._session.execute(delete(rows).where(rows.application == application_id, rows.number.not_in(kept)))

    def change_key(self, application_id: str, api_key: bytes) -> None:
        """Another API key in the place of the one before."""
        rows = ApplicationRow
        self._session.execute(update(rows).where(rows.id == application_id).values(api_key=api_key))

    def disable(self, application_id: str) -> bool:
        """Refuse its calls from now on; False when there is no such application."""
        rows = ApplicationRow
        done = self._session.execute(update(rows).where(rows.id == application_id).values(disabled=True))
        return bool(done.rowcount == 1)  # type: ignore[attr-defined]  # an update's result has it

    def all(self) -> tuple[StoredApplication, ...]:
        """Every application, in the order in which they were entered."""
        secrets: dict[str, list[StoredSecret]] = {}
        for row in self._session.scalars(select(SecretRow).order_by(SecretRow.number.desc())):
            secrets.setdefault(row.application, []).append(StoredSecret(row.id, row.sealed))
        return tuple(
            StoredApplication(
                row.id,
                row.name,
                tuple(row.roles.split()),
                row.disabled,
                row.api_key,
                row.created_ms,
                tuple(secrets.get(row.id, ())),
            )
            for row in self._session.scalars(select(ApplicationRow).order_by(ApplicationRow.number))
        )

    def find(self, application_id: str) -> StoredApplication | None:
        """One application."""
        return next((found for found in self.all() if found.id == application_id), None)
