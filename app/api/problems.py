"""Every problem that the service answers (RFC 9457): one table from code to status and words, and how it is written.

``type`` is ``/problems/<code>``. A title is one short sentence that fits a toast; a detail says what to do next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson

from app.api.pointers import pointer_to
from app.api.problem_kinds import access, requests, screening, service
from app.api.problem_kinds.kind import ProblemType
from app.rules.errors import excerpt
from app.rules.messages import fault_message

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.rules.messages import Reported
    from app.rules.text import Language

__all__ = ["MAX_ERRORS", "PROBLEMS", "PROBLEM_JSON", "ProblemError", "ProblemType", "problem_body"]

PROBLEM_JSON: Final = b"application/problem+json"
MAX_ERRORS: Final = 50
_LONGEST_INSTANCE: Final = 60


PROBLEMS: Final[Mapping[str, ProblemType]] = {
    kind.code: kind for kind in (*requests.KINDS, *access.KINDS, *screening.KINDS, *service.KINDS)
}


class ProblemError(Exception):
    """Ends a request with one problem of the table; ``faults`` are the single bad values of a 422."""

    def __init__(
        self,
        code: str,
        params: Mapping[str, Any] | None = None,
        *,
        faults: Sequence[Reported] = (),
        headers: Sequence[tuple[bytes, bytes]] = (),
    ) -> None:
        super().__init__(code)
        self.kind = PROBLEMS[code]
        self.params = dict(params or {})
        self.faults = tuple(faults[:MAX_ERRORS])
        self.headers = tuple(headers)

    @classmethod
    def invalid(cls, faults: Sequence[Reported]) -> ProblemError:
        """The 422 that reports every bad value found, the first fault of each place."""
        found: dict[object, Reported] = {}
        for fault in faults:
            found.setdefault(fault.path, fault)
        return cls("validation_failed", {"count": len(found)}, faults=list(found.values()))


def problem_body(problem: ProblemError, language: Language, instance: str, request_id: str) -> bytes:
    """The problem as JSON bytes in the caller's language."""
    errors = [_entry(fault, language) for fault in problem.faults]
    fields = {name: excerpt(value) for name, value in problem.params.items()}
    detail = errors[0]["message"] if len(errors) == 1 else problem.kind.detail.in_(language).format_map(fields)
    return orjson.dumps(
        {
            "type": problem.kind.uri,
            "code": problem.kind.code,
            "title": problem.kind.title.in_(language),
            "status": problem.kind.status,
            "detail": detail,
            "instance": _shortened(instance),
            "request_id": request_id,
            "errors": errors,
        }
    )


def _entry(fault: Reported, language: Language) -> dict[str, Any]:
    suggestions: tuple[str, ...] = getattr(fault, "suggestions", ())
    spoken = getattr(fault, "spoken", None)
    return {
        "pointer": pointer_to(fault.path),
        "code": fault.code,
        "message": spoken(language) if spoken else fault_message(fault, language, suggestions),
        "suggestions": list(suggestions),
    }


def _shortened(path: str) -> str:
    """The path as a reference, never more than sixty characters of what the caller wrote nor half an escape."""
    shown = path[:_LONGEST_INSTANCE]
    return shown.rpartition("%")[0] if "%" in shown[-2:] else shown
