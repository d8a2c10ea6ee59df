"""One cell of a registry to one exact value: the definition that the columns of ``conversion`` must equal.

What an office writes (万元, 亿元, %, full-width digits, 是 and 否, labels, 2022/4/18) is first put into the public
form; ``app.rules.reading`` then reads it, with its bounds and its faults.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Final

from app.rules.errors import Fault, excerpt
from app.rules.money import EXACT, number_text
from app.rules.reading import read_fact, read_text
from app.rules.vocabulary import NUMERIC, FactType
from app.screening.guessing import Aliases, normalised
from app.screening.readers.grid import BOOL, DATE, FORMULA, MERGED, NUMBER, PERCENT, untag
from app.screening.units import PARTIAL, default_unit, units_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.rules.vocabulary import Fact, Value
    from app.screening.mapping import Target

__all__ = ["CellReader", "Read", "value_words"]

_NUMBER: Final = re.compile(r"(-?)([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(\.[0-9]+)?(?:[eE]([+-]?[0-9]{1,3}))?\s*(\D.*)?")
_PLAIN: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_SCIENTIFIC: Final = re.compile(r"[0-9]\.?[0-9]*[eE]\+?[0-9]{1,3}")
_DATE: Final = re.compile(
    r"([0-9]{4})(?:-|/|\.|年)([0-9]{1,2})(?:-|/|\.|月)([0-9]{1,2})日?(?: 0{1,2}:00(?::00(?:\.0+)?)?)?"
)
_COMPACT_DATE: Final = re.compile(r"((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})")
_NOT_FINITE: Final = frozenset({"nan", "inf", "-inf", "+inf", "infinity", "-infinity"})
_SEPARATORS: Final = re.compile(r"[、,，;；|]")
_LONGEST: Final = 4_000
_LONGEST_NUMBER: Final = 40
_EXPONENT: Final = 40
_CODE_DIGITS: Final = 15
_DIVISION_DIGITS: Final = 6


@dataclass(frozen=True, slots=True)
class Read:
    """An exact value (None: unknown); ``echo``: how it was understood, where the cell was written in another form."""

    value: Value | None
    echo: str | None = None


def value_words(fact: Fact, target: Target, aliases: Aliases) -> dict[str, str]:
    """Normalised text → member (or ``true``, ``false``): codes, labels, aliases, then the words of the mapping."""
    found: dict[str, str] = {}
    if fact.type is FactType.BOOL:
        asks_has = "有" in fact.label.zh
        found = dict.fromkeys(aliases.yes + (aliases.has if asks_has else ()), "true")
        found |= dict.fromkeys(aliases.no + (aliases.has_not if asks_has else ()), "false")
    for member in fact.members:
        if member.value == "none":
            found |= dict.fromkeys(aliases.none, "none")
        known = aliases.values.get(fact.id, {}).get(member.value, ())
        found |= dict.fromkeys((*known, member.label.zh, member.label.en), member.value)
    found |= {member.value: member.value for member in fact.members}
    return {normalised(word): value for word, value in (found | dict(target.values)).items()}


@dataclass(frozen=True)
class CellReader:
    """Reads the cells of one column. ``rounds``: a float column whose values may be rounded to the fact's decimals."""

    fact: Fact
    unit: str | None
    words: Mapping[str, str]
    none_words: frozenset[str] = frozenset()
    empty: frozenset[str] = field(default=frozenset())
    rounds: bool = False

    @property
    def exponent(self) -> int:
        """The power of ten of the column's unit."""
        return units_of(self.fact).get((self.unit or "").lower(), 0)

    def read(self, cell: str) -> Read | Fault:
        """The value of a cell that is not null."""
        tag, text = untag(cell)
        if tag == FORMULA:
            return Fault("formula_without_value", (), {"value": excerpt(text) or "="})
        if tag == MERGED:
            return Fault("merged_cells")
        if not tag and (not text.strip() or text.strip() in self.empty):
            return Read(None)
        kind = self.fact.type
        if kind in NUMERIC:
            return self._number(tag, text)
        if kind is FactType.BOOL or kind is FactType.ENUM:
            return self._word(tag, text)
        if kind is FactType.DATE:
            return self._date(tag, text)
        if kind is FactType.SET:
            return self._set(text)
        return self._code(tag, text) if kind is FactType.CODE else self._text(tag, text)

    def _exact(self, raw: object, echo: str | None = None) -> Read | Fault:
        value = read_fact(self.fact, raw)
        return value[0] if isinstance(value, list) else Read(value, echo)

    # ---------------------------------------------------------------------------------------------------- figures

    def _number(self, tag: str, text: str) -> Read | Fault:
        if tag in (BOOL, DATE):
            return Fault("wrong_type", (), {"expected": "number", "actual": "boolean" if tag == BOOL else "date"})
        plain = unicodedata.normalize("NFKC", text[:_LONGEST]).strip()
        if plain.lower() in _NOT_FINITE:
            return Fault("not_finite", (), {"value": excerpt(text)})
        found = _NUMBER.fullmatch(plain)
        bad = Fault("number_format", (), {"value": excerpt(text), "type": self.fact.type.value})
        if found is None or (found[4] and not tag) or (len(plain) > _LONGEST_NUMBER and not tag):
            return bad
        digits = found[2].replace(",", "")
        if not tag and not found[5] and not _PLAIN.fullmatch(found[1] + digits + (found[3] or "")):
            return bad
        exponent = self._cell_exponent(tag, (found[5] or "").strip(), text)
        if isinstance(exponent, Fault):
            return exponent
        if abs(int(found[4] or "0")) > _EXPONENT:
            return Fault("out_of_range", (), {"value": excerpt(text)})
        written = Decimal(f"{found[1]}{digits}{found[3] or ''}e{found[4] or 0}")
        return self._figure(
            written.scaleb(exponent, context=EXACT), rewritten=plain != text.strip() or "," in plain or bool(found[5])
        )

    def _cell_exponent(self, tag: str, suffix: str, text: str) -> int | Fault:
        """The power of ten of the unit that the cell itself names, or of the column's."""
        units = units_of(self.fact)
        if tag == PERCENT:
            return 0
        if not suffix:
            return self.exponent
        known = units.get(suffix.lower())
        if known is not None:
            return known
        if suffix in PARTIAL and units:
            if self.exponent == 0:
                return PARTIAL[suffix]
            return Fault("ambiguous_unit", (), {"value": excerpt(text), "unit": self.unit})
        return Fault("number_format", (), {"value": excerpt(text), "type": self.fact.type.value})

    def _figure(self, value: Decimal, *, rewritten: bool) -> Read | Fault:
        if self.rounds:
            rounded = value.quantize(self.fact.quantum, ROUND_HALF_UP, context=EXACT)
            return self._exact(rounded, number_text(rounded) if rounded != value else None)
        unit = default_unit(self.fact) if self.fact.type is FactType.MONEY else ""
        return self._exact(value, f"{number_text(value)}{unit or ''}" if rewritten else None)

    # ------------------------------------------------------------------------------------------------------ words

    def _word(self, tag: str, text: str) -> Read | Fault:
        member = self.words.get(normalised(text)) if tag in ("", BOOL, NUMBER) else None
        if self.fact.type is FactType.BOOL and member is not None:
            return Read(member == "true")
        if self.fact.type is FactType.ENUM and member is not None and tag != BOOL:
            return Read(member)
        allowed = [m.value for m in self.fact.members] or ["true", "false"]
        return Fault("not_in_enum", (), {"value": excerpt(text), "allowed": allowed})

    def _set(self, text: str) -> Read | Fault:
        if normalised(text) in self.none_words and normalised(text) not in self.words:
            return Read(frozenset())
        parts = [part for part in _SEPARATORS.split(text) if part.strip()]
        members = [self.words.get(normalised(part), part.strip()) for part in parts]
        return self._exact(members) if members else Fault("not_in_enum", (), {"value": excerpt(text), "allowed": []})

    # ------------------------------------------------------------------------------------------------ dates, codes

    def _date(self, tag: str, text: str) -> Read | Fault:
        plain = unicodedata.normalize("NFKC", text[:_LONGEST]).strip()
        found = _DATE.fullmatch(plain) or _COMPACT_DATE.fullmatch(plain)
        if found is None or tag in (BOOL, PERCENT):
            return Fault("date_format", (), {"value": excerpt(text)})
        iso = f"{found[1]}-{int(found[2]):02d}-{int(found[3]):02d}"
        return self._exact(iso, iso if iso != text.strip() else None)

    def _code(self, tag: str, text: str) -> Read | Fault:
        plain = unicodedata.normalize("NFKC", text[:_LONGEST]).strip()
        if tag in (NUMBER, PERCENT):
            if self.fact.code == "division" and tag == NUMBER and len(plain) == _DIVISION_DIGITS and plain.isdigit():
                return self._exact(plain)
            return Fault("code_as_number", (), {"value": _as_shown(plain)})
        if not tag and self.fact.code != "industry" and _SCIENTIFIC.fullmatch(plain):
            return Fault("code_as_number", (), {"value": excerpt(plain)})
        return self._exact(plain, plain.upper() if plain != text.strip() else None)

    def _text(self, tag: str, text: str) -> Read | Fault:
        return read_tagged_text(tag, text)


def read_tagged_text(tag: str, text: str) -> Read | Fault:
    """Text; a whole number of at most fifteen digits is the text that the sheet shows."""
    if tag == NUMBER:
        if not text.isdigit() or len(text) > _CODE_DIGITS:
            return Fault("code_as_number", (), {"value": _as_shown(text)})
        return Read(text)
    if tag:
        return Fault("wrong_type", (), {"expected": "string", "actual": "boolean" if tag == BOOL else "date"})
    value = read_text(text)
    return value if isinstance(value, Fault) else Read(value)


def _as_shown(number: str) -> str:
    """A number as a sheet shows it: long ones to six digits, so that no digit appears that was never typed."""
    return excerpt(number) if len(number) < _CODE_DIGITS else f"{Decimal(number):.5E}"
