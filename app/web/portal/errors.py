"""The catalogue of errors, made from the tables that the service answers from: none can be missing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from app.api.problems import PROBLEMS
from app.rules.messages import MESSAGES
from app.rules.text import Text
from app.screening.readers.messages import CURES, FILE_FAULTS
from app.web.portal.html import Html, code, joined, prose, table, tag

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from app.api.problems import ProblemType
    from app.rules.text import Language

__all__ = ["VALUES", "cure_of", "errors_page"]

_LEAD: Final = Text(
    "每个不成功的回答都是 RFC 9457 的 `application/problem+json`。"
    "程序看 `code`，人看 `title` 和 `detail`；`errors` 逐处指出不对的值。",
    "Every answer that is no success is RFC 9457 `application/problem+json`. Programs read `code`, people `title` and "
    "`detail`; `errors` names each value that is wrong.",
)
_PROBLEMS: Final = Text("问题", "Problems")
_FAULTS: Final = Text("值和名称的错误（`errors[].code`）", "Faults of values and names (`errors[].code`)")
_FILES: Final = Text("名册文件的错误", "Faults of registry files")
_HEADINGS: Final = (Text("代码", "Code"), Text("原因", "Cause"), Text("办法", "Cure"))
_WORDS: Final = (Text("代码", "Code"), Text("说明与办法", "What it says"))
#: How the words of a problem are to be read.
VALUES: Final = Text("斜体的词在回答里换成具体的值。", "Words in italics stand for what the answer fills in.")
#: Further words that an answer adds where they fit.
_COMPOSED: Final = re.compile(r"\{(?:suggest|cure)\}")
#: What to do with a status as such.
_RETRIES: Final[Mapping[int, Text]] = {
    409: Text("稍后再试。", "Try again later."),
    429: Text("按 `Retry-After` 等待后再试。", "Wait as `Retry-After` says, then try again."),
    500: Text("报告时附上 `request_id`。", "Report it with its `request_id`."),
    503: Text("按 `Retry-After` 等待后再试。", "Wait as `Retry-After` says, then try again."),
}


def errors_page(language: Language) -> tuple[Html, ...]:
    """Every problem with cause and cure, and every code of a single fault."""
    problems = (_problem(kind, language) for kind in PROBLEMS.values())
    return (
        tag("div", tag("p", prose(_LEAD.in_(language))), tag("p", VALUES.in_(language)), class_="lead"),
        *_part(_PROBLEMS, _HEADINGS, problems, language),
        *_part(_FAULTS, _WORDS, (_fault(name, words, language) for name, words in MESSAGES.items()), language),
        *_part(_FILES, _HEADINGS, (_file(name, words, language) for name, words in FILE_FAULTS.items()), language),
    )


def _part(title: Text, headings: tuple[Text, ...], rows: Iterable[Html], language: Language) -> tuple[Html, Html]:
    shown = title.in_(language)
    heads = [heading.in_(language) for heading in headings]
    return tag("h2", prose(shown)), table(heads, rows, shown.replace("`", ""))


def cure_of(kind: ProblemType, language: Language) -> Html:
    """What to do about a problem, and about its status as such."""
    again = _RETRIES.get(kind.status)
    return joined([prose(kind.detail.in_(language)), *((" ", prose(again.in_(language))) if again else ())])


def _problem(kind: ProblemType, language: Language) -> Html:
    name = tag("a", code(kind.code), href=f"{kind.uri}?lang={language}")
    return tag(
        "tr",
        tag("th", name, tag("span", str(kind.status), class_="status"), scope="row"),
        tag("td", kind.title.in_(language)),
        tag("td", cure_of(kind, language)),
        id=kind.code,
    )


def _fault(name: str, words: Text, language: Language) -> Html:
    said = _COMPOSED.sub("", words.in_(language))
    return tag("tr", tag("th", code(name), scope="row"), tag("td", prose(said)))


def _file(name: str, words: Text, language: Language) -> Html:
    cure = CURES.get(name)
    return tag(
        "tr",
        tag("th", code(name), scope="row"),
        tag("td", prose(words.in_(language))),
        tag("td", prose(cure.in_(language)) if cure else None),
    )
