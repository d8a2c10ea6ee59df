"""Keys that applications give to requests, each with one answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.storage.application_models import IdempotencyRow
from app.storage.database_time import DatabaseNow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

__all__ = ["IdempotencyKeys", "StoredAnswer"]


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """What became of a key: ``request`` is the digest of what it was given to. ``status`` 0: there is no answer yet."""

    request: str
    status: int
    headers: str
    body: bytes


class IdempotencyKeys:
    """The keys that a unit of work sees. Only who owns a key can answer it."""

    def __init__(self, session: Session) -> None:
        """Work inside this unit of work."""
        self._session = session
        self._insert: Any = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert

    def take(self, application: str, key: str, request: str, owner: str, *, lease_ms: int, keep_ms: int) -> str | None:
        """Own a new key, or one whose owner has died; None when it is another's.

        What is returned is random, stays the same for every owner of the key, and is of no other.
        """
        rows = IdempotencyRow
        now = int(self._session.execute(select(DatabaseNow())).scalar_one())
        self._session.execute(delete(rows).where(rows.expires_ms < now))
        values = {
            "application": application,
            "key": key,
            "request": request,
            "owner": owner,
            "effect": owner,
            "lease_ms": now + lease_ms,
            "status": 0,
            "headers": "",
            "body": b"",
            "expires_ms": now + keep_ms,
        }
        statement = self._insert(rows).values(**values).on_conflict_do_nothing(index_elements=["application", "key"])
        if self._session.execute(statement.returning(rows.number)).first() is not None:
            return owner
        abandoned = (
            *(rows.application == application, rows.key == key, rows.request == request),
            *(rows.status == 0, rows.lease_ms < now),
        )
        renewed = update(rows).where(*abandoned).values(owner=owner, lease_ms=now + lease_ms).returning(rows.effect)
        return self._session.execute(renewed).scalar()

    def find(self, application: str, key: str) -> StoredAnswer | None:
        """What is known of a key."""
        rows = IdempotencyRow
        query = select(rows.request, rows.status, rows.headers, rows.body)
        found = self._session.execute(query.where(rows.application == application, rows.key == key)).one_or_none()
        return None if found is None else StoredAnswer(*found)

    def answer(self, application: str, key: str, owner: str, *, status: int, headers: str, body: bytes) -> None:
        """Keep the answer of a key that is owned."""
        rows = IdempotencyRow
        mine = (rows.application == application, rows.key == key, rows.owner == owner)
        self._session.execute(update(rows).where(*mine).values(status=status, headers=headers, body=body, owner=""))

    def release(self, application: str, key: str, owner: str) -> None:
        """Let the next try go on at once: it is not known what came of this one."""
        rows = IdempotencyRow
        mine = (rows.application == application, rows.key == key, rows.owner == owner)
        self._session.execute(update(rows).where(*mine).values(lease_ms=0))

    def give_up(self, application: str, key: str, owner: str) -> None:
        """Forget a key that is owned: nothing came of the request."""
        rows = IdempotencyRow
        self._session.execute(delete(rows).where(rows.application == application, rows.key == key, rows.owner == owner))
