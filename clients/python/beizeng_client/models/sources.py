"""What other offices gave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from beizeng_client.models.words import SourceState, SourceTrouble

__all__ = ["Source", "SourceError", "SourceList", "SourceReport", "SourcedFact", "TellsSources"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Another office that may be asked for facts by company code."""

    id: str
    name: str
    facts: tuple[str, ...]
    """Facts that it may know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceList:
    """Sources, in the order in which they are trusted."""

    items: tuple[Source, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcedFact:
    """A fact that another office gave."""

    fact: str
    value: Any
    source: str
    as_of: date | None
    """Its date, `None` where none is given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceError:
    """A value that could not be used."""

    fact: str | None
    """`None`: the date of the data."""
    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReport:
    """How one office answered."""

    id: str
    name: str
    state: SourceState
    reason: SourceTrouble | None
    message: str
    unknown_facts: tuple[str, ...]
    """Facts that stay unknown."""
    errors: tuple[SourceError, ...]


@dataclass(frozen=True, kw_only=True)
class TellsSources:
    """An answer for which other offices may have been asked; empty where the request named none."""

    sourced: tuple[SourcedFact, ...] = ()
    sources: tuple[SourceReport, ...] = ()
