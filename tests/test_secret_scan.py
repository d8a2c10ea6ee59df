"""The scan of ``make check`` finds what it is for, and nothing in the repository."""

from __future__ import annotations

import pytest

from tests.secret_scan import ALLOWED, ROOT, main, scan

CHANCE = "q7Zr2" + "Lw9xKd4" + "Tm8Vb1"


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("a.pem", "", "file of an installation"),
        ("deploy/.env", "", "file of an installation"),
        ("var/beizeng.key", "", "file of an installation"),
        ("a.py", "x = 1\n-----BEGIN EC PRIVATE KEY-----", "private key"),
        ("a.py", "AKIA" + "ABCDEFGHIJKLMNOP", "access key"),
        ("a.md", "LTAI" + "5tAbCdEfGhIjKlMn", "access key"),
        ("a.md", "ghp_" + "a1" * 18, "access key"),
        ("a.json", "eyJ" + "hbGciOiJIUzI1NiJ9.eyJ" + "zdWIiOiIxMjM0NTY.c2lnbmF0dXJl", "token"),
        ("a.yaml", "url: postgresql://app:" + "hunter2@db/x", "address with a password"),
        ("a.py", f'PASSWORD = "{CHANCE}"', "assigned secret"),
        ("a.json", f'{{"api_key": "{CHANCE}"}}', "assigned secret"),
    ],
)
def test_is_found_by_its_place(name, text, kind):
    assert [(found.path, found.kind) for found in scan(name, text)] == [(name, kind)]


@pytest.mark.parametrize(
    "text",
    [
        'secret = "the-secret-of-the-application"',
        'token = "aaaaaaaaaaaaaaaaaaaaaaaa"',
        "BEIZENG_DATABASE_URL=postgresql://<user>:<password>@host/name",
        "postgresql://{user}:{password}@{host}/x",
        "password: str",
        "postgresql://user:password@host/name",
    ],
)
def test_words_and_places_for_values_are_none(text):
    assert list(scan("a.py", text)) == []


def test_the_line_is_told():
    assert [found.line for found in scan("a.py", f'\n\nsecret = "{CHANCE}"\n')] == [3]


def test_the_repository_has_none(capsys):
    assert main() == 0
    assert capsys.readouterr().out.endswith(" 0 findings\n")


def test_what_is_allowed_is_there():
    assert [name for name, _ in ALLOWED if not (ROOT / name).exists()] == []
