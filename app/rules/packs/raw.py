"""The document of a pack as written: every key known, every scalar text, all faults at once.

A document is one JSON object ``{manifest, vocabulary, clauses, national, parameters, targets, cadences}``; its canonical
bytes are what is published, stored and hashed.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["RawDocument", "canonical_bytes", "digest"]


class _Raw(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class RawText(_Raw):
    """Two languages, both said."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class RawMember(_Raw):
    """One member of an enum or set."""

    value: str
    label: RawText


class RawFact(_Raw):
    """One fact of the vocabulary."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    section: str
    type: str
    label: RawText
    question: RawText
    owner: RawText
    members: tuple[RawMember, ...] = ()
    unit: str | None = None
    minimum: str | None = None
    maximum: str | None = None
    code: str | None = None
    actionable: bool = False
    personal: str = "never"
    derived: bool = False
    note: RawText | None = None


class RawSizeIndicator(_Raw):
    """Lower bounds of one indicator."""

    fact: str
    large_min: str
    medium_min: str
    small_min: str


class RawSizeRow(_Raw):
    """One industry of the size table."""

    industry: str
    label: RawText
    prefixes: tuple[str, ...]
    indicators: tuple[RawSizeIndicator, ...]
    source: str
    mark: str


class RawSection(_Raw):
    """One section of GB/T 4754-2017."""

    code: str
    label: RawText


class RawVocabulary(_Raw):
    """Facts and the tables they are derived from."""

    facts: tuple[RawFact, ...]
    size_classes: tuple[RawSizeRow, ...]
    industry_sections: tuple[RawSection, ...]


class RawSource(_Raw):
    """A citation."""

    document: str
    clause: str | None = None
    article: str | None = None
    quote: str | None = Field(default=None, max_length=60)
    mark: str | None = None
    note: RawText | None = None


class RawCaveat(_Raw):
    """A caveat of a rule or version."""

    code: str
    text: RawText
    from_: date | None = Field(default=None, alias="from")
    when: Any = None
    unless: Any = None
    except_clauses: tuple[str, ...] = ()


class RawTerms(_Raw):
    """Nature and certainty of an amount."""

    nature: str
    certainty: str


class RawVersion(_Raw):
    """One dated version."""

    valid_from: date
    valid_to: date | None = None
    basis: str
    sources: tuple[RawSource, ...] = Field(min_length=1)
    outcome: RawText | None = None
    conditions: Any = None
    amount: dict[str, Any] | None = None
    caveats: tuple[RawCaveat, ...] = ()
    note: RawText | None = None


class RawIndicator(_Raw):
    """A figure to reach."""

    value: str
    comparison: str
    unit: str
    by: date | None = None


class RawRule(_Raw):
    """One rule of a clause file."""

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    kinds: tuple[str, ...] = Field(min_length=1)
    subjects: tuple[str, ...] = Field(min_length=1)
    title: RawText
    outcome: RawText
    interpretations: tuple[RawText, ...] = ()
    caveats: tuple[RawCaveat, ...] = ()
    amount: RawTerms | None = None
    national: str | None = None
    versions: tuple[RawVersion, ...] = ()
    sources: tuple[RawSource, ...] = ()
    cadence: RawText | None = None
    deliverable: RawText | None = None
    indicator: RawIndicator | tuple[RawIndicator, ...] | None = None


class RawClause(_Raw):
    """One clause file."""

    clause: str
    group: RawText
    title: RawText
    summary: RawText
    units: tuple[str, ...]
    kinds: tuple[str, ...]
    statements: int
    rules: tuple[RawRule, ...]


class RawScheme(_Raw):
    """One national scheme with all its dated versions."""

    id: str
    title: RawText
    checked_on: date
    versions: tuple[RawVersion, ...]
    note: RawText | None = None
    interpretations: tuple[RawText, ...] = ()


class RawParameterValue(_Raw):
    """A published figure."""

    valid_from: date
    valid_to: date | None = None
    value: str
    source: str


class RawParameter(_Raw):
    """A figure left to the county."""

    id: str
    type: str
    label: RawText
    unit_to_ask: tuple[str, ...]
    clause: str
    values: tuple[RawParameterValue, ...] = ()
    note: RawText | None = None


class RawTarget(_Raw):
    """A promised time limit."""

    id: str
    clause: str
    what: RawText
    limit: str
    unit: str
    runs_from: RawText
    ends_with: RawText
    when: Any
    source: RawSource | None = None
    interpretations: tuple[RawText, ...] = ()


class RawCadence(_Raw):
    """A recurring or fixed date."""

    rule: str | None = None
    clause: str | None = None
    what: RawText
    cadence: RawText


class RawLabelled(_Raw):
    """An id with words."""

    id: str
    label: RawText


class RawNamedDocument(_Raw):
    """A document that sources cite."""

    id: str
    title: RawText
    number: str | None = None
    issuer: RawText | None = None
    issued_on: date | None = None
    note: RawText | None = None


class RawManifest(_Raw):
    """Who issued the plan, for where, until when, and in which order its rules stand."""

    id: str
    version: str
    title: RawText
    issuer: RawText
    number: str | None = None
    issued_on: date
    horizon: date
    division: str
    region: RawText
    office_hours: tuple[tuple[str, str], ...]
    subjects: tuple[RawLabelled, ...]
    kinds: tuple[RawLabelled, ...]
    documents: tuple[RawNamedDocument, ...]
    rule_order: tuple[str, ...]
    caveats: tuple[RawCaveat, ...]
    checked_on: date | None = None


class RawDocument(_Raw):
    """A whole pack."""

    manifest: RawManifest
    vocabulary: RawVocabulary
    clauses: tuple[RawClause, ...]
    national: tuple[RawScheme, ...]
    parameters: tuple[RawParameter, ...]
    targets: tuple[RawTarget, ...]
    cadences: tuple[RawCadence, ...]


def canonical_bytes(document: dict[str, Any]) -> bytes:
    """The one spelling of a document: UTF-8 JSON, sorted keys, no spaces."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(canonical: bytes) -> str:
    """The SHA-256 that names a published version, 64 hex digits."""
    return hashlib.sha256(canonical).hexdigest()
