"""Who calls, and what they may. Every route declares the scope it needs; a route without one cannot be made."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, TypeVar

from app.api.problems import ProblemError
from app.settings import Auth

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.api.call import Call

__all__ = ["ANYONE", "Caller", "Scope", "authorize", "needs", "scope_of"]


class Scope(StrEnum):
    """What a caller must be allowed to do."""

    PUBLIC = "public"
    """Nothing: liveness, metrics and documentation."""
    READ = "read"
    """Look up the catalogue."""
    DECIDE = "decide"
    """Ask for decisions, amounts and deadlines."""
    SCREEN = "screen"
    """Screen registries."""
    AUTHOR = "author"
    """Draft rules and figures."""
    PUBLISH = "publish"
    """Publish what another has drafted."""
    AUDIT = "audit"
    """Read every receipt."""
    ADMIN = "admin"
    """Manage applications."""


_Handler = TypeVar("_Handler", bound="Callable[..., Any]")
_ATTRIBUTE: Final = "needed_scope"


def needs(scope: Scope) -> Callable[[_Handler], _Handler]:
    """Declare what a handler's caller must be allowed to do."""

    def declare(handler: _Handler) -> _Handler:
        setattr(handler, _ATTRIBUTE, scope)
        return handler

    return declare


def scope_of(handler: Callable[..., Any]) -> Scope:
    """The scope that a handler declares.

    Raises:
        TypeError: it declares none; access is denied unless granted.
    """
    found = getattr(handler, _ATTRIBUTE, None)
    if not isinstance(found, Scope):
        message = f"{handler.__qualname__} declares no scope"
        raise TypeError(message)
    return found


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: an application, and what it may do."""

    id: str
    scopes: frozenset[Scope]


#: Whoever calls a service that is open to this machine.
ANYONE: Final = Caller("open", frozenset(Scope))


def authorize(call: Call, scope: Scope) -> Caller:
    """The caller, where it may do this.

    Raises:
        ProblemError: missing_credentials.
    """
    if scope is not Scope.PUBLIC and call.services.settings.auth is not Auth.OPEN:
        raise ProblemError("missing_credentials", headers=[(b"www-authenticate", b'Beizeng realm="beizeng"')])
    return ANYONE
