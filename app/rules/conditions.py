"""Conditions in business-rules' shape, as a frozen typed tree.

``{all: [...]}``, ``{any: [...]}`` and ``{name, operator, value}``; a value may be another fact, with a constant added.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from app.rules.errors import Fault, Path, excerpt
from app.rules.operators import OPERATORS, Operand, Operator
from app.rules.reading import is_clean_text, json_type, read_fact
from app.rules.text import Text
from app.rules.vocabulary import NUMERIC, Fact, FactType, Value, Vocabulary, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = [
    "MAX_DEPTH",
    "AllOf",
    "AnyOf",
    "Comparison",
    "Condition",
    "Expected",
    "FactOperand",
    "Hint",
    "expected_value",
    "leaves",
    "parse_condition",
    "parse_text",
    "refuse_other_keys",
]

MAX_DEPTH = 20


@dataclass(frozen=True, slots=True)
class FactOperand:
    """The right side is another fact, plus a constant in the same unit."""

    fact: str
    plus: Decimal = Decimal(0)


#: A value, the members of a list in the order written, another fact, or nothing (``is_true`` and its kind).
Expected = Value | tuple[str, ...] | FactOperand | None


@dataclass(frozen=True, slots=True)
class Hint:
    """Advice to an asker who fails the condition; ``when`` limits it to some actual values."""

    text: Text
    when: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Comparison:
    """One fact against its right side. Two comparisons of the same content are the same condition."""

    fact: str
    operator: str
    expected: Expected = None
    hint: Hint | None = field(default=None, compare=False)

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts it reads, left side first."""
        if isinstance(self.expected, FactOperand) and self.expected.fact != self.fact:
            return (self.fact, self.expected.fact)
        return (self.fact,)


@dataclass(frozen=True, slots=True)
class AllOf:
    """True when every part is."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True when one part is."""

    parts: tuple[Condition, ...]


Condition = Comparison | AllOf | AnyOf


def leaves(condition: Condition) -> Iterator[Comparison]:
    """Every comparison of the tree, in the order written, repeats included."""
    if isinstance(condition, Comparison):
        yield condition
    else:
        for part in condition.parts:
            yield from leaves(part)


def parse_condition(raw: Any, vocabulary: Vocabulary, path: Path, faults: list[Fault], depth: int = 1) -> Condition:
    """The tree of ``raw``; every fault is added to ``faults`` (the tree returned then only keeps parsing going)."""
    nothing = AllOf(())
    if depth > MAX_DEPTH:
        faults.append(Fault("too_deep", path, {"limit": MAX_DEPTH}))
        return nothing
    if not isinstance(raw, dict):
        faults.append(Fault("wrong_type", path, {"expected": "object", "actual": json_type(raw)}))
        return nothing
    branches = [key for key in ("all", "any") if key in raw]
    if not branches:
        return _parse_comparison(raw, vocabulary, path, faults)
    if len(raw) > 1:
        faults.append(Fault("ambiguous_condition", path, {"keys": sorted(map(str, raw))}))
        return nothing
    key = branches[0]
    items = raw[key]
    if not isinstance(items, list) or not items:
        faults.append(Fault("empty_condition", (*path, key)))
        return nothing
    parts = tuple(
        parse_condition(item, vocabulary, (*path, key, position), faults, depth + 1)
        for position, item in enumerate(items)
    )
    return AllOf(parts) if key == "all" else AnyOf(parts)


def _parse_comparison(raw: Mapping[str, Any], vocabulary: Vocabulary, path: Path, faults: list[Fault]) -> Condition:
    refuse_other_keys(raw, frozenset({"name", "operator", "value", "hint"}), path, faults)
    name, operator_name = str(raw.get("name", "")), str(raw.get("operator", ""))
    fact, operator = vocabulary.get(name), OPERATORS.get(operator_name)
    if fact is None:
        faults.append(vocabulary.unknown_fact(name, *path, "name"))
    if operator is None:
        code = "operator_not_allowed" if operator_name in _LIBRARY_ONLY else "unknown_operator"
        faults.append(
            Fault(
                code,
                (*path, "operator"),
                {"value": operator_name},
                nearest(operator_name, OPERATORS),
            )
        )
    if fact is None or operator is None:
        return AllOf(())
    if fact.type not in operator.types:
        faults.append(
            Fault(
                "operator_not_allowed",
                (*path, "operator"),
                {"value": operator_name, "type": fact.type.value},
            )
        )
        return AllOf(())
    expected = _parse_expected(raw.get("value"), fact, operator, vocabulary, (*path, "value"), faults)
    return Comparison(name, operator_name, expected, _parse_hint(raw.get("hint"), fact, (*path, "hint"), faults))


#: Operators of the library that policies may not use: inexact, unbounded or without a meaning for unknown.
_LIBRARY_ONLY = frozenset(
    {
        "contains",
        "contains_all",
        "does_not_contain",
        "ends_with",
        "equal_to_case_insensitive",
        "is_contained_by",
        "matches_regex",
        "non_empty",
        "shares_exactly_one_element_with",
        "shares_no_elements_with",
        "starts_with",
    }
)


def _parse_expected(
    raw: Any,
    fact: Fact,
    operator: Operator,
    vocabulary: Vocabulary,
    path: Path,
    faults: list[Fault],
) -> Expected:
    if operator.operand == Operand.NONE:
        if raw not in (None, "true", True):
            faults.append(Fault("wrong_type", path, {"expected": "true", "actual": json_type(raw)}))
        return None
    if operator.operand == Operand.LIST:
        if not isinstance(raw, list) or not raw:
            faults.append(Fault("empty_list", path))
            return ()
        return tuple(_literal(item, fact, (*path, place), faults) for place, item in enumerate(raw))
    if isinstance(raw, dict):
        return _parse_fact_operand(raw, fact, vocabulary, path, faults)
    value: Expected = _literal(raw, fact, path, faults)
    return value


def _literal(raw: Any, fact: Fact, path: Path, faults: list[Fault]) -> Any:
    value = read_fact(fact, [raw] if fact.type is FactType.SET else raw)
    if isinstance(value, list):
        faults.extend(fault.below(*path) for fault in value)
        return ""
    return raw if fact.type is FactType.SET else value


def _parse_fact_operand(
    raw: Mapping[str, Any],
    fact: Fact,
    vocabulary: Vocabulary,
    path: Path,
    faults: list[Fault],
) -> Expected:
    refuse_other_keys(raw, frozenset({"fact", "plus"}), path, faults)
    other = vocabulary.get(str(raw.get("fact", "")))
    if other is None:
        faults.append(vocabulary.unknown_fact(str(raw.get("fact", "")), *path, "fact"))
        return None
    if other.type is not fact.type or other.unit != fact.unit:
        faults.append(Fault("unit_mismatch", path, {"left": fact.id, "right": other.id}))
    plus = raw.get("plus", "0")
    if fact.type not in NUMERIC:
        if plus != "0":
            faults.append(Fault("unit_mismatch", (*path, "plus"), {"left": fact.id, "right": excerpt(plus)}))
        return FactOperand(other.id)
    value = read_fact(fact, plus)
    if isinstance(value, list):
        faults.extend(fault.below(*path, "plus") for fault in value)
        return None
    return FactOperand(other.id, Decimal(value) if isinstance(value, (int, Decimal)) else Decimal(0))


def _parse_hint(raw: Any, fact: Fact, path: Path, faults: list[Fault]) -> Hint | None:
    if raw is None:
        return None
    text = parse_text(raw, path, faults)
    if not isinstance(raw, dict):
        return None
    refuse_other_keys(raw, frozenset({"zh", "en", "when"}), path, faults)
    when = raw.get("when", [])
    if not isinstance(when, list):
        faults.append(Fault("wrong_type", (*path, "when"), {"expected": "array", "actual": json_type(when)}))
        return Hint(text)
    for place, value in enumerate(when):
        if not isinstance(value, str) or value not in fact.allowed:
            choice = {"value": excerpt(value), "allowed": sorted(fact.allowed)}
            faults.append(Fault("not_in_enum", (*path, "when", place), choice))
    return Hint(text, frozenset(value for value in when if isinstance(value, str)))


def parse_text(raw: Any, path: Path, faults: list[Fault]) -> Text:
    """``{zh, en}``, both said; what is wrong is added to ``faults`` (the text then only keeps parsing going)."""
    if not isinstance(raw, dict):
        faults.append(Fault("wrong_type", path, {"expected": "object", "actual": json_type(raw)}))
        return Text("", "")
    words: dict[str, str] = {}
    for language in ("zh", "en"):
        given = raw.get(language)
        place = (*path, language)
        if given is None:
            faults.append(Fault("missing_field", place, {"value": language}))
        elif not isinstance(given, str):
            faults.append(Fault("wrong_type", place, {"expected": "string", "actual": json_type(given)}))
        elif not given.strip():
            faults.append(Fault("text_empty", place))
        elif not is_clean_text(given.strip()):
            hidden = next(char for char in given.strip() if not is_clean_text(char))
            faults.append(Fault("text_invalid", place, {"character": f"U+{ord(hidden):04X}"}))
        else:
            words[language] = given
    return Text(words.get("zh", ""), words.get("en", ""))


def refuse_other_keys(raw: Mapping[str, Any], known: frozenset[str], path: Path, faults: list[Fault]) -> None:
    """A fault for each key that has no meaning here, with the nearest ones that have."""
    faults.extend(
        Fault("unknown_field", (*path, str(key)), {"value": excerpt(key)}, nearest(str(key), known))
        for key in raw
        if key not in known
    )


def expected_value(expected: Expected, known: Mapping[str, Value]) -> Any:
    """The right side on these facts; None when it is unknown. Lists become sets of their members."""
    if isinstance(expected, FactOperand):
        other = known.get(expected.fact)
        if other is None or isinstance(other, (date, bool)) or not expected.plus:
            return other
        return other + expected.plus if isinstance(other, (int, Decimal)) else other
    return frozenset(expected) if isinstance(expected, tuple) else expected
