"""One kind of problem on a page of its own: where ``type`` of a problem leads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.rules.text import Text
from app.web.portal.errors import VALUES, cure_of
from app.web.portal.frame import Section
from app.web.portal.html import Html, code, prose, tag

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.api.problems import ProblemType
    from app.rules.text import Language

__all__ = ["problem_page", "problem_section"]

_CODE: Final = Text("代码", "Code")
_STATUS: Final = Text("HTTP 状态", "HTTP status")
_CAUSE: Final = Text("原因", "Cause")
_CURE: Final = Text("办法", "Cure")
_SINGLE: Final = Text(
    "哪些值不对、怎样改，逐处写在回答的 `errors` 里。",
    "Which values are wrong, and how to mend each, stands in `errors` of the answer.",
)
_ALL: Final = Text("全部错误", "All errors")
_WITH_PLACES: Final = "validation_failed"


def problem_section(kind: ProblemType) -> Section:
    """The page as a part of the catalogue of errors."""
    return Section("errors", kind.title, kind.uri)


def problem_page(kind: ProblemType, language: Language) -> tuple[Html, ...]:
    """Code, status, cause and cure, as in the catalogue, and the way to it."""
    parts = (
        (_CODE, code(kind.code)),
        (_STATUS, str(kind.status)),
        (_CAUSE, kind.title.in_(language)),
        (_CURE, cure_of(kind, language)),
    )
    told = (piece for name, value in parts for piece in (tag("dt", name.in_(language)), tag("dd", value)))
    catalogue = tag("a", _ALL.in_(language), href=f"/developers/errors?lang={language}#{kind.code}")
    notes = (tag("p", prose(note.in_(language)), class_="quiet") for note in _notes(kind))
    return tag("dl", *told, class_="problem"), *notes, tag("p", catalogue)


def _notes(kind: ProblemType) -> Iterator[Text]:
    if kind.code == _WITH_PLACES:
        yield _SINGLE
    if "{" in kind.detail.en:
        yield VALUES
