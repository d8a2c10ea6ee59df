"""The vocabulary part of a document."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING

from app.rules.errors import Fault
from app.rules.text import Text
from app.rules.vocabulary import (
    NUMERIC,
    Fact,
    FactType,
    Member,
    SizeIndicator,
    SizeRow,
    Vocabulary,
)

if TYPE_CHECKING:
    from app.rules.packs.raw import RawFact, RawSizeRow, RawText, RawVocabulary

__all__ = ["parse_vocabulary"]


def parse_vocabulary(raw: RawVocabulary, faults: list[Fault]) -> Vocabulary:
    """Facts in the order written, with the size table."""
    facts = tuple(_fact(item, index, faults) for index, item in enumerate(raw.facts))
    counts = Counter(fact.id for fact in facts)
    faults.extend(
        Fault("duplicate_fact", ("vocabulary", "facts", fact.index), {"value": fact.id})
        for fact in facts
        if counts[fact.id] > 1
    )
    return Vocabulary(facts, tuple(_size_row(row) for row in raw.size_classes))


def _text(raw: RawText) -> Text:
    return Text(raw.zh, raw.en)


def _fact(raw: RawFact, index: int, faults: list[Fault]) -> Fact:
    path = ("vocabulary", "facts", index)
    if raw.type not in tuple(FactType):
        faults.append(
            Fault(
                "not_in_enum",
                (*path, "type"),
                {"value": raw.type, "allowed": [t.value for t in FactType]},
            )
        )
        return Fact(
            raw.id,
            index,
            raw.section,
            FactType.TEXT,
            _text(raw.label),
            _text(raw.question),
            _text(raw.owner),
        )
    kind = FactType(raw.type)
    numeric = kind in NUMERIC
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
        minimum=Decimal(raw.minimum or "0") if numeric else None,
        maximum=Decimal(raw.maximum or "1000000000000000") if numeric else None,
        code=raw.code,
        actionable=raw.actionable,
        personal=raw.personal,
        derived=raw.derived,
        note=_text(raw.note) if raw.note else None,
    )


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
