"""Who calls: what the headers claim, and whether it is true once the body is there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from math import ceil
from typing import TYPE_CHECKING, Final

from app.api.call import QUERY_AS_CALLED, header_map
from app.api.gate import SENT_METHOD
from app.api.peers import peer_of
from app.api.problems import ProblemError
from app.api.receipting import storage_problems
from app.api.security import ANYONE, Caller, Scope
from app.api.watch import APPLICATION
from app.services.applications import Role
from app.services.signing import DIGEST_DIGITS, Signed, is_signed
from app.settings import Auth

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from app.api.call import Call
    from app.services.applications import Application, KnownApplications
    from app.services.call_ledger import CallLedger

__all__ = ["SCOPES", "Claim", "Claimed", "Gatekeeper", "claimed_by", "proven", "read_claim"]

#: What an application of each role may do.
SCOPES: Final[Mapping[Role, frozenset[Scope]]] = {
    Role.DECIDE: frozenset({Scope.PUBLIC, Scope.READ, Scope.DECIDE}),
    Role.SCREEN: frozenset({Scope.PUBLIC, Scope.READ, Scope.SCREEN}),
    Role.AUTHOR: frozenset({Scope.PUBLIC, Scope.READ, Scope.AUTHOR}),
    Role.PUBLISH: frozenset({Scope.PUBLIC, Scope.READ, Scope.PUBLISH}),
    Role.AUDIT: frozenset({Scope.PUBLIC, Scope.READ, Scope.AUDIT}),
    Role.ADMIN: frozenset({Scope.PUBLIC, Scope.READ, Scope.ADMIN}),
}
_CHALLENGE: Final = ((b"www-authenticate", b'Beizeng realm="beizeng"'),)
_SIGNED: Final = (b"x-app-id", b"x-timestamp", b"x-nonce", b"x-signature")
_API_KEY: Final = b"x-api-key"
_NONCE: Final = re.compile(r"[!-~]{16,64}")
_TIMESTAMP: Final = re.compile(r"[0-9]{1,12}")
_SIGNATURE: Final = re.compile(rf"[0-9a-fA-F]{{{DIGEST_DIGITS}}}")
_LONGEST: Final = 128


@dataclass(frozen=True, slots=True)
class Claim:
    """What the headers say; ``api_key`` stands in for a signature."""

    app_id: str
    timestamp: str = ""
    nonce: str = ""
    signature: str = ""
    api_key: str | None = None


def read_claim(headers: Mapping[bytes, bytes]) -> Claim:
    """The claim of a call.

    Raises:
        ProblemError: missing_credentials, as long as neither a key nor all parts of a signature are there.
    """
    key = headers.get(_API_KEY)
    if key is not None:
        return Claim(headers.get(b"x-app-id", b"").decode("latin-1"), api_key=key.decode("latin-1"))
    values = [headers.get(name, b"") for name in _SIGNED]
    if not all(values):
        raise ProblemError("missing_credentials", headers=_CHALLENGE)
    return Claim(*(value.decode("latin-1") for value in values))


@dataclass(frozen=True, slots=True)
class Gatekeeper:
    """Knows the applications and enters their calls."""

    known: KnownApplications
    ledger: CallLedger

    async def find(self, call: Call, claim: Claim) -> Application:
        """The application that is claimed, before the body is read.

        Raises:
            ProblemError: invalid_credentials, timestamp_out_of_window, rate_limited while locked out, not_ready.
        """
        if self.ledger.locks_anyone and (locked := self.ledger.locked_seconds(_who(call, claim))):
            raise _limited(locked)
        found = self._look_up(claim)
        if found is None:
            await self.known.look()
            found = self._look_up(claim)
        if not self.known.loaded:
            raise ProblemError("not_ready", {"missing": "database"})
        if found is None:
            await self._count_failure(_who(call, claim))
            raise ProblemError("invalid_credentials", headers=_CHALLENGE)
        if claim.api_key is None:
            self._check_time(call, claim)
        return found

    async def verify(self, call: Call, claim: Claim, found: Application, body_sha256: str) -> Caller:
        """The caller, once it has proved itself and its call is entered.

        Raises:
            ProblemError: bad_signature, nonce_replayed, app_disabled, rate_limited, 503 when it cannot be entered.
        """
        if claim.api_key is None:
            text = _signed(call, claim, body_sha256).text()
            well_formed = _NONCE.fullmatch(claim.nonce) and _SIGNATURE.fullmatch(claim.signature)
            if not well_formed or not is_signed(text, claim.signature, found.secrets):
                await self._count_failure(_who(call, claim))
                raise ProblemError("bad_signature", headers=_CHALLENGE)
        call.scope[APPLICATION] = found.id
        if found.disabled:
            raise ProblemError("app_disabled")
        with storage_problems():
            entry = await self.ledger.enter(found.id, claim.nonce if claim.api_key is None else None)
        if entry.retry_seconds is not None:
            raise _limited(entry.retry_seconds)
        if entry.replayed:
            raise ProblemError("nonce_replayed", headers=_CHALLENGE)
        return Caller(found.id, _scopes_of(found.roles))

    def _look_up(self, claim: Claim) -> Application | None:
        if claim.api_key is None:
            return self.known.by_id(claim.app_id)
        found = self.known.by_key(claim.api_key)
        return None if found is not None and claim.app_id not in ("", found.id) else found

    @staticmethod
    def _check_time(call: Call, claim: Claim) -> None:
        services = call.services
        there = _TIMESTAMP.fullmatch(claim.timestamp)
        now = services.clock.now().timestamp()
        if not there or abs(int(claim.timestamp) - now) > services.settings.signature_window_seconds:
            raise ProblemError("timestamp_out_of_window", {"now": int(now)}, headers=_CHALLENGE)

    async def _count_failure(self, who: str) -> None:
        with storage_problems():
            await self.ledger.fail(who)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A caller that still has to prove itself by the body."""

    claim: Claim
    application: Application


async def claimed_by(call: Call, needed: Collection[Scope]) -> Claimed | None:
    """Who says to be calling, before the body is read; None where nobody needs to say.

    Raises:
        ProblemError: as :func:`read_claim` and :meth:`Gatekeeper.find`.
    """
    call.caller = ANYONE
    if Scope.PUBLIC in needed or call.services.settings.auth is Auth.OPEN:
        return None
    claim = read_claim(header_map(call.scope))
    return Claimed(claim, await _gatekeeper(call).find(call, claim))


async def proven(call: Call, claimed: Claimed, needed: Collection[Scope]) -> Caller:
    """The caller, with one of the scopes that are needed.

    Raises:
        ProblemError: as :meth:`Gatekeeper.verify`, and forbidden.
    """
    digest = sha256(call.content).hexdigest() if call.upload is None else call.upload.sha256
    caller = await _gatekeeper(call).verify(call, claimed.claim, claimed.application, digest)
    if caller.scopes.isdisjoint(needed):
        raise ProblemError("forbidden", {"needed": ", ".join(needed)})
    return caller


@cache
def _scopes_of(roles: tuple[Role, ...]) -> frozenset[Scope]:
    return frozenset[Scope]().union(*(SCOPES[role] for role in roles))


def _gatekeeper(call: Call) -> Gatekeeper:
    found = call.services.gatekeeper
    if found is None:
        raise ProblemError("not_ready", {"missing": "database"})
    return found


def _signed(call: Call, claim: Claim, body_sha256: str) -> Signed:
    scope = call.scope
    path = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
    query = scope.get(QUERY_AS_CALLED, scope["query_string"]).decode("latin-1")
    return Signed(
        scope.get(SENT_METHOD, scope["method"]), path, query, body_sha256, claim.app_id, claim.timestamp, claim.nonce
    )


def _who(call: Call, claim: Claim) -> str:
    """An address and the application that it says it is, so that nobody can lock out another by failing for it."""
    address = peer_of(call.scope, call.services.settings.proxies)
    return sha256(f"{address} {claim.app_id[:_LONGEST]}".encode()).hexdigest()


def _limited(seconds: float) -> ProblemError:
    return ProblemError("rate_limited", headers=((b"retry-after", b"%d" % max(1, ceil(seconds))),))
