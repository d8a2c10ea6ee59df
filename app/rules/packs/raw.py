"""The document of a pack as written: every key known, every scalar text, all faults at once.

A document is one JSON object ``{manifest, vocabulary, clauses, national, parameters, targets, cadences}``; its
canonical bytes are what is published, stored and hashed.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from app.rules.errors import Fault, excerpt
from app.rules.reading import is_clean_text, read_date

__all__ = [
    "Clause",
    "Day",
    "Figure",
    "Flag",
    "Hour",
    "Name",
    "RawCadence",
    "RawCaveat",
    "RawChannel",
    "RawClause",
    "RawDocument",
    "RawFact",
    "RawGap",
    "RawIndicator",
    "RawLabelled",
    "RawManifest",
    "RawMember",
    "RawNamedDocument",
    "RawParameter",
    "RawParameterValue",
    "RawRule",
    "RawScheme",
    "RawSection",
    "RawSizeIndicator",
    "RawSizeRow",
    "RawSource",
    "RawTarget",
    "RawTerms",
    "RawText",
    "RawUnitAlias",
    "RawVersion",
    "RawVocabulary",
    "Slug",
    "Words",
    "canonical_bytes",
    "digest",
]

_EARLIEST, _LATEST = date(1949, 10, 1), date(2100, 12, 31)


def _day(raw: object) -> date:
    """A date written exactly ``YYYY-MM-DD``; a moment or a count of seconds is none."""
    found = read_date(raw, _EARLIEST, _LATEST)
    if isinstance(found, Fault):
        raise PydanticCustomError(found.code, "not a day of this calendar", {**found.params})
    return found


def _flag(raw: object) -> object:
    """Only ``true`` and ``false``; yes, on and 1 are refused."""
    if raw in ("true", "false"):
        return raw == "true"
    if isinstance(raw, bool):
        return raw
    raise PydanticCustomError("not_in_enum", "true or false", {"value": excerpt(raw), "allowed": ["true", "false"]})


def _words(text: str) -> str:
    """Words that can be read: not blank, nothing invisible in them."""
    if not text.strip():
        raise PydanticCustomError("text_empty", "blank")
    hidden = next((char for char in text.strip() if not is_clean_text(char)), None)
    if hidden is not None:
        raise PydanticCustomError("text_invalid", "hidden character", {"character": f"U+{ord(hidden):04X}"})
    return text


def _several(raw: object) -> object:
    """One where several may stand counts as a list of one."""
    return [raw] if isinstance(raw, dict) else raw


def _some(items: tuple[Any, ...]) -> tuple[Any, ...]:
    """At least one; looked at only when each of them can be read."""
    if not items:
        raise PydanticCustomError("empty_list", "empty")
    return items


Day = Annotated[date, BeforeValidator(_day)]
Flag = Annotated[bool, BeforeValidator(_flag)]
Words = Annotated[str, AfterValidator(_words)]
Figure = Annotated[str, Field(pattern=r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?$", max_length=40)]
Clause = Annotated[str, Field(pattern=r"^[tw]?[1-9][0-9]{0,2}$")]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Hour = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=80)]


class _Raw(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class RawText(_Raw):
    """Two languages, both said."""

    zh: Words
    en: Words


class RawMember(_Raw):
    """One member of an enum or set."""

    value: str = Field(pattern=r"^[A-Za-z0-9_]+$", max_length=80)
    label: RawText


class RawFact(_Raw):
    """One fact of the vocabulary."""

    id: Name
    section: str
    type: str
    label: RawText
    question: RawText
    owner: RawText
    members: tuple[RawMember, ...] = ()
    unit: str | None = None
    minimum: Figure | None = None
    maximum: Figure | None = None
    code: str | None = None
    actionable: Flag = False
    personal: str = "never"
    derived: Flag = False
    note: RawText | None = None


class RawSizeIndicator(_Raw):
    """Lower bounds of one indicator."""

    fact: str
    large_min: Figure
    medium_min: Figure
    small_min: Figure


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
    from_: Day | None = Field(default=None, alias="from")
    when: Any = None
    unless: Any = None
    except_clauses: tuple[str, ...] = ()


class RawTerms(_Raw):
    """Nature and certainty of an amount."""

    nature: str
    certainty: str


class RawVersion(_Raw):
    """One dated version."""

    valid_from: Day
    valid_to: Day | None = None
    basis: str
    sources: Annotated[tuple[RawSource, ...], AfterValidator(_some)]
    outcome: RawText | None = None
    conditions: Any = None
    amount: dict[str, Any] | None = None
    caveats: tuple[RawCaveat, ...] = ()
    note: RawText | None = None


class RawIndicator(_Raw):
    """A figure to reach."""

    value: Figure
    comparison: str
    unit: str
    by: Day | None = None


class RawGap(_Raw):
    """Days between two versions on which a rule is known to be out of force, and why (``to``: the last of them)."""

    from_: Day = Field(alias="from")
    to: Day
    why: RawText


class RawRule(_Raw):
    """One rule of a clause file."""

    id: Slug
    kinds: Annotated[tuple[str, ...], AfterValidator(_some)]
    subjects: Annotated[tuple[str, ...], AfterValidator(_some)]
    title: RawText
    outcome: RawText
    interpretations: tuple[RawText, ...] = ()
    caveats: tuple[RawCaveat, ...] = ()
    amount: RawTerms | None = None
    national: Slug | None = None
    versions: tuple[RawVersion, ...] = ()
    gaps: tuple[RawGap, ...] = ()
    sources: tuple[RawSource, ...] = ()
    cadence: RawText | None = None
    deliverable: RawText | None = None
    indicator: Annotated[tuple[RawIndicator, ...], BeforeValidator(_several)] = ()


class RawChannel(_Raw):
    """How a measure is come by, where the plan says that it takes less than an application."""

    code: Literal["no_application", "fast_application"]
    quote: Annotated[Words, Field(max_length=60)]


class RawClause(_Raw):
    """One clause file."""

    clause: Clause
    group: RawText
    title: RawText
    summary: RawText
    units: tuple[str, ...]
    kinds: tuple[str, ...]
    channel: RawChannel | None = None
    statements: int = Field(ge=1)
    rules: tuple[RawRule, ...]


class RawScheme(_Raw):
    """One national scheme with all its dated versions."""

    id: Slug
    title: RawText
    checked_on: Day
    versions: tuple[RawVersion, ...]
    gaps: tuple[RawGap, ...] = ()
    note: RawText | None = None
    interpretations: tuple[RawText, ...] = ()


class RawParameterValue(_Raw):
    """A published figure."""

    valid_from: Day
    valid_to: Day | None = None
    value: Figure
    source: Words


class RawParameter(_Raw):
    """A figure left to the county."""

    id: Name
    type: str
    label: RawText
    unit_to_ask: tuple[str, ...]
    clause: str
    values: tuple[RawParameterValue, ...] = ()
    note: RawText | None = None


class RawTarget(_Raw):
    """A promised time limit."""

    id: Slug
    clause: str
    what: RawText
    limit: Figure
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
    issued_on: Day | None = None
    note: RawText | None = None


class RawUnitAlias(_Raw):
    """The name of a responsible unit since it was renamed or merged."""

    unit: str
    alias: RawText
    from_: date = Field(alias="from")
    mark: str | None = None


class RawManifest(_Raw):
    """Who issued the plan, for where, until when, and in which order its rules stand."""

    id: Slug
    version: Words
    title: RawText
    issuer: RawText
    number: str | None = None
    issued_on: Day
    horizon: Day
    division: str = Field(pattern=r"^[0-9]{6}$")
    region: RawText
    office_hours: Annotated[tuple[tuple[Hour, Hour], ...], AfterValidator(_some)]
    subjects: tuple[RawLabelled, ...]
    kinds: tuple[RawLabelled, ...]
    documents: tuple[RawNamedDocument, ...]
    rule_order: tuple[str, ...]
    caveats: tuple[RawCaveat, ...]
    unit_aliases: tuple[RawUnitAlias, ...] = ()
    checked_on: Day | None = None


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
