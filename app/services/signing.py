"""Signatures of calls: what is signed, and whether a signature is right."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.hashes import SM3
from cryptography.hazmat.primitives.hmac import HMAC

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["DIGEST_DIGITS", "Signed", "is_signed", "sign_sha256", "sign_sm3"]

#: Both methods give 32 bytes, written as hexadecimal digits.
DIGEST_DIGITS: Final = 64


@dataclass(frozen=True, slots=True)
class Signed:
    """Everything of a call that its signature covers, as it is on the wire."""

    method: str
    path: str
    query: str
    body_sha256: str
    application: str
    timestamp: str
    nonce: str

    def text(self) -> bytes:
        """The string to sign: seven lines; the parts of the query are sorted and otherwise as they were sent."""
        query = "&".join(sorted(self.query.split("&"))) if "&" in self.query else self.query
        lines = (self.method, self.path, query, self.body_sha256, self.application, self.timestamp, self.nonce)
        return "\n".join(lines).encode()


def sign_sm3(secret: bytes, text: bytes) -> str:
    """HMAC-SM3 (GB/T 32905) in hexadecimal."""
    keyed = HMAC(secret, SM3())
    keyed.update(text)
    return keyed.finalize().hex()


def sign_sha256(secret: bytes, text: bytes) -> str:
    """HMAC-SHA256 in hexadecimal."""
    return hmac.digest(secret, text, "sha256").hex()


def is_signed(text: bytes, signature: str, secrets: Iterable[bytes]) -> bool:
    """Whether one of the secrets gives the signature, by either method; compared in constant time."""
    given = signature.lower().encode()
    return any(
        hmac.compare_digest(sign(secret, text).encode(), given)
        for secret in secrets
        for sign in (sign_sm3, sign_sha256)
    )
