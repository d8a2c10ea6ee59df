"""A calling application as its own programs would be: signs with the standard library alone."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
from dataclasses import dataclass

from app.services.applications import ApplicationKeys, Role, add_application
from app.settings import Settings
from tests.api.wire import exchange, head


def closed_settings(folder):
    """A service in a folder that asks who calls, and does not run out of quota."""
    return Settings(
        _env_file=None,
        database_url=f"sqlite:///{folder / 'beizeng.db'}",
        data_dir=folder / "var",
        quota_per_second=10_000,
        quota_burst=10_000,
    )


@dataclass(frozen=True)
class Credentials:
    app_id: str
    secret: str
    api_key: str | None = None

    def headers(self, method, target, body=b"", *, seconds=0, nonce=None, algorithm="sm3"):
        """The four headers of a signed call."""
        path, _, query = target.partition("?")
        stamp, nonce = str(int(time.time()) + seconds), nonce or secrets.token_hex(16)
        parts = (method, path, "&".join(sorted(query.split("&"))), hashlib.sha256(body).hexdigest())
        text = "\n".join((*parts, self.app_id, stamp, nonce))
        signature = hmac.new(self.secret.encode(), text.encode(), algorithm).hexdigest()
        return {"X-App-Id": self.app_id, "X-Timestamp": stamp, "X-Nonce": nonce, "X-Signature": signature}

    def call(self, port, method, target, body=None, headers=None, **signing):
        """A signed call, answered."""
        content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {} if body is None else {"Content-Type": "application/json", "Content-Length": len(content)}
        signed = self.headers(method, target, content, **signing)
        return send(port, method, target, {**sent, **signed, **(headers or {})}, content)


def send(port, method, target, headers, content=b""):
    return exchange(port, head(f"{method} {target}", headers), content, method=method)


def enter(database, key, *roles, name=None, api_key=False):
    """A new application of these roles."""
    shown = add_application(
        database, ApplicationKeys(key), name or secrets.token_hex(4), map(Role, roles), api_key=api_key
    )
    return Credentials(shown.app_id, shown.secret, shown.api_key)
