"""What every check is given: a pack that can be read, as written and as understood, with what proves it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from app.rules.errors import Fault, excerpt
from app.rules.packs.parse import kept_versions
from app.rules.vocabulary import nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from app.rules.conditions import Condition
    from app.rules.errors import Path
    from app.rules.packs.cases import Case
    from app.rules.packs.raw import RawDocument, RawRule, RawScheme, RawVersion
    from app.rules.policy import Policy, Rule, Version

__all__ = ["Pack", "PlacedVersion", "one_of"]


@dataclass(frozen=True, slots=True)
class PlacedVersion:
    """A version of a rule, and where it was written."""

    rule: Rule
    version: Version
    raw: RawVersion
    path: Path


@dataclass(frozen=True)
class Pack:
    """One pack under check.

    ``cases`` is None when none were handed in (a draft), ``texts`` holds the official text of a document by its id.
    """

    policy: Policy
    raw: RawDocument
    cases: tuple[Case, ...] | None = None
    texts: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def raw_rules(self) -> Mapping[str, tuple[RawRule, Path]]:
        """Rule → as written, and where."""
        return {
            rule.id: (rule, ("clauses", clause.clause, rule.id)) for clause in self.raw.clauses for rule in clause.rules
        }

    @cached_property
    def schemes(self) -> Mapping[str, RawScheme]:
        """National scheme → as written."""
        return {scheme.id: scheme for scheme in self.raw.national}

    @cached_property
    def versions(self) -> tuple[PlacedVersion, ...]:
        """Every version that the policy knows, with its place."""
        return tuple(placed for rule in self.policy.rules for placed in self._placed(rule))

    def _placed(self, rule: Rule) -> Iterator[PlacedVersion]:
        raw, path = self.raw_rules[rule.id]
        scheme = self.schemes.get(raw.national or "")
        if scheme is not None:
            path = ("national", scheme.id)
        written = raw.versions if scheme is None else scheme.versions
        kept = kept_versions(written, self.policy.issued_on)
        for version, (place, raw_version) in zip(rule.versions, kept, strict=True):
            yield PlacedVersion(rule, version, raw_version, (*path, "versions", place))

    @cached_property
    def histories(self) -> tuple[tuple[RawRule | RawScheme, Path], ...]:
        """Everything that is written in dated versions: the rules that have their own, and the national schemes."""
        own = [(raw, path) for raw, path in self.raw_rules.values() if not raw.national]
        return (*own, *((scheme, ("national", scheme.id)) for scheme in self.raw.national))

    @cached_property
    def conditions(self) -> tuple[tuple[Condition, Path], ...]:
        """The condition of every version and time limit, with its place."""
        found = {
            (*placed.path, "conditions"): placed.version.condition
            for placed in self.versions
            if placed.version.condition is not None
        }
        found |= {("targets", target.id, "when"): target.condition for target in self.policy.targets}
        return tuple((condition, path) for path, condition in found.items())


def one_of(value: str, allowed: Collection[str], path: Path, code: str = "not_in_enum") -> Iterator[Fault]:
    """A fault when ``value`` is not on the list, with the nearest that are."""
    if value not in allowed:
        yield Fault(code, path, {"value": excerpt(value), "allowed": list(allowed)}, nearest(value, allowed))
