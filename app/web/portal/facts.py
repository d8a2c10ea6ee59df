"""The dictionary of facts, made from the vocabulary of the policy that answers."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from app.rules.money import number_text
from app.rules.text import Text
from app.rules.wording import UNITS
from app.web.portal.html import Html, code, joined, prose, table, tag

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.rules.text import Language
    from app.rules.vocabulary import Fact, Vocabulary

__all__ = ["facts_page"]

_LEAD: Final = Text(
    "请求里 `facts` 可以给出的全部事实；都不是必填，没有给的就是不清楚。机器可读的同一份：`GET /v1/facts`。",
    "Every fact that `facts` of a request can hold; none is required, and what is not given is unknown. For programs: "
    "`GET /v1/facts`.",
)
_SEARCH: Final = Text("查找事实", "Find a fact")
_HINT: Final = Text("编号、中文或英文，如 高新、guarantee", "id, Chinese or English, e.g. hnte, guarantee")
_COUNT: Final = Text("{shown} 项，共 {all} 项", "{shown} of {all} facts")
_HEADINGS: Final = (
    Text("事实", "Fact"),
    Text("问法", "Question"),
    Text("取值", "Values"),
    Text("掌握部门", "Held by"),
    Text("标记", "Marks"),
)
_TYPES: Final = {
    "bool": Text("是或否", "true or false"),
    "int": Text("整数", "whole number"),
    "money": Text("金额", "money"),
    "rate": Text("比率，小数", "rate, a fraction"),
    "number": Text("数", "number"),
    "date": Text("日期", "date"),
    "text": Text("文本", "text"),
    "enum": Text("单选", "one of"),
    "set": Text("多选", "any of"),
    "code": Text("代码", "code"),
}
_MARKS: Final = {
    "actionable": Text("自己能改变", "can be changed"),
    "derived": Text("可推导", "derived"),
    "personal": Text("个人信息", "personal"),
}


@lru_cache(maxsize=4)
def facts_page(vocabulary: Vocabulary, language: Language) -> tuple[Html, ...]:
    """A table of all facts, searched in the browser."""
    total = str(len(vocabulary.facts))
    count = _COUNT.in_(language).format(shown=total, all=total)
    field = tag(
        "input", type="search", id="find", autocomplete="off", aria_describedby="find-hint", aria_controls="found"
    )
    rows = (_row(fact, language) for fact in vocabulary.facts)
    return (
        tag("div", tag("p", prose(_LEAD.in_(language))), class_="lead"),
        tag("label", tag("span", _SEARCH.in_(language)), field, class_="search", for_="find"),
        tag("p", _HINT.in_(language), class_="small", id="find-hint"),
        tag("p", count, role="status", id="found-count", data_words=_COUNT.in_(language)),
        table([heading.in_(language) for heading in _HEADINGS], rows, _SEARCH.in_(language), id="found"),
    )


def _row(fact: Fact, language: Language) -> Html:
    words = f"{fact.id} {fact.label.zh} {fact.label.en} {fact.question.zh} {fact.question.en}".lower()
    name = tag("th", code(fact.id), tag("span", fact.label.in_(language), class_="label"), scope="row")
    cells = (
        fact.question.in_(language),
        joined(_values(fact, language)),
        fact.owner.in_(language),
        joined(tag("span", mark, class_="mark") for mark in _marks(fact, language)),
    )
    return tag("tr", name, *(tag("td", cell) for cell in cells), id=fact.id, data_words=words)


def _values(fact: Fact, language: Language) -> Iterator[Html]:
    unit = UNITS.get(fact.unit or "")
    words = _TYPES[fact.type.value].in_(language) + (f" · {unit.in_(language).strip()}" if unit else "")
    yield tag("span", words)
    if fact.minimum is not None and fact.maximum is not None:
        yield tag("span", f"{number_text(fact.minimum)} … {number_text(fact.maximum)}", class_="small")
    members = (tag("li", code(member.value), f" {member.label.in_(language)}") for member in fact.members)
    if fact.members:
        yield tag("ul", *members)
    if fact.note:
        yield tag("span", fact.note.in_(language), class_="small")


def _marks(fact: Fact, language: Language) -> Iterator[str]:
    held = {"actionable": fact.actionable, "derived": fact.derived, "personal": fact.personal != "never"}
    yield from (_MARKS[name].in_(language) for name, is_held in held.items() if is_held)
