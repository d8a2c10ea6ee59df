"""``beizeng apps``: what is shown once, what is listed, what is refused."""

from __future__ import annotations

import json
from functools import partial

import pytest


@pytest.fixture
def apps(command):
    """The command ``beizeng apps``."""
    return partial(command, "apps")


class TestApps:
    def test_from_entering_to_disabling(self, apps, tmp_path):
        assert json.loads(apps("list", "--json").out) == []
        shown = json.loads(apps("add", "Portal", "--role", "decide", "--role", "screen", "--api-key", "--json").out)
        assert set(shown) == {"app_id", "secret", "api_key"}
        assert (tmp_path / "var" / "beizeng.key").stat().st_mode & 0o777 == 0o600
        renewed = json.loads(apps("rotate", shown["app_id"], "--json").out)
        assert renewed["app_id"] == shown["app_id"]
        assert renewed["secret"] != shown["secret"]
        assert renewed["api_key"] != shown["api_key"]

        listed = apps("list", "--json").out
        for secret in (shown["secret"], shown["api_key"], renewed["secret"], renewed["api_key"]):
            assert secret not in listed
        (entry,) = json.loads(listed)
        assert (entry["name"], entry["roles"], entry["disabled"], len(entry["secrets"])) == (
            "Portal",
            ["decide", "screen"],
            False,
            2,
        )
        assert apps("disable", shown["app_id"]).code == 0
        assert json.loads(apps("list", "--json").out)[0]["disabled"] is True
        assert "disabled" in apps("list").out

    def test_an_application_that_signs_has_no_key(self, apps):
        told = apps("add", "Portal", "--role", "decide")
        assert "secret: " in told.out
        assert "api_key" not in told.out
        assert json.loads(apps("list", "--json").out)[0]["api_key"] is False

    def test_what_is_refused(self, apps):
        assert apps("add", "Portal").code == 2
        assert apps("add", "Portal", "--role", "king").code == 2
        assert apps("add", " ", "--role", "decide").code == 1
        assert apps("add", "Portal", "--role", "decide").code == 0
        again = apps("add", "Portal", "--role", "decide")
        assert (again.code, again.out) == (1, "")
        assert "already" in again.err
        for command in ("rotate", "disable"):
            gone = apps(command, "app-0000000000000000")
            assert gone.code == 1
            assert "There is no application" in gone.err
