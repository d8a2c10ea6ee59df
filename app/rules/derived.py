"""Derived facts and warnings: what follows from the facts given, and where they contradict each other.

A given value always wins over a derived one; a contradiction is a warning and never changes a result.
Sources: 工信部联企业〔2011〕300号 (size class), GB/T 4754-2017 (section), GB/T 2260 (county and province).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from app.rules.codes import check_character

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.rules.vocabulary import SizeRow, Value, Vocabulary

__all__ = [
    "DERIVED",
    "DERIVED_FROM",
    "SIZE_INPUTS",
    "Derivation",
    "FactWarning",
    "Settled",
    "derive",
    "industry_row",
    "missing_inputs",
    "settle",
    "size_class",
    "warnings",
]

DERIVED = (
    "registered_in_county",
    "registered_in_province",
    "industry_section",
    "enterprise_size",
)

#: The facts that the size class can need, in public order.
SIZE_INPUTS = ("industry_code", "employees", "annual_revenue", "total_assets")
#: Every fact on which derived facts hang, they themselves included: one that is given is not derived.
DERIVED_FROM = (*DERIVED, "registration_division", *SIZE_INPUTS)
_CLASSES = ("micro", "small", "medium", "large")
_USCC_LENGTH = 18


class Derivation(NamedTuple):
    """A derived value and the given facts that it came from."""

    fact: str
    value: Value
    inputs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FactWarning:
    """Something odd in the facts: a stable code and the facts concerned."""

    code: str
    facts: tuple[str, ...]


@dataclass(slots=True)
class Settled:
    """The facts as the rules see them.

    ``known`` holds given and derived values. ``needs`` names, for each derived fact that is unknown, the facts to ask
    for in its place (itself when nothing can settle it).
    """

    known: dict[str, Value]
    derived: tuple[Derivation, ...]
    needs: dict[str, tuple[str, ...]]


def settle(vocabulary: Vocabulary, division: str, given: Mapping[str, Value]) -> Settled:
    """Derive what follows from ``given`` for a pack of the county ``division``."""
    known = dict(given)
    derived: list[Derivation] = []
    needs: dict[str, tuple[str, ...]] = {}
    for fact in DERIVED:
        if fact in given:
            continue
        found = derive(fact, vocabulary, division, given)
        if found is None:
            needs[fact] = missing_inputs(fact, vocabulary, given)
        else:
            known[fact] = found.value
            derived.append(found)
    return Settled(known, tuple(derived), needs)


def derive(fact: str, vocabulary: Vocabulary, division: str, given: Mapping[str, Value]) -> Derivation | None:
    """The value of a derived fact as its inputs give it, or None when they leave it open."""
    if fact == "enterprise_size":
        return _derive_size(vocabulary, given)
    source = "industry_code" if fact == "industry_section" else "registration_division"
    code = given.get(source)
    if not isinstance(code, str):
        return None
    if fact == "industry_section":
        return Derivation(fact, code[0], (source,))
    value = code == division if fact == "registered_in_county" else code[:2] == division[:2]
    return Derivation(fact, value, (source,))


def missing_inputs(fact: str, vocabulary: Vocabulary, given: Mapping[str, Value]) -> tuple[str, ...]:
    """What to ask for instead of an unknown derived fact: its inputs not given, or itself when none can settle it."""
    if fact == "industry_section":
        return ("industry_code",)
    if fact != "enterprise_size":
        return ("registration_division",)
    code = given.get("industry_code")
    if not isinstance(code, str):
        return tuple(name for name in SIZE_INPUTS if name not in given)
    row = industry_row(vocabulary, code)
    if row is None:
        return (fact,)
    indicators = {indicator.fact for indicator in row.indicators}
    return tuple(name for name in SIZE_INPUTS if name in indicators and name not in given)


def industry_row(vocabulary: Vocabulary, code: str) -> SizeRow | None:
    """The row of the size table with the longest prefix of ``code``; None when no row has one."""
    rows = vocabulary.size_rows_by_prefix
    for length in range(len(code), 0, -1):
        row = rows.get(code[:length])
        if row is not None:
            return row
    return None


def size_class(row: SizeRow, values: Mapping[str, Value]) -> str | None:
    """The class that the known indicators leave as the only one, or None while more are possible.

    Large, medium and small need all indicators at or above their lower bound; one indicator below the small bound
    makes the enterprise micro.
    """
    lowest, highest = len(_CLASSES) - 1, len(_CLASSES) - 1
    for indicator in row.indicators:
        value = values.get(indicator.fact)
        if not isinstance(value, (int, Decimal)):
            lowest = 0
            continue
        rank = (value >= indicator.small) + (value >= indicator.medium) + (value >= indicator.large)
        lowest, highest = min(lowest, rank), min(highest, rank)
    return _CLASSES[highest] if highest in (0, lowest) else None


def _derive_size(vocabulary: Vocabulary, given: Mapping[str, Value]) -> Derivation | None:
    code = given.get("industry_code")
    row = industry_row(vocabulary, code) if isinstance(code, str) else None
    found = size_class(row, given) if row else None
    if row is None or found is None:
        return None
    used = {"industry_code", *(indicator.fact for indicator in row.indicators)}
    return Derivation(
        "enterprise_size",
        found,
        tuple(name for name in SIZE_INPUTS if name in used and name in given),
    )


def warnings(vocabulary: Vocabulary, division: str, given: Mapping[str, Value], on: date) -> list[FactWarning]:
    """Every contradiction in the facts given, in a fixed order. None of them changes a result."""
    found = []
    for fact in DERIVED:
        if fact in given:
            derived = derive(fact, vocabulary, division, given)
            if derived is not None and derived.value != given[fact]:
                found.append(FactWarning("derived_conflict", vocabulary.ordered((*derived.inputs, fact))))
    for fact in ("uscc", "core_enterprise_uscc"):
        code = given.get(fact)
        if isinstance(code, str) and len(code) == _USCC_LENGTH and check_character(code) != code[-1]:
            found.append(FactWarning("code_check_digit", (fact,)))
    found.extend(_inconsistent(given, on))
    if given.get("business_state") in ("revoked", "deregistered"):
        found.append(FactWarning("not_operating", ("business_state",)))
    return found


#: A figure that cannot exceed another.
_NOT_ABOVE = (
    ("hnte_consecutive_certifications", "hnte_times_certified"),
    ("vat_period_real_estate_sales", "vat_period_sales"),
)


def _inconsistent(given: Mapping[str, Value], on: date) -> list[FactWarning]:
    found = []
    for part, whole in _NOT_ABOVE:
        low, high = given.get(part), given.get(whole)
        if isinstance(low, (int, Decimal)) and isinstance(high, (int, Decimal)) and low > high:
            found.append(FactWarning("inconsistent_facts", (whole, part)))
    established = given.get("established_on")
    if isinstance(established, date) and established > on:
        found.append(FactWarning("inconsistent_facts", ("established_on",)))
    return found
