"""Signatures of calls: what is signed, and whether a signature is right."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.hashes import SHA256, SM3
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
    return _signed(_keyed(secret)[0], text)


def sign_sha256(secret: bytes, text: bytes) -> str:
    """HMAC-SHA256 in hexadecimal."""
    return _signed(_keyed(secret)[1], text)


def is_signed(text: bytes, signature: str, secrets: Iterable[bytes]) -> bool:
    """Whether one of the secrets gives the signature, by either method; compared in constant time."""
    given = signature.lower().encode()
    return any(
        hmac.compare_digest(_signed(keyed, text).encode(), given) for secret in secrets for keyed in _keyed(secret)
    )


@lru_cache(maxsize=256)
def _keyed(secret: bytes) -> tuple[HMAC, HMAC]:
    """Both methods with the secret taken in: that is half of the work of a signature, and the same for each."""
    return HMAC(secret, SM3()), HMAC(secret, SHA256())


def _signed(keyed: HMAC, text: bytes) -> str:
    signing = keyed.copy()
    signing.update(text)
    return signing.finalize().hex()
