"""Whose address counts: what a proxy says is believed only of our own proxies."""

from __future__ import annotations

import pytest

from app.api.call import HEADER_MAP
from app.api.peers import peer_of
from app.settings import Settings, SettingsError, load_settings

OURS = "10.0.0.0/8, 2001:db8::1"


def peer(client, forwarded=None, proxies=OURS):
    headers = {} if forwarded is None else {b"x-forwarded-for": forwarded}
    scope = {"client": client and (client, 1), HEADER_MAP: headers}
    return peer_of(scope, Settings(_env_file=None, trusted_proxies=proxies).proxies)


@pytest.mark.parametrize(
    ("client", "forwarded", "proxies", "expected"),
    [
        ("192.0.2.7", b"198.51.100.1", None, "192.0.2.7"),
        ("192.0.2.7", b"198.51.100.1", OURS, "192.0.2.7"),
        ("10.1.1.1", b"198.51.100.1", OURS, "198.51.100.1"),
        ("2001:db8::1", b"198.51.100.1", OURS, "198.51.100.1"),
        ("10.1.1.1", b"203.0.113.9, 198.51.100.1, 10.2.2.2", OURS, "198.51.100.1"),
        ("10.1.1.1", b"198.51.100.1, unknown", OURS, "10.1.1.1"),
        ("10.1.1.1", b"10.9.9.9", OURS, "10.9.9.9"),
        ("10.1.1.1", None, OURS, "10.1.1.1"),
        ("", b"198.51.100.1", OURS, ""),
        (None, b"198.51.100.1", OURS, ""),
    ],
)
def test_the_last_address_that_is_not_ours(client, forwarded, proxies, expected):
    assert peer(client, forwarded, proxies) == expected


def test_proxies_are_addresses_or_networks(monkeypatch):
    monkeypatch.setenv("BEIZENG_TRUSTED_PROXIES", "the proxy")
    with pytest.raises(SettingsError) as caught:
        load_settings(None)
    assert "BEIZENG_TRUSTED_PROXIES" in str(caught.value)
