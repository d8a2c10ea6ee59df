"""Calling applications: entering them, changing their secrets, and knowing them by what they show."""

from __future__ import annotations

import asyncio
import hmac
import os
import secrets
import threading
import time
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.storage.errors import StorageError
from app.storage.repositories.applications import Applications, StoredApplication, StoredSecret

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from app.services.master_key import MasterKey
    from app.storage.session import Database

__all__ = [
    "Application",
    "ApplicationKeys",
    "KnownApplications",
    "Role",
    "Shown",
    "add_application",
    "disable_application",
    "list_applications",
    "rotate_application",
]

_NONCE_BYTES: Final = 12
_SECRET_BYTES: Final = 32
#: An application that is not known yet is looked for at once, but the database is not asked more often than this.
_LEAST_SECONDS: Final = 0.05


class Role(StrEnum):
    """What an application is for."""

    DECIDE = "decide"
    SCREEN = "screen"
    AUTHOR = "author"
    PUBLISH = "publish"
    AUDIT = "audit"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown once and cannot be read again. ``api_key`` is None where the application has to sign."""

    app_id: str
    secret: str
    api_key: str | None


@dataclass(frozen=True, slots=True)
class Application:
    """A known application with its secrets in the clear; never logged, never stored."""

    id: str
    roles: tuple[Role, ...]
    disabled: bool
    secrets: tuple[bytes, ...]

    def __repr__(self) -> str:
        """Without the secrets."""
        return f"Application({self.id!r})"


class ApplicationKeys:
    """Seals secrets and hashes API keys with keys derived for that alone."""

    def __init__(self, key: MasterKey) -> None:
        """Derive the keys."""
        self._cipher = AESGCM(key.derive("application secrets"))
        self._hash = key.derive("api keys")

    def seal(self, secret: str, secret_id: str) -> bytes:
        """The secret, encrypted for this row alone (AES-256-GCM)."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, secret.encode(), secret_id.encode())

    def unseal(self, stored: StoredSecret) -> bytes | None:
        """The secret; None when it was changed, moved to another row, or sealed with another key."""
        try:
            return self._cipher.decrypt(stored.sealed[:_NONCE_BYTES], stored.sealed[_NONCE_BYTES:], stored.id.encode())
        except (InvalidTag, ValueError):
            return None

    def hash_key(self, api_key: str) -> bytes:
        """What is stored for an API key: of no use without the master key."""
        return hmac.digest(self._hash, api_key.encode(), sha256)


def add_application(
    database: Database, keys: ApplicationKeys, name: str, roles: Iterable[Role], *, api_key: bool
) -> Shown | None:
    """Enter an application; None when one of that name is there."""
    app_id = f"app-{secrets.token_hex(8)}"
    shown = Shown(app_id, _new_secret(), _new_secret() if api_key else None)
    with database.writing() as session:
        applications = Applications(session)
        hashed = None if shown.api_key is None else keys.hash_key(shown.api_key)
        if not applications.add(app_id, name, tuple(dict.fromkeys(role.value for role in roles)), hashed):
            return None
        applications.add_secret(app_id, _sealed(keys, shown.secret))
    return shown


def rotate_application(database: Database, keys: ApplicationKeys, app_id: str) -> Shown | None:
    """A new secret, and a new API key where there was one; None when there is no such application.

    The secret before stays right until the next rotation; an API key does not.
    """
    with database.writing() as session:
        applications = Applications(session)
        found = applications.find(app_id)
        if found is None:
            return None
        shown = Shown(app_id, _new_secret(), None if found.api_key is None else _new_secret())
        applications.add_secret(app_id, _sealed(keys, shown.secret))
        if shown.api_key is not None:
            applications.change_key(app_id, keys.hash_key(shown.api_key))
    return shown


def disable_application(database: Database, app_id: str) -> bool:
    """Refuse its calls; False when there is no such application."""
    with database.writing() as session:
        return Applications(session).disable(app_id)


def list_applications(database: Database) -> tuple[StoredApplication, ...]:
    """Every application."""
    with database.reading() as session:
        return Applications(session).all()


class KnownApplications:
    """The applications as they were at the last look; safe to share between threads."""

    def __init__(self, database: Database, keys: ApplicationKeys) -> None:
        """Know nobody yet."""
        self._database, self._keys = database, keys
        self._by_id: Mapping[str, Application] = {}
        self._by_key: Mapping[bytes, Application] = {}
        self._looking = threading.Lock()
        self._looked = float("-inf")
        self._look: asyncio.Task[bool] | None = None
        self.loaded = False

    def refresh(self) -> bool:
        """Look again; False when the database is away: those known stay known. Blocks."""
        with self._looking:
            started = time.monotonic()
            try:
                stored = list_applications(self._database)
            except StorageError:
                return False
            finally:
                self._looked = started
            by_id, by_key = {}, {}
            for row in stored:
                found = self._known(row)
                by_id[row.id] = found
                if row.api_key is not None:
                    by_key[row.api_key] = found
            self._by_id, self._by_key, self.loaded = by_id, by_key, True
            return True

    async def look(self) -> None:
        """Return when there was a look since the call; one serves everyone who waits."""
        asked = time.monotonic()
        while self._looked < asked:
            if self._look is None or self._look.done():
                self._look = asyncio.create_task(self._look_soon())
            await asyncio.shield(self._look)

    async def _look_soon(self) -> bool:
        await asyncio.sleep(self._looked + _LEAST_SECONDS - time.monotonic())
        return await asyncio.to_thread(self.refresh)

    def by_id(self, app_id: str) -> Application | None:
        """The application of an id."""
        return self._by_id.get(app_id)

    def by_key(self, api_key: str) -> Application | None:
        """The application of an API key; the look-up is by a keyed hash, so that its time tells nothing."""
        return self._by_key.get(self._keys.hash_key(api_key))

    def _known(self, row: StoredApplication) -> Application:
        unsealed = (self._keys.unseal(secret) for secret in row.secrets)
        roles = tuple(Role(role) for role in row.roles if role in set(Role))
        return Application(row.id, roles, row.disabled, tuple(secret for secret in unsealed if secret is not None))


def _new_secret() -> str:
    """256 random bits as 64 hexadecimal digits; the text itself is the key of the HMAC."""
    return secrets.token_hex(_SECRET_BYTES)


def _sealed(keys: ApplicationKeys, secret: str) -> StoredSecret:
    secret_id = secrets.token_hex(8)
    return StoredSecret(secret_id, keys.seal(secret, secret_id))
