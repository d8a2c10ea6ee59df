"""The developer portal at ``/developers`` and a page for each kind of problem at ``/problems/{code}``.

Put together here, in both languages, with nothing from another host.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fastapi import APIRouter
from starlette.responses import Response

from app.api.language import CONTENT_LANGUAGE
from app.api.problems import PROBLEMS, ProblemError
from app.api.responses import ASK_AGAIN, VARY, ByteResponse, entity_tag
from app.api.routing import BytesRoute, reads_query
from app.api.security import Scope, needs
from app.web.assets import files_in
from app.web.pages import PAGE_FRAMES, PAGE_POLICY, file_answer
from app.web.portal.changes import changes_page
from app.web.portal.errors import errors_page
from app.web.portal.facts import facts_page
from app.web.portal.frame import PAGES, framed
from app.web.portal.problem import problem_page, problem_section
from app.web.portal.sandbox import sandbox_page
from app.web.portal.start import start_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.api.call import Call
    from app.rules.text import Language
    from app.web.portal.frame import Section
    from app.web.portal.html import Html

__all__ = ["router"]

router = APIRouter(route_class=BytesRoute, include_in_schema=False)

_HTML: Final = b"text/html; charset=utf-8"
_FILES: Final = files_in(Path(__file__).parent / "portal" / "assets")
_SECTIONS: Final = {section.name: section for section in PAGES}
_CONTENTS: Final[dict[str, Callable[[Language], tuple[Html, ...]]]] = {
    "sandbox": sandbox_page,
    "errors": errors_page,
    "changes": changes_page,
}
_FACTS: Final = "facts"


@router.get("/developers", response_class=Response)
@needs(Scope.PUBLIC)
@reads_query
async def get_start(call: Call) -> Response:
    """The first page."""
    return _page(call, _SECTIONS[""], start_page)


@router.get("/developers/{name}", response_class=Response)  # noqa: FAST003  the call carries the path's parameters
@needs(Scope.PUBLIC)
@reads_query
async def get_section(call: Call) -> Response:
    """One of the others."""
    name = call.path_params["name"]
    if not name or name not in _SECTIONS:
        raise ProblemError("not_found")
    content = partial(facts_page, call.services.active().policy.vocabulary) if name == _FACTS else _CONTENTS[name]
    return _page(call, _SECTIONS[name], content)


@router.get("/developers/assets/{name}", response_class=Response)  # noqa: FAST003  the same
@needs(Scope.PUBLIC)
async def get_asset(call: Call) -> Response:
    """One script or style sheet."""
    return file_answer(_FILES.get(call.path_params["name"]))


@router.get("/problems/{code}", response_class=Response)  # noqa: FAST003  the same
@needs(Scope.PUBLIC)
@reads_query
async def get_problem(call: Call) -> Response:
    """What ``type`` of a problem stands for."""
    kind = PROBLEMS.get(call.path_params["code"])
    if kind is None:
        raise ProblemError("not_found")
    return _page(call, problem_section(kind), partial(problem_page, kind))


def _page(call: Call, section: Section, content: Callable[[Language], tuple[Html, ...]]) -> Response:
    """``?lang=zh`` or ``?lang=en`` chooses the language, else ``Accept-Language``; other parameters are let pass."""
    chosen = call.query_params.get("lang")
    language: Language = chosen if chosen in ("zh", "en") else call.language  # type: ignore[assignment]
    body = framed(section, language, *content(language))
    headers = ((b"content-language", CONTENT_LANGUAGE[language]), ASK_AGAIN, VARY, PAGE_POLICY, PAGE_FRAMES)
    return ByteResponse(body, _HTML, 200, headers, tag=entity_tag(body))
