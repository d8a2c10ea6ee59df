"""Are the pinned packages what they should be? Part of ``make check``; needs no network.

Every lock pins by version and hash; what ``pyproject.toml`` asks for is in them; what is installed is what is pinned
and fits together; and every package that the service runs on has a licence that has been looked at. Whether weaknesses
of a version have been published only a source of advisories can tell: docs/security.md says how to ask one.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

ROOT: Final = Path(__file__).parents[1]
#: Each lock, and the extras that it pins beside what the service itself needs; None: not even that.
LOCKS: Final[Mapping[str, tuple[str, ...] | None]] = {
    "requirements.lock": (),
    "requirements-dev.lock": ("test", "dev"),
    "requirements-bench.lock": ("bench",),
    "requirements-spark.lock": ("spark",),
    "requirements-build.lock": None,
}
RUNTIME, INSTALLED = "requirements.lock", "requirements-dev.lock"
#: Licences under which the service may be run, changed and handed on, the weak copyleft of single files or libraries
#: included: none is changed here.
LICENCES: Final = re.compile(
    r"\b(?:MIT|MIT-0|BSD|Apache|ISC|ISCL|PSF|PSFL|MPL|LGPL|Python Software Foundation|Mozilla Public License)\b"
)
_PIN: Final = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;]+)(?: ; (?P<marker>[^\\]+?))?\s*\\?")
_HASH: Final = re.compile(r"--hash=sha256:[0-9a-f]{64}")


class Pin(NamedTuple):
    """One version of one package, on the machines that the marker names."""

    name: str
    version: str
    marker: str | None
    hashes: int

    @property
    def is_for_here(self) -> bool:
        """Whether it is installed on a machine like this one."""
        return self.marker is None or Marker(self.marker).evaluate()


def read_lock(text: str) -> tuple[list[Pin], list[str]]:
    """The pins of a lock, and every line that is neither a pin nor a hash."""
    pins: list[Pin] = []
    others: list[str] = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        if pins and _HASH.match(line):
            pins[-1] = pins[-1]._replace(hashes=pins[-1].hashes + 1)
        elif found := _PIN.fullmatch(line):
            pins.append(Pin(canonicalize_name(found["name"]), found["version"], found["marker"], 0))
        elif not line.startswith("#"):
            others.append(line)
    return pins, others


def lock_faults(lock: str, pins: Iterable[Pin], others: Iterable[str], wanted: Iterable[str]) -> Iterator[str]:
    """What is not pinned by version and hash, and what is asked for and not pinned so."""
    pinned: dict[str, list[Pin]] = {}
    for pin in pins:
        pinned.setdefault(pin.name, []).append(pin)
        if not pin.hashes:
            yield f"{lock}: {pin.name} has no hash"
    for line in others:
        yield f"{lock}: neither a pin nor a hash: {line[:60]}"
    for asked in map(Requirement, wanted):
        name = canonicalize_name(asked.name)
        fitting = [pin for pin in pinned.get(name, ()) if asked.specifier.contains(pin.version, prereleases=True)]
        if not fitting:
            yield f"{lock}: {asked} is asked for and not pinned"


def installed_faults(pins: Iterable[Pin], installed: Mapping[str, str]) -> Iterator[str]:
    """Pinned packages that are missing or of another version."""
    for pin in pins:
        if pin.is_for_here and installed.get(pin.name) != pin.version:
            yield f"{pin.name}: {installed.get(pin.name, 'nothing')} is installed, {pin.version} is pinned"


def licence_of(name: str) -> str:
    """What a package says of its licence."""
    told = metadata.metadata(name)
    classified = [line.rpartition("::")[2].strip() for line in told.get_all("Classifier") or () if "License ::" in line]
    return told.get("License-Expression") or " ".join(classified) or (told.get("License") or "")[:80]


def _wanted(project: Mapping[str, object], extras: tuple[str, ...] | None) -> list[str]:
    if extras is None:
        return []
    optional = project["optional-dependencies"]
    return [*project["dependencies"], *(line for extra in extras for line in optional[extra])]


def main() -> int:
    """Name every fault; 1 when there is one."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    locks = {lock: read_lock((ROOT / lock).read_text(encoding="utf-8")) for lock in LOCKS}
    faults = [
        fault
        for lock, (pins, others) in locks.items()
        for fault in lock_faults(lock, pins, others, _wanted(project, LOCKS[lock]))
    ]
    installed = {canonicalize_name(one.metadata["Name"]): one.version for one in metadata.distributions()}
    faults += installed_faults(locks[INSTALLED][0], installed)
    runtime = [pin.name for pin in locks[RUNTIME][0] if pin.is_for_here and pin.name in installed]
    faults += [
        f"{name}: licence not looked at: {licence_of(name)!r}"
        for name in runtime
        if not LICENCES.search(licence_of(name))
    ]
    fits = subprocess.run([sys.executable, "-m", "pip", "check"], capture_output=True, text=True, check=False)
    faults += fits.stdout.splitlines() if fits.returncode else []
    for fault in faults:
        print(fault)
    count = sum(len(pins) for pins, _ in locks.values())
    print(
        f"dependency audit: {count} pins, {len(runtime)} licences, {len(faults)} faults; advisories: docs/security.md"
    )
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
