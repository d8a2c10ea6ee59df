"""Who calls, and what they may. Every route declares the scope it needs; a route without one cannot be made."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["ANYONE", "Caller", "Scope", "needs", "scope_of", "scopes_of"]


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


def needs(scope: Scope, *others: Scope) -> Callable[[_Handler], _Handler]:
    """Declare what a handler's caller must be allowed to do; one of several is enough."""

    def declare(handler: _Handler) -> _Handler:
        setattr(handler, _ATTRIBUTE, (scope, *others))
        return handler

    return declare


def scope_of(handler: Callable[..., Any]) -> Scope:
    """The first scope that a handler declares.

    Raises:
        TypeError: it declares none.
    """
    return scopes_of(handler)[0]


def scopes_of(handler: Callable[..., Any]) -> tuple[Scope, ...]:
    """The scopes that a handler declares, one of which its caller needs.

    Raises:
        TypeError: it declares none; access is denied unless granted.
    """
    found = getattr(handler, _ATTRIBUTE, None)
    if not isinstance(found, tuple):
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
