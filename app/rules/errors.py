"""The faults of the core, by stable code and named fields; no status codes and no wording here.

RulesError
├── InputError        the caller's facts or names (one :class:`Fault` for each bad value)
└── PackError         a policy pack that may not be published (one :class:`Fault` for each diagnostic)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Fault", "InputError", "PackError", "Path", "RulesError", "excerpt"]

Path = tuple[str | int, ...]
_EXCERPT = 60


@dataclass(frozen=True, slots=True)
class Fault:
    """One bad value: what is wrong (``code``), where (``path`` from the root of the input), and the words to say it."""

    code: str
    path: Path = ()
    params: dict[str, Any] = field(default_factory=dict)
    suggestions: tuple[str, ...] = ()
    source: str | None = None

    def below(self, *prefix: str | int) -> Fault:
        """The same fault seen from further out."""
        return Fault(self.code, (*prefix, *self.path), self.params, self.suggestions, self.source)


class RulesError(Exception):
    """Base of every fault that the core reports."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"{f.code} at {'/'.join(map(str, f.path))} {f.params}" for f in faults[:5]))
        self.faults = tuple(faults)


class InputError(RulesError):
    """The caller's input names or holds something that cannot be."""


class PackError(RulesError):
    """A policy pack breaks the rules of packs."""


def excerpt(value: object) -> str:
    """At most 60 characters of an input, safe to repeat: no control characters, no unpaired surrogates."""
    text = str(value)[:_EXCERPT]
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
