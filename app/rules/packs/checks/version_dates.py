"""``version_order``, ``no_version``, ``versions_twice``: dates in the wrong order, no version of a rule or two sets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.rules.packs.checks.pack import Pack

__all__ = ["check"]


def check(pack: Pack) -> Iterator[Fault]:
    """Each version ends on or after the day it starts; each rule has one that is in force under the plan."""
    for history, path in pack.histories:
        for place, version in enumerate(history.versions):
            if version.valid_to is not None and version.valid_to < version.valid_from:
                dates = {"value": version.valid_to, "not_before": version.valid_from}
                yield Fault("version_order", (*path, "versions", place, "valid_to"), dates)
    for rule in pack.policy.rules:
        raw, path = pack.raw_rules[rule.id]
        if not rule.versions:
            yield Fault("no_version", (*path, "versions"), {"value": rule.id})
        if raw.national and raw.versions:
            yield Fault("versions_twice", (*path, "versions"), {"value": raw.national})
