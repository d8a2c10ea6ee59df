"""The tables of calling applications. Moments are seconds or milliseconds since 1970, by the clock of the database."""

from __future__ import annotations

from sqlalchemy import BigInteger, Double, Identity, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.models import Base

__all__ = ["ApplicationRow", "FailedCallRow", "IdempotencyRow", "QuotaRow", "SecretRow", "UsedNonceRow"]

_NUMBER = BigInteger().with_variant(Integer, "sqlite")


class ApplicationRow(Base):
    """One calling application. Its secrets are rows of their own."""

    __tablename__ = "applications"

    id: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(unique=True)
    roles: Mapped[str]
    """One space between two."""
    disabled: Mapped[bool]
    api_key: Mapped[bytes | None]
    """The keyed hash of its API key; none where it has to sign."""
    created_ms: Mapped[int] = mapped_column(BigInteger)


class SecretRow(Base):
    """One secret, sealed with a key that is not in the database."""

    __tablename__ = "application_secrets"

    application: Mapped[str] = mapped_column(index=True)
    id: Mapped[str] = mapped_column(unique=True)
    sealed: Mapped[bytes]
    created_ms: Mapped[int] = mapped_column(BigInteger)


class UsedNonceRow(Base):
    """A nonce that was used; kept longer than any signature with it could be right."""

    __tablename__ = "used_nonces"
    __table_args__ = (UniqueConstraint("application", "nonce"),)

    number: Mapped[int] = mapped_column(_NUMBER, Identity(), primary_key=True)
    application: Mapped[str]
    nonce: Mapped[str]
    until_ms: Mapped[int] = mapped_column(BigInteger)


class QuotaRow(Base):
    """How many calls an application may make at once, as of a moment."""

    __tablename__ = "quotas"

    application: Mapped[str] = mapped_column(unique=True)
    calls: Mapped[float] = mapped_column(Double)
    at_ms: Mapped[int] = mapped_column(BigInteger)


class FailedCallRow(Base):
    """How often one address failed to prove that it is one application, since a moment."""

    __tablename__ = "failed_calls"

    who: Mapped[str] = mapped_column(unique=True)
    """SHA-256 of the address and the application that was claimed."""
    failures: Mapped[int]
    since_ms: Mapped[int] = mapped_column(BigInteger)


class IdempotencyRow(Base):
    """A key that an application gave to one request, and the answer once there is one."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (UniqueConstraint("application", "key"),)

    number: Mapped[int] = mapped_column(_NUMBER, Identity(), primary_key=True)
    application: Mapped[str]
    key: Mapped[str]
    request: Mapped[str]
    """SHA-256 of method, address and body."""
    owner: Mapped[str]
    """Who is at work on it; empty once it is answered."""
    effect: Mapped[str]
    """Random, and the same for every try."""
    lease_ms: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[int]
    headers: Mapped[str]
    """A JSON list of pairs."""
    body: Mapped[bytes]
    expires_ms: Mapped[int] = mapped_column(BigInteger)
