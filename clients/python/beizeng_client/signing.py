"""How a call shows who makes it: a signature over the call, or an API key."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import httpx
from cryptography.hazmat.primitives import hashes, hmac

if TYPE_CHECKING:
    from collections.abc import Generator

__all__ = ["Algorithm", "ApiKey", "Signature", "sign"]

Algorithm = Literal["sm3", "sha256"]
_NONCE_BYTES = 16


def sign(
    secret: str,
    *,
    method: str,
    path: str,
    query: str,
    body: bytes,
    app_id: str,
    timestamp: str,
    nonce: str,
    algorithm: Algorithm = "sm3",
) -> str:
    """The signature of a call, in hexadecimal: HMAC-SM3 (GB/T 32905) or HMAC-SHA256 of its seven lines.

    `path` and `query` are as in the request line, percent-encoding included; `body` is the bytes that are sent.
    """
    digest = hashes.Hash(hashes.SHA256())
    digest.update(body)
    sorted_query = "&".join(sorted(query.split("&")))
    lines = (method, path, sorted_query, digest.finalize().hex(), app_id, timestamp, nonce)
    kind = hashes.SM3() if algorithm == "sm3" else hashes.SHA256()
    mac = hmac.HMAC(secret.encode(), kind)
    mac.update("\n".join(lines).encode())
    return mac.finalize().hex()


@dataclass(frozen=True, slots=True)
class Signature(httpx.Auth):
    """Signs each call, and each repetition of it anew, with the secret that `beizeng apps add` has shown."""

    requires_request_body = True

    app_id: str
    secret: str = field(repr=False)
    algorithm: Algorithm = "sm3"

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """The request with the four headers of a signed call."""
        path, _, query = request.url.raw_path.decode("ascii").partition("?")
        timestamp, nonce = str(int(time.time())), secrets.token_hex(_NONCE_BYTES)
        request.headers["X-App-Id"] = self.app_id
        request.headers["X-Timestamp"] = timestamp
        request.headers["X-Nonce"] = nonce
        request.headers["X-Signature"] = sign(
            self.secret,
            method=request.method,
            path=path,
            query=query,
            body=request.content,
            app_id=self.app_id,
            timestamp=timestamp,
            nonce=nonce,
            algorithm=self.algorithm,
        )
        yield request


@dataclass(frozen=True, slots=True)
class ApiKey(httpx.Auth):
    """A plain key, for development and low-risk reading where the service allows it."""

    key: str = field(repr=False)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """The request with the key."""
        request.headers["X-Api-Key"] = self.key
        yield request
