"""The vocabulary part of a document."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING

from app.rules.codes import CODE_FORMS
from app.rules.errors import Fault, Path, excerpt
from app.rules.text import Text
from app.rules.vocabulary import (
    NUMERIC,
    Fact,
    FactType,
    Member,
    SizeIndicator,
    SizeRow,
    Vocabulary,
    nearest,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.rules.packs.raw import RawFact, RawSizeRow, RawText, RawVocabulary

__all__ = ["parse_vocabulary"]


#: Who may be named by a fact: nobody, everybody, or an individual business alone.
_PERSONAL = ("never", "always", "individual_business")

#: Facts that the derivation of size class, section and place reads or gives; every vocabulary has them.
_NEEDED = {
    **dict.fromkeys(("registered_in_county", "registered_in_province"), FactType.BOOL),
    **dict.fromkeys(("industry_section", "enterprise_size"), FactType.ENUM),
    **dict.fromkeys(("registration_division", "industry_code"), FactType.CODE),
    "employees": FactType.INT,
    **dict.fromkeys(("annual_revenue", "total_assets"), FactType.MONEY),
}
_INDICATORS = ("employees", "annual_revenue", "total_assets")


def parse_vocabulary(raw: RawVocabulary, faults: list[Fault]) -> Vocabulary:
    """Facts in the order written, with the size table."""
    facts = tuple(_fact(item, index, faults) for index, item in enumerate(raw.facts))
    counts = Counter(fact.id for fact in facts)
    faults.extend(
        Fault("duplicate_fact", ("vocabulary", "facts", fact.index), {"value": fact.id})
        for fact in facts
        if counts[fact.id] > 1
    )
    vocabulary = Vocabulary(facts, tuple(_size_row(row) for row in raw.size_classes))
    faults.extend(_missing(vocabulary))
    return vocabulary


def _missing(vocabulary: Vocabulary) -> Iterator[Fault]:
    """What derivation needs and does not find."""
    for name, kind in _NEEDED.items():
        fact = vocabulary.get(name)
        if fact is None or fact.type is not kind:
            yield Fault("fact_missing", ("vocabulary", "facts"), {"value": name, "type": kind.value})
    for place, row in enumerate(vocabulary.size_rows):
        for indicator in row.indicators:
            if indicator.fact not in _INDICATORS:
                choice = {"value": excerpt(indicator.fact), "allowed": list(_INDICATORS)}
                yield Fault("not_in_enum", ("vocabulary", "size_classes", place), choice)


def _text(raw: RawText) -> Text:
    return Text(raw.zh, raw.en)


def _fact(raw: RawFact, index: int, faults: list[Fault]) -> Fact:
    path: Path = ("vocabulary", "facts", index)
    kind = _kind(raw, path, faults)
    numeric = kind in NUMERIC
    low, high = Decimal(raw.minimum or "0"), Decimal(raw.maximum or "1000000000000000")
    if numeric and low > high:
        faults.append(
            Fault("out_of_range", (*path, "minimum"), {"value": raw.minimum, "minimum": None, "maximum": high})
        )
    _choose(raw.personal, _PERSONAL, (*path, "personal"), faults)
    return Fact(
        id=raw.id,
        index=index,
        section=raw.section,
        type=kind,
        label=_text(raw.label),
        question=_text(raw.question),
        owner=_text(raw.owner),
        members=tuple(Member(member.value, _text(member.label)) for member in raw.members),
        unit=raw.unit or ("yuan" if kind is FactType.MONEY else None),
        minimum=low if numeric else None,
        maximum=high if numeric else None,
        code=raw.code,
        actionable=raw.actionable,
        personal=raw.personal,
        derived=raw.derived,
        note=_text(raw.note) if raw.note else None,
    )


def _kind(raw: RawFact, path: Path, faults: list[Fault]) -> FactType:
    """The type of the fact; text, so that reading can go on, where what is written does not make sense."""
    if not _choose(raw.type, tuple(FactType), (*path, "type"), faults):
        return FactType.TEXT
    kind = FactType(raw.type)
    if kind is FactType.CODE and not _choose(raw.code or "", tuple(CODE_FORMS), (*path, "code"), faults):
        return FactType.TEXT
    values = [member.value for member in raw.members]
    if kind in (FactType.ENUM, FactType.SET) and not values:
        faults.append(Fault("empty_list", (*path, "members")))
    elif kind not in (FactType.ENUM, FactType.SET) and values:
        faults.append(Fault("unknown_field", (*path, "members"), {"value": "members"}))
    for place, value in enumerate(values):
        if value in values[:place]:
            faults.append(Fault("duplicate_id", (*path, "members", place), {"value": value}))
    return kind


def _choose(value: str, allowed: tuple[str, ...], path: Path, faults: list[Fault]) -> bool:
    if value not in allowed:
        params = {"value": excerpt(value), "allowed": [str(item) for item in allowed]}
        faults.append(Fault("not_in_enum", path, params, nearest(value, allowed)))
    return value in allowed


def _size_row(raw: RawSizeRow) -> SizeRow:
    indicators = tuple(
        SizeIndicator(
            item.fact,
            Decimal(item.large_min),
            Decimal(item.medium_min),
            Decimal(item.small_min),
        )
        for item in raw.indicators
    )
    return SizeRow(raw.industry, _text(raw.label), raw.prefixes, indicators)
