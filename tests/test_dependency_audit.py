"""The audit of ``make check`` finds what it is for."""

from __future__ import annotations

import sys

import pytest

from tests.dependency_audit import LICENCES, LOCKS, ROOT, installed_faults, licence_of, lock_faults, read_lock

DIGEST = "--hash=sha256:" + "a" * 64
HERE = f"Second_Part==3.0rc1 ; sys_platform == '{sys.platform}' \\"
GOOD = f"# note\nfirst==1.2 \\\n    {DIGEST}\n{HERE}\n    {DIGEST} \\\n    {DIGEST}\n"


def faults_of(text, *wanted):
    return list(lock_faults("x.lock", *read_lock(text), wanted))


def test_a_good_lock_has_no_faults():
    pins, others = read_lock(GOOD)
    assert [(pin.name, pin.version, pin.hashes, pin.is_for_here) for pin in pins] == [
        ("first", "1.2", 1, True),
        ("second-part", "3.0rc1", 2, True),
    ]
    assert others == []
    assert faults_of(GOOD, "first>=1", "second.part[extra]>=2; python_version > '3'") == []


@pytest.mark.parametrize(
    ("text", "wanted", "fault"),
    [
        ("first==1.2\n", [], "first has no hash"),
        ("first>=1.2\n", [], "neither a pin nor a hash: first>=1.2"),
        ("git+https://example.invalid/x\n", [], "neither a pin nor a hash"),
        (GOOD, ["third"], "third is asked for and not pinned"),
        (GOOD, ["first>=2"], "first>=2 is asked for and not pinned"),
    ],
)
def test_what_is_not_pinned_is_named(text, wanted, fault):
    assert fault in "\n".join(faults_of(text, *wanted))


def test_what_is_installed_is_what_is_pinned():
    pins, _ = read_lock(GOOD + f"other==1 ; sys_platform == 'nowhere' \\\n    {DIGEST}\n")
    assert list(installed_faults(pins, {"first": "1.2", "second-part": "3.0rc1"})) == []
    assert list(installed_faults(pins, {"first": "1.3"})) == [
        "first: 1.3 is installed, 1.2 is pinned",
        "second-part: nothing is installed, 3.0rc1 is pinned",
    ]


def test_licences():
    assert LICENCES.search(licence_of("fastapi"))
    assert LICENCES.search(licence_of("psycopg"))
    assert not LICENCES.search("AGPL-3.0-only")
    assert not LICENCES.search("")


def test_every_lock_is_looked_at():
    assert {path.name for path in ROOT.glob("*.lock")} == LOCKS.keys()
