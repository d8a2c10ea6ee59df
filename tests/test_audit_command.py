"""``beizeng audit`` as an auditor runs it."""

from __future__ import annotations

import json
import shutil
import sqlite3

import pytest

from app.main import create_app
from app.settings import Settings
from tests.api.conftest import serving
from tests.api.wire import post


@pytest.fixture
def decisions(sqlite_url, monkeypatch):
    """The ids of three decisions, and the settings for the commands."""
    monkeypatch.setenv("BEIZENG_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("BEIZENG_AUTH", "open")
    settings = Settings()
    asked = {"facts": {"name": "王小二"}, "measures": [38]}
    with serving(create_app(settings), settings) as port:
        return [post(port, "/v1/eligibility", asked).headers["x-decision-id"] for _ in range(3)]


@pytest.fixture
def run(command):
    """Its exit code and all that it said."""

    def said(*args):
        done = command("audit", *args)
        return done.code or 0, done.out + done.err

    return said


def test_verify_replay_export_prune(decisions, run, tmp_path):
    code, said = run("verify")
    assert (code, "3 receipts, 1 anchors" in said) == (0, True)
    assert run("replay", decisions[1])[0] == 0
    assert run("replay", "d-none")[0] == 1
    assert run("prune", "--before", "2099-01-01")[0] == 1
    target = tmp_path / "old.jsonl"
    assert run("export", str(target), "--before", "2099-01-01")[0] == 0
    lines = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert [line["id"] for line in lines] == decisions
    assert run("export", str(target), "--before", "2020-02-30")[0] == 1
    assert run("prune", "--before", "2020-01-01")[0] == 0
    assert run("verify")[0] == 0


def test_what_was_changed_is_named(decisions, run):
    file = Settings().sqlite_path
    with sqlite3.connect(file) as connection:
        connection.execute("DROP TRIGGER receipts_no_update")
        connection.execute("UPDATE receipts SET answer = 'x' WHERE number = 2")
    connection.close()
    code, said = run("verify")
    assert (code, f"Receipt 2 ({decisions[1]}) was changed" in said) == (1, True)


def test_a_backup_restored_elsewhere_is_whole_and_goes_on(decisions, run, command, tmp_path, monkeypatch):
    settings, there = Settings(), tmp_path / "elsewhere"
    there.mkdir()
    shutil.copy(settings.anchor_path, there / "beizeng.anchors")  # first: a copy made later has what they name
    assert command("db", "backup", there / "beizeng.db").code in (0, None)
    shutil.copy(settings.key_path, there / "beizeng.key")
    with serving(create_app(settings), settings) as port:
        post(port, "/v1/eligibility", {"facts": {}, "measures": [38]})  # is not in the copy
    monkeypatch.setenv("BEIZENG_DATABASE_URL", f"sqlite:///{there / 'beizeng.db'}")
    restored = Settings()
    code, said = run("verify")
    assert (code, "3 receipts, 1 anchors" in said) == (0, True)
    assert run("replay", decisions[2])[0] == 0
    code, said = run("verify", "--anchors", str(settings.anchor_path))
    assert (code, "the tail was cut" in said) == (1, True)  # what the copy lacks is told by newer anchors
    with serving(create_app(restored), restored) as port:
        more = post(port, "/v1/eligibility", {"facts": {}, "measures": [38]}).headers["x-decision-id"]
    assert run("replay", more)[0] == 0
    assert "4 receipts" in run("verify")[1]
