"""The public vocabulary: what a fact is, and how a caller's raw value becomes an exact one.

Values: ``bool``, ``int``, ``Decimal`` (money in yuan, rates as fractions, numbers), ``date``, ``str`` (text, codes,
enum members) and ``frozenset[str]``. A fact that is not given is unknown and has no value at all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from app.rules.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from app.rules.text import Text

__all__ = [
    "CLOSED",
    "DECIMALS",
    "NEVER",
    "NUMERIC",
    "Fact",
    "FactType",
    "Member",
    "SizeIndicator",
    "SizeRow",
    "Value",
    "Vocabulary",
    "nearest",
]

Value = bool | int | Decimal | date | str | frozenset[str]

#: Of a fact that says nothing about a person, whoever is asked about.
NEVER = "never"
_LONGEST_COMPARED = 100
_SHORTEST_PART = 3


class FactType(StrEnum):
    """The ten types of ``facts.md``."""

    BOOL = "bool"
    INT = "int"
    MONEY = "money"
    RATE = "rate"
    NUMBER = "number"
    DATE = "date"
    TEXT = "text"
    ENUM = "enum"
    SET = "set"
    CODE = "code"


NUMERIC = frozenset({FactType.INT, FactType.MONEY, FactType.RATE, FactType.NUMBER})
#: Types with few values, all of them named by the vocabulary.
CLOSED = frozenset({FactType.BOOL, FactType.ENUM})
DECIMALS = {FactType.INT: 0, FactType.MONEY: 2, FactType.RATE: 10, FactType.NUMBER: 6}


@dataclass(frozen=True, slots=True)
class Member:
    """One allowed value of an enum or set."""

    value: str
    label: Text


@dataclass(frozen=True)
class Fact:
    """One fact: its type, bounds, words, the office that holds it, and whether the asker can change it."""

    id: str
    index: int
    section: str
    type: FactType
    label: Text
    question: Text
    owner: Text
    members: tuple[Member, ...] = ()
    unit: str | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    code: str | None = None
    actionable: bool = False
    personal: str = NEVER
    derived: bool = False
    note: Text | None = None

    @cached_property
    def allowed(self) -> frozenset[str]:
        """The values of an enum or set."""
        return frozenset(member.value for member in self.members)

    @cached_property
    def member_labels(self) -> Mapping[str, Text]:
        """Member value → label."""
        return {member.value: member.label for member in self.members}

    @cached_property
    def quantum(self) -> Decimal:
        """The smallest step of a numeric value."""
        return Decimal(1).scaleb(-DECIMALS[self.type])

    @cached_property
    def safe_digits(self) -> int:
        """Whole numbers of so many digits are within the bounds, whichever they are."""
        if self.minimum is None or self.maximum is None or self.minimum > 0 or self.maximum < 0:
            return 0
        return len(str(int(self.maximum))) - 1

    @property
    def decimals(self) -> int:
        """How many decimals a numeric value may have."""
        return DECIMALS[self.type]


@dataclass(frozen=True, slots=True)
class SizeIndicator:
    """Lower bounds (inclusive) of large, medium and small for one indicator, in the fact's own unit."""

    fact: str
    large: Decimal
    medium: Decimal
    small: Decimal


@dataclass(frozen=True, slots=True)
class SizeRow:
    """One industry of the table of 工信部联企业〔2011〕300号."""

    industry: str
    label: Text
    prefixes: tuple[str, ...]
    indicators: tuple[SizeIndicator, ...]


@dataclass(frozen=True)
class Vocabulary:
    """All facts in public order, with the tables from which facts are derived."""

    facts: tuple[Fact, ...]
    size_rows: tuple[SizeRow, ...] = ()
    _by_id: dict[str, Fact] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the facts by id."""
        object.__setattr__(self, "_by_id", {fact.id: fact for fact in self.facts})

    @cached_property
    def size_rows_by_prefix(self) -> Mapping[str, SizeRow]:
        """Prefix of an industry code → its row; of two rows with the same prefix, the first."""
        return {prefix: row for row in reversed(self.size_rows) for prefix in row.prefixes}

    @cached_property
    def offices(self) -> Mapping[str, Text]:
        """Chinese name of each office that holds a fact → its names."""
        return {fact.owner.zh: fact.owner for fact in self.facts}

    def __contains__(self, fact_id: object) -> bool:
        """Whether ``fact_id`` is a known fact."""
        return fact_id in self._by_id

    def __getitem__(self, fact_id: str) -> Fact:
        """The fact of that id; KeyError when unknown."""
        return self._by_id[fact_id]

    def get(self, fact_id: str) -> Fact | None:
        """The fact of that id, or None."""
        return self._by_id.get(fact_id)

    def ordered(self, fact_ids: Iterable[str]) -> tuple[str, ...]:
        """The ids without repeats, in the order of the vocabulary."""
        return tuple(sorted(set(fact_ids), key=lambda fact_id: self._by_id[fact_id].index))

    def unknown_fact(self, fact_id: str, *path: str | int) -> Fault:
        """The fault for a name that is no fact, with the nearest ones."""
        return Fault("unknown_fact", path, {"value": fact_id}, nearest(fact_id, self._by_id))


def nearest(name: str, known: Iterable[str], limit: int = 3) -> tuple[str, ...]:
    """Up to ``limit`` known names that ``name`` may be a slip of, the likeliest first; else those it is a part of."""
    if len(name) > _LONGEST_COMPARED:
        return ()
    names = list(known)
    found = process.extract(
        name,
        names,
        scorer=DamerauLevenshtein.normalized_similarity,
        limit=limit,
        score_cutoff=0.6,
    )
    if found or len(name) < _SHORTEST_PART:
        return tuple(match[0] for match in found)
    return tuple(sorted((longer for longer in names if name in longer), key=len)[:limit])
