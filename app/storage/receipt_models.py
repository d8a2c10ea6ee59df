"""The tables of receipts. Every value is kept as it is authenticated: text and bytes, no conversion in between."""

from __future__ import annotations

from sqlalchemy import BigInteger, Integer
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.models import Base

__all__ = ["ReceiptExportRow", "ReceiptRow"]

_NUMBER = BigInteger().with_variant(Integer, "sqlite")


class ReceiptRow(Base):
    """One decision as it was given. Rows are only added; those that were exported may be pruned."""

    __tablename__ = "receipts"

    number: Mapped[int] = mapped_column(_NUMBER, primary_key=True, autoincrement=False)
    """The place in the chain: 1, 2, 3 … without a gap."""
    id: Mapped[str] = mapped_column(unique=True)
    application: Mapped[str]
    request_id: Mapped[str]
    at: Mapped[str]
    """RFC 3339 in UTC with six decimals, so that text order is time order."""
    operation: Mapped[str]
    subject: Mapped[str]
    """The time limit asked about; else empty."""
    policy_id: Mapped[str]
    policy_version: Mapped[str]
    policy_sha256: Mapped[str]
    figures: Mapped[str]
    """SHA-256 of the county's figures that were laid over the policy."""
    calendar: Mapped[str]
    program: Mapped[str]
    revision: Mapped[str]
    """How many policy versions, figures and notices were known."""
    on_date: Mapped[str]
    known_at: Mapped[str]
    """As asked; empty where the present was."""
    language: Mapped[str]
    personal: Mapped[str]
    """``encrypt`` or ``hash``: what became of personal facts."""
    sealed: Mapped[bytes]
    """The request body, encrypted."""
    answer: Mapped[str]
    """SHA-256 of the answer's bytes."""
    previous: Mapped[bytes]
    mac: Mapped[bytes]


class ReceiptExportRow(Base):
    """Everything up to ``number`` was exported, and may be pruned."""

    __tablename__ = "receipt_exports"

    number: Mapped[int] = mapped_column(_NUMBER, primary_key=True, autoincrement=False)
    last_mac: Mapped[bytes]
    exported_at: Mapped[str]
    file_sha256: Mapped[str]
    mac: Mapped[bytes]
