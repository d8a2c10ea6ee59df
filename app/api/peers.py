"""Where a call comes from; what a proxy says counts only where the proxy is ours."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any

from app.api.call import header_map

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    Network = ipaddress.IPv4Network | ipaddress.IPv6Network

__all__ = ["peer_of"]


def peer_of(scope: Mapping[str, Any], proxies: Collection[Network]) -> str:
    """The caller's address: behind trusted proxies, the last one they name that is not theirs."""
    client = scope.get("client")
    peer = client[0] if client else ""
    if not proxies or not _is_one(peer, proxies):
        return peer
    named = header_map(scope).get(b"x-forwarded-for", b"").decode("latin-1").split(",")
    for address in map(str.strip, reversed(named)):
        if not _is_address(address):
            return peer
        if not _is_one(address, proxies):
            return address
        peer = address
    return peer


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_one(address: str, networks: Collection[Network]) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in networks)
