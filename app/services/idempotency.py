"""One effect and one answer for each key that an application gives to a request, however often it is sent."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from app.storage.repositories.idempotency import IdempotencyKeys, StoredAnswer

if TYPE_CHECKING:
    from app.settings import Settings
    from app.storage.session import Database

__all__ = ["Held", "Idempotency", "Refusal"]


class Refusal(StrEnum):
    """Why a key cannot be used now."""

    REUSED = "idempotency_key_reused"
    IN_PROGRESS = "idempotency_in_progress"


@dataclass(frozen=True, slots=True)
class Held:
    """A key that is ours to answer. ``effect`` is the same for every try, and of no other key: 32 hex digits."""

    application: str
    key: str
    owner: str
    effect: str


class Idempotency:
    """The keys of all applications."""

    def __init__(self, database: Database, settings: Settings) -> None:
        """Nothing is read yet."""
        self._database = database
        # twice the time that an answer may take: whoever is silent for longer has died
        self._lease_ms = round(settings.answer_seconds * 2000)
        self._keep_ms = settings.idempotency_hours * 3_600_000

    def begin(self, application: str, key: str, request: str) -> Held | StoredAnswer | Refusal:
        """Hold the key, or what has become of it. ``request``: digest of everything that the key was given to.

        Raises:
            StorageError: it cannot be kept.
        """
        owner = secrets.token_hex(16)
        with self._database.writing() as session:
            keys = IdempotencyKeys(session)
            effect = keys.take(application, key, request, owner, lease_ms=self._lease_ms, keep_ms=self._keep_ms)
            found = keys.find(application, key) if effect is None else None
        if effect is not None:
            return Held(application, key, owner, effect)
        if found is None or (found.request == request and not found.status):
            return Refusal.IN_PROGRESS
        return found if found.request == request else Refusal.REUSED

    def finish(self, held: Held, status: int, headers: str, body: bytes) -> None:
        """Keep the answer for every later try.

        Raises:
            StorageError: it cannot be kept; the next try goes on when the lease is over.
        """
        with self._database.writing() as session:
            IdempotencyKeys(session).answer(
                held.application, held.key, held.owner, status=status, headers=headers, body=body
            )

    def forget(self, held: Held) -> None:
        """The request was refused and had no effect: the key is free again.

        Raises:
            StorageError: it stays held until its lease is over.
        """
        with self._database.writing() as session:
            IdempotencyKeys(session).give_up(held.application, held.key, held.owner)

    def release(self, held: Held) -> None:
        """What came of the request is not known: the next try goes on with the same effect.

        Raises:
            StorageError: it stays held until its lease is over.
        """
        with self._database.writing() as session:
            IdempotencyKeys(session).release(held.application, held.key, held.owner)
