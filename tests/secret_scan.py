"""Is there a secret in the repository? Part of ``make check``; needs no network and prints no secret.

What is looked for: private keys, access keys of known providers, addresses with a password, literals that are assigned
to a name like ``password`` and look made by chance, and files that hold keys, settings or data of an installation.
"""

from __future__ import annotations

import math
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT: Final = Path(__file__).parents[1]
PATTERNS: Final = {
    name: re.compile(pattern)
    for name, pattern in {
        "private key": r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----",
        "access key": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bLTAI[0-9A-Za-z]{12,24}\b|\bAKID[0-9A-Za-z]{32}\b"
        r"|\bgh[pousr]_[0-9A-Za-z]{36,}|\bgithub_pat_[0-9A-Za-z_]{40,}|\bglpat-[\w-]{20,}|\bxox[abprs]-[\w-]{20,}"
        r"|\bAIza[\w-]{35}\b|\bnpm_[0-9A-Za-z]{36}\b|\bpypi-AgE[\w-]{40,}|\bsk-[0-9A-Za-z_-]{32,}\b",
        "token": r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}",
        "address with a password": r"\b[a-z][a-z0-9+.-]+://[^/\s:@'\"<>{}]+:(?!password@)[^/\s:@'\"<>{}]{3,}@",
        "assigned secret": r"(?i)(?:password|passwd|secret|api_?key|access_?key|token|private_?key)[\"']?\s*[:=]\s*"
        r"[\"'](?P<secret>[^\"'\s{}<>$]{16,})[\"']",
    }.items()
}
#: Files of an installation, never of the product.
FILES: Final = re.compile(r"(?:^|/)\.env$|\.(?:key|anchors|pem|p12|pfx|jks|db|sqlite3?)$")
#: A literal by chance has about this many bits a character; words and repetitions have less.
BITS: Final = 3.2
#: What is published on purpose, with the reason.
ALLOWED: Final = {
    ("tests/test_settings.py", "address with a password"): "made up, to show that it is not repeated",
    ("tests/test_cli.py", "address with a password"): "made up, to show that it is not repeated",
    ("tests/api/test_sources.py", "address with a password"): "made up, to show that it is refused",
    ("tests/vectors/signatures.json", "assigned secret"): "published, so that others can test their signatures",
    ("tests/test_logging.py", "address with a password"): "made up, to show that it is withheld",
    ("tests/test_secret_scan.py", "private key"): "made up, to be found",
}


class Finding(NamedTuple):
    """Where something looks like a secret."""

    path: str
    line: int
    kind: str


def scan(name: str, text: str) -> Iterator[Finding]:
    """Everything in one file that looks like a secret and is not published on purpose."""
    if FILES.search(name):
        yield Finding(name, 0, "file of an installation")
    for kind, pattern in PATTERNS.items():
        if (name, kind) in ALLOWED:
            continue
        for found in pattern.finditer(text):
            if kind != "assigned secret" or _by_chance(found["secret"]):
                yield Finding(name, text.count("\n", 0, found.start()) + 1, kind)


def _by_chance(literal: str) -> bool:
    counts = Counter(literal).values()
    bits = -sum(count / len(literal) * math.log2(count / len(literal)) for count in counts)
    return bits >= BITS and any(map(str.isdigit, literal)) and any(map(str.isalpha, literal))


def tracked() -> list[str]:
    """The repository's files; outside of a repository every file that is not made or installed."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)  # noqa: S607
    if listed.returncode == 0:
        return [name for name in listed.stdout.decode().split("\0") if name]
    made = re.compile(r"(?:^|/)(?:\.venv[^/]*|\.[a-z_]+_cache|__pycache__|node_modules|var|build|dist)/")
    names = (path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*") if path.is_file())
    return [name for name in names if not made.search(name)]


def scan_files(names: Iterable[str]) -> list[Finding]:
    """The findings in files that hold text; packed files hold what others have published."""
    findings = []
    for name in names:
        path = ROOT / name
        if path.is_file():
            content = path.read_bytes()
            findings += scan(name, "" if b"\0" in content[:8192] else content.decode("utf-8", "replace"))
    return findings


def main() -> int:
    """Name every place; 1 when there is one."""
    names = tracked()
    findings = scan_files(names)
    for path, line, kind in findings:
        print(f"{path}:{line}: {kind}")
    print(f"secret scan: {len(names)} files, {len(findings)} findings")
    return int(bool(findings))


if __name__ == "__main__":
    sys.exit(main())
