"""Facts and figures in the words of a language: labels, units, actual and expected values."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from app.rules.codes import check_character
from app.rules.conditions import Comparison, Expected, FactOperand
from app.rules.money import money_text, number_text
from app.rules.operators import OPERATORS
from app.rules.text import Text
from app.rules.vocabulary import FactType

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from app.rules.derived import FactWarning
    from app.rules.text import Language
    from app.rules.truth import Truth
    from app.rules.vocabulary import Fact, Value, Vocabulary

__all__ = [
    "UNITS",
    "ReasonWords",
    "expected_json",
    "json_value",
    "office_names",
    "value_text",
    "warning_text",
]

UNITS: dict[str, Text] = {
    "yuan": Text("元", " yuan"),
    "person": Text("人", " persons"),
    "month": Text("个月", " months"),
    "parcel": Text("件", " parcels"),
    "time": Text("次", " times"),
    "basis_point": Text("个基点", " basis points"),
    "fraction_per_year": Text("(年率,小数)", " (a year, as a fraction)"),
    "tonne_per_year": Text("吨/年", " tonnes a year"),
    "kilowatt": Text("千瓦", " kW"),
}
#: What the operators without a right side ask for.
_IMPLIED: dict[str, Any] = {"is_true": True, "is_false": False, "is_empty": []}
#: Those that hold no fact.
_OFFICES = {"县工商联": Text("县工商联", "County federation of industry and commerce")}
_YES_NO = {True: Text("是", "yes"), False: Text("否", "no")}
_NONE = Text("无", "none")
_JOIN = Text("、", ", ")
_OUTCOME = {
    True: Text("实际为{actual},符合。", "yours: {actual}; met."),
    False: Text("实际为{actual},不符合。", "yours: {actual}; not met."),
    None: Text(
        "实际为{actual},但用于比较的数值尚不清楚。",
        "yours: {actual}, but the figure to compare with is not known yet.",
    ),
}
_OPEN = Text("尚不清楚。", "not known yet.")
_WARNINGS = {
    "derived_conflict": Text(
        "所填“{last}”与由其他事实推得的结果不一致,以所填为准。",
        "The “{last}” given differs from what follows from the other facts; the value given is used.",
    ),
    "code_check_digit": Text(
        "“{last}”的校验码应为 {check},请核对;结果不受影响。",
        "The check character of the “{last}” should be {check}; please compare it. The result is not affected.",
    ),
    "inconsistent_facts": Text(
        "{all}:所填内容相互矛盾或晚于所问日期,请核对;结果按所填计算。",
        "{all}: the values contradict each other or lie after the date asked; they are used as given.",
    ),
    "not_operating": Text(
        "登记状态为{value},办理前请先向登记机关核实。",
        "The registration state is “{value}”; check with the registration authority first.",
    ),
    "date_in_future": Text(
        "所问日期尚未到来,按目前已知的规定回答。",
        "The date asked lies in the future; the answer is by the rules known now.",
    ),
}
_REQUIRED = Text("{label}{words};", "{label} {words}; ")


def json_value(fact: Fact, value: Value | None) -> Any:
    """The value as the API shows it: money and rates as plain text, sets as lists in the order of the members."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, frozenset):
        return [member.value for member in fact.members if member.value in value]
    if isinstance(value, date):
        return value.isoformat()
    if fact.type is FactType.INT:
        return int(value)
    return money_text(Decimal(value)) if fact.type is FactType.MONEY else number_text(value)


def office_names(vocabulary: Vocabulary, offices: Iterable[str], language: Language) -> list[str]:
    """What offices are called; one that is not known in English keeps its own name."""
    found = (vocabulary.offices.get(office) or _OFFICES.get(office) for office in offices)
    return [office if words is None else words.in_(language) for office, words in zip(offices, found, strict=True)]


def value_text(fact: Fact, value: Value, language: Language) -> str:
    """The value in words, with its unit."""
    if isinstance(value, bool):
        return _YES_NO[value].in_(language)
    if isinstance(value, frozenset):
        members = [fact.member_labels[m.value].in_(language) for m in fact.members if m.value in value]
        return _JOIN.in_(language).join(members) or _NONE.in_(language)
    if isinstance(value, str):
        label = fact.member_labels.get(value)
        return value if label is None else label.in_(language)
    if isinstance(value, date):
        return value.isoformat()
    unit = UNITS.get(fact.unit or "")
    return number_text(value) + (unit.in_(language) if unit else "")


def expected_json(fact: Fact, leaf: Comparison) -> Any:
    """The right side of a condition as the API shows it: a value, a list, or another fact."""
    expected = leaf.expected
    if isinstance(expected, FactOperand):
        plus = {"plus": json_value(fact, expected.plus)} if expected.plus else {}
        return {"fact": expected.fact, **plus}
    if isinstance(expected, tuple):
        return list(expected)
    return _IMPLIED[leaf.operator] if expected is None else json_value(fact, expected)


def expected_text(fact: Fact, expected: Expected, vocabulary: Vocabulary, language: Language) -> str:
    """The right side of a condition in words."""
    if isinstance(expected, FactOperand):
        words = f"“{vocabulary[expected.fact].label.in_(language)}”"
        return f"{words} + {value_text(fact, expected.plus, language)}" if expected.plus else words
    if isinstance(expected, tuple):
        labels = (fact.member_labels.get(member) for member in expected)
        named = [label.in_(language) if label else member for label, member in zip(labels, expected, strict=True)]
        return _JOIN.in_(language).join(named)
    return "" if expected is None else value_text(fact, expected, language)


def requirement_text(leaf: Comparison, vocabulary: Vocabulary, language: Language) -> str:
    """What the condition asks for, in words."""
    fact = vocabulary[leaf.fact]
    words = OPERATORS[leaf.operator].words.in_(language)
    return words.format(expected=expected_text(fact, leaf.expected, vocabulary, language))


class ReasonWords:
    """The words of one condition, prepared once: only the asker's value is filled in."""

    __slots__ = ("_fact", "_hint", "_language", "_opened", "_outcomes")

    def __init__(self, leaf: Comparison, vocabulary: Vocabulary, language: Language) -> None:
        """Prepare what is asked: the label and the requirement."""
        self._fact = vocabulary[leaf.fact]
        self._language: Language = language
        label, words = (
            self._fact.label.in_(language),
            requirement_text(leaf, vocabulary, language),
        )
        self._opened = _REQUIRED.in_(language).format(label=label, words=words)
        self._outcomes = {truth: form.in_(language).split("{actual}") for truth, form in _OUTCOME.items()}
        self._hint = leaf.hint

    def sentence(self, actual: Value | None, truth: Truth) -> str:
        """One sentence: what is asked, what is there, whether it is met, and advice where there is some."""
        if actual is None:
            return self._opened + _OPEN.in_(self._language)
        before, after = self.around(actual, truth)
        return f"{before}{value_text(self._fact, actual, self._language)}{after}"

    def around(self, actual: Value, truth: Truth) -> tuple[str, str]:
        """What stands before and after a known value; the same for all figures."""
        before, after = self._outcomes[truth]
        hint = self._hint
        if truth is False and hint and (not hint.when or actual in hint.when):
            after += f" {hint.text.en}" if self._language == "en" else hint.text.zh
        return self._opened + before, after


def warning_text(
    warning: FactWarning,
    vocabulary: Vocabulary,
    given: Mapping[str, Value],
    language: Language,
) -> str:
    """A warning in words."""
    labels = [vocabulary[fact].label.in_(language) for fact in warning.facts]
    last = warning.facts[-1] if warning.facts else ""
    value = given.get(last)
    return (
        _WARNINGS[warning.code]
        .in_(language)
        .format(
            last=labels[-1] if labels else "",
            all=_JOIN.in_(language).join(labels),
            check=check_character(value) if warning.code == "code_check_digit" and isinstance(value, str) else "",
            value=value_text(vocabulary[last], value, language) if value is not None else "",
        )
    )
