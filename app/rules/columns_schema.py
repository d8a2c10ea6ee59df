"""Facts as physical columns: integers at a fixed scale, small codes for enums, bit masks for sets. Null is unknown.

====================  =====================================================================================
bool                  Boolean
int                   Int64
money                 Int64 fen
rate                  Int64 times 10^10
number                times 10^6, Int128 where the declared bounds ask for it (Int64 where they do not)
enum                  UInt8, the place among the members
set                   Int64, one bit for each member
date                  Date
code                  division and industry UInt32 (below), unified social credit code String
text                  String
====================  =====================================================================================

A division is its six digits. An industry code is packed so that every code below a prefix lies in one interval: the
place of its letter, then four digits to the base 11, 0 where there is none and 1 more than the digit where there is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from string import ascii_uppercase
from typing import TYPE_CHECKING, Final

import polars as pl

from app.rules.errors import Fault, PackError
from app.rules.money import EXACT
from app.rules.vocabulary import Fact, FactType, Value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.rules.vocabulary import Vocabulary

    Physical = bool | int | str | date

__all__ = ["PhysicalColumn", "industry_range", "pack_industry", "physical_schema"]

WIDEST_SET: Final = 63
_LARGEST_ENUM: Final = 254
_DIGITS: Final = 4
_BASE: Final = 11
_LETTER: Final = _BASE**_DIGITS
#: Half of what the integers hold, so that the sum of two figures fits as well.
_HALF_INT64: Final = 2**62
_HALF_INT128: Final = 2**126
_DECLARED: Final = Decimal(10**15)


@dataclass(frozen=True)
class PhysicalColumn:
    """How one fact is held in a column.

    ``scale``: decimals, the integer is the value times 10^scale. ``codes``: member → code of an enum or bit of a set.
    """

    fact: Fact
    dtype: pl.DataType
    scale: int = 0
    codes: Mapping[str, int] = field(default_factory=dict)

    def encode(self, value: Value) -> Physical:
        """The physical value of an exact one (never of an unknown fact: that is null)."""
        if isinstance(value, frozenset):
            return sum(1 << self.codes[member] for member in value)
        if isinstance(value, str):
            return self._encode_text(value)
        if isinstance(value, (bool, date)):
            return value
        return int(Decimal(value).scaleb(self.scale, context=EXACT))

    def _encode_text(self, value: str) -> int | str:
        if self.fact.type is FactType.ENUM:
            return self.codes[value]
        if self.fact.code == "industry":
            return pack_industry(value)
        return int(value) if self.fact.code == "division" else value

    def decode(self, physical: Physical) -> Value:
        """The exact value that a physical one stands for."""
        kind = self.fact.type
        if not isinstance(physical, int) or isinstance(physical, bool):
            return physical
        if kind is FactType.ENUM:
            return self.fact.members[physical].value
        if kind is FactType.SET:
            return frozenset(member for member, bit in self.codes.items() if physical >> bit & 1)
        if kind is FactType.CODE:
            return f"{physical:06d}" if self.fact.code == "division" else _unpack_industry(physical)
        return physical if kind is FactType.INT else Decimal(physical).scaleb(-self.scale, context=EXACT)


def physical_schema(vocabulary: Vocabulary) -> dict[str, PhysicalColumn]:
    """Fact → its physical column, in the order of the vocabulary.

    Raises:
        PackError: for bounds beyond 128 bits, an enum of more than 254 members or a set of more than 63.
    """
    return {fact.id: _physical(fact) for fact in vocabulary.facts}


def _physical(fact: Fact) -> PhysicalColumn:
    match fact.type:
        case FactType.BOOL:
            return PhysicalColumn(fact, pl.Boolean())
        case FactType.ENUM | FactType.SET:
            return _coded(fact)
        case FactType.DATE:
            return PhysicalColumn(fact, pl.Date())
        case FactType.CODE if fact.code in ("division", "industry"):
            return PhysicalColumn(fact, pl.UInt32())
        case FactType.CODE | FactType.TEXT:
            return PhysicalColumn(fact, pl.String())
        case _:
            return PhysicalColumn(fact, _integer(fact), fact.decimals)


def _coded(fact: Fact) -> PhysicalColumn:
    limit = _LARGEST_ENUM if fact.type is FactType.ENUM else WIDEST_SET
    if len(fact.members) > limit:
        raise PackError([Fault("too_many_items", ("vocabulary", "facts", fact.index, "members"), {"limit": limit})])
    codes = {member.value: place for place, member in enumerate(fact.members)}
    return PhysicalColumn(fact, pl.UInt8() if fact.type is FactType.ENUM else pl.Int64(), codes=codes)


def _integer(fact: Fact) -> pl.DataType:
    ends = (_DECLARED if end is None else abs(end) for end in (fact.minimum, fact.maximum))
    peak = int(max(ends).scaleb(fact.decimals, context=EXACT))
    if peak < _HALF_INT64:
        return pl.Int64()
    if peak < _HALF_INT128:
        return pl.Int128()
    where = ("vocabulary", "facts", fact.index, "maximum")
    raise PackError([Fault("possible_overflow", where, {"value": str(fact.maximum), "limit": "2^126"})])


def pack_industry(code: str) -> int:
    """An industry code as an integer: codes below a prefix are neighbours.

    >>> pack_industry("A"), pack_industry("A0"), pack_industry("B")
    (0, 1331, 14641)
    """
    packed = ascii_uppercase.index(code[0])
    for place in range(1, _DIGITS + 1):
        packed = packed * _BASE + (int(code[place]) + 1 if place < len(code) else 0)
    return packed


def industry_range(prefix: str) -> tuple[int, int]:
    """The first and last packed code that begins with ``prefix``."""
    low = pack_industry(prefix)
    return low, low + _BASE ** (_DIGITS + 1 - len(prefix)) - 1


def _unpack_industry(packed: int) -> str:
    letter, rest = divmod(packed, _LETTER)
    digits = [rest // _BASE**place % _BASE for place in range(_DIGITS - 1, -1, -1)]
    return ascii_uppercase[letter] + "".join(str(digit - 1) for digit in digits if digit)
