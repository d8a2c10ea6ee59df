"""What makes receipts trustworthy: the MAC of each row over all its fields and the row before, and sealed requests."""

from __future__ import annotations

import os
import secrets
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SM3
from cryptography.hazmat.primitives.hmac import HMAC

from app.storage.repositories import StoredReceipt

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from app.services.master_key import MasterKey
    from app.storage.repositories import StoredExport

__all__ = ["GENESIS", "ReceiptKeys", "joined_request", "new_receipt_id", "split_request"]

#: What the first receipt has for the MAC of the one before.
GENESIS: Final = bytes(32)
_NONCE_BYTES: Final = 12
#: The time in an id has 48 bits.
_TIME_MASK: Final = 0xFFFF_FFFF_FFFF
#: Between a request and what other offices said to it (RFC 7464); it cannot stand in JSON.
_SEPARATOR: Final = b"\x1e"
_RAW: Final = ("number", "sealed", "previous", "mac")
_TEXTS: Final = attrgetter(*(name for name in StoredReceipt._fields if name not in _RAW))


def new_receipt_id(moment: datetime) -> str:
    """An id that nobody can guess: 80 random bits behind the time in milliseconds.

    Ids that come together lie together in their index, which then has few pages to change for a group of receipts.
    """
    return f"d-{int(moment.timestamp() * 1000) & _TIME_MASK:012x}{secrets.token_hex(10)}"


def joined_request(content: bytes, said: bytes) -> bytes:
    """What a receipt seals: the request as it was sent and, where other offices were asked, what they said."""
    return content + _SEPARATOR + said if said else content


def split_request(body: bytes) -> tuple[bytes, bytes]:
    """The request, and what other offices said; empty where none was asked."""
    content, _, said = body.partition(_SEPARATOR)
    return content, said


class ReceiptKeys:
    """Seals, opens and authenticates with keys derived for receipts alone."""

    def __init__(self, key: MasterKey) -> None:
        """Derive the keys."""
        self._mac = HMAC(key.derive("receipt chain"), SM3())
        self._personal = HMAC(key.derive("receipt personal facts"), SM3())
        self._cipher = AESGCM(key.derive("receipt request"))

    def mac_of(self, receipt: StoredReceipt) -> bytes:
        """HMAC-SM3 over every field but the MAC itself: a JSON list, and behind it the sealed request."""
        texts = orjson.dumps([receipt.number, *_TEXTS(receipt), receipt.previous.hex()])
        return self._authenticated(texts + receipt.sealed)

    def mac_of_export(self, export: StoredExport) -> bytes:
        """HMAC-SM3 over every field of an export's record but the MAC itself."""
        return self._authenticated(
            orjson.dumps(["export", export.number, export.last_mac.hex(), export.exported_at, export.file_sha256])
        )

    def mac_of_anchor(self, number: int, mac: bytes, at: str) -> bytes:
        """HMAC-SM3 over an anchor."""
        return self._authenticated(orjson.dumps(["anchor", number, mac.hex(), at]))

    def seal_each(self, requests: Sequence[tuple[bytes, str]]) -> list[bytes]:
        """Request bodies, each encrypted for the receipt of an id alone (AES-256-GCM, a nonce of its own)."""
        noise = os.urandom(_NONCE_BYTES * len(requests))
        nonces = [noise[start : start + _NONCE_BYTES] for start in range(0, len(noise), _NONCE_BYTES)]
        return [
            nonce + self._cipher.encrypt(nonce, body, receipt_id.encode())
            for nonce, (body, receipt_id) in zip(nonces, requests, strict=True)
        ]

    def unseal(self, sealed: bytes, receipt_id: str) -> bytes | None:
        """The request; None when it was changed or sealed for another receipt or with another key."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], receipt_id.encode())
        except (InvalidTag, ValueError):
            return None

    def hash_personal(self, fact: str, value: Any) -> str:
        """What stands for a personal fact where it may not be kept; equal facts have equal hashes."""
        keyed = self._personal.copy()
        keyed.update(orjson.dumps([fact, value]))
        return f"hash:{keyed.finalize().hex()}"

    def _authenticated(self, content: bytes) -> bytes:
        keyed = self._mac.copy()
        keyed.update(content)
        return keyed.finalize()
