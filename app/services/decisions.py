"""Receipts read again: one, or a page of them, for the application that asked or for an auditor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from app.services.receipt_chain import split_request
from app.storage.repositories import Receipts

if TYPE_CHECKING:
    from app.services.receipt_chain import ReceiptKeys
    from app.storage.repositories import ReceiptFilter, StoredReceipt
    from app.storage.session import Database

__all__ = ["Page", "find_receipt", "list_receipts", "receipt_item", "receipt_with_request"]


class Page(NamedTuple):
    """Receipts, the newest first, and the number below which the next page begins; None at the end."""

    items: tuple[StoredReceipt, ...]
    following: int | None


def find_receipt(database: Database, receipt_id: str, application: str | None) -> StoredReceipt | None:
    """The receipt; None when there is none, or it is another application's (None: any may be seen).

    Raises:
        StorageError: the database cannot be read.
    """
    with database.reading() as session:
        found = Receipts(session.connection()).find(receipt_id)
    return found if found is not None and application in (None, found.application) else None


def list_receipts(database: Database, narrowed: ReceiptFilter, before: int | None, limit: int) -> Page:
    """A page of receipts.

    Raises:
        StorageError: the database cannot be read.
    """
    with database.reading() as session:
        found = Receipts(session.connection()).page(narrowed, before, limit + 1)
    return Page(found[:limit], found[limit - 1].number if len(found) > limit else None)


def receipt_item(receipt: StoredReceipt) -> dict[str, Any]:
    """What a receipt says, without the request."""
    return {
        "id": receipt.id,
        "number": receipt.number,
        "at": receipt.at,
        "operation": receipt.operation,
        "subject": receipt.subject or None,
        "application": receipt.application,
        "request_id": receipt.request_id,
        "policy": {"id": receipt.policy_id, "version": receipt.policy_version, "sha256": receipt.policy_sha256},
        "figures": receipt.figures,
        "calendar": receipt.calendar,
        "program": receipt.program,
        "on": receipt.on_date or None,
        "known_at": receipt.known_at or None,
        "language": receipt.language,
        "personal": receipt.personal,
        "answer_sha256": receipt.answer,
        "mac": receipt.mac.hex(),
        "previous_mac": receipt.previous.hex(),
    }


def receipt_with_request(receipt: StoredReceipt, keys: ReceiptKeys) -> dict[str, Any]:
    """The same with whether the row is as written, the request as it was sent, and what other offices said to it.

    The request is null where it cannot be opened; what was said is, too, where nobody was asked.
    """
    content, said = split_request(keys.unseal(receipt.sealed, receipt.id) or b"")
    return {
        **receipt_item(receipt),
        "genuine": keys.mac_of(receipt) == receipt.mac,
        "request": orjson.Fragment(content.removeprefix(b"\xef\xbb\xbf")) if content else None,
        "said": orjson.Fragment(said) if said else None,
    }
