"""``POST /v1/approval-targets/{id}/deadline``: the moments of one clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from app.api.json_reader import read_object
from app.api.problems import ProblemError
from app.api.requests.fields import Fields
from app.api.requests.timestamps import read_timestamp
from app.deadlines import DeadlineError, Pause, PauseReason
from app.rules.errors import Fault, Path, excerpt
from app.services.deadlines import DeadlineRequest

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from app.settings import Settings

__all__ = ["Clock", "answer_clock", "read_clock", "read_moment"]

FIELDS: Final = ("started_at", "pauses", "finished_at", "now", "known_at")
PAUSE_FIELDS: Final = ("from", "to", "reason")


class Clock(NamedTuple):
    """What could be read (None without a start), every fault so far, and the place of each pause in the body."""

    request: DeadlineRequest | None
    faults: list[Fault]
    places: list[int]


def read_clock(body: bytes, present: datetime, limits: Settings) -> Clock:
    """The moments in a request body; ``present`` stands where the body gives no ``now``.

    Raises:
        ProblemError: the body is no JSON object.
    """
    raw, faults = read_object(body, limits.max_json_depth)
    fields = Fields(raw, faults)
    fields.only(FIELDS)
    started_at = read_moment(fields, "started_at") if fields.required("started_at") is not None else None
    pauses = {
        place: pause
        for place, item in enumerate(fields.items("pauses", limits.max_pauses, may_be_empty=True) or [])
        if (pause := _pause(item, place, faults)) is not None
    }
    finished_at, now = read_moment(fields, "finished_at"), read_moment(fields, "now")
    if started_at is None:
        return Clock(None, faults, [])
    request = DeadlineRequest(started_at, now or present, tuple(pauses.values()), finished_at)
    return Clock(request, faults, list(pauses))


def answer_clock(clock: Clock, answer: Callable[[DeadlineRequest], dict[str, Any]]) -> dict[str, Any]:
    """The answer of the clock.

    Raises:
        ProblemError: every fault, those of reading and those that only counting can find.
    """
    faults: list[Fault] = list(clock.faults)
    if clock.request is not None:
        try:
            found = answer(clock.request)
        except DeadlineError as error:
            faults += [Fault(fault.code, _in_body(fault.path, clock.places), fault.params) for fault in error.faults]
        else:
            if not faults:
                return found
    raise ProblemError.invalid(faults)


def read_moment(fields: Fields, name: str) -> datetime | None:
    """A moment among the fields; None when absent or, faulted, when it is none."""
    raw = fields.value(name)
    found: datetime | None = None if raw is None else fields.take(read_timestamp(raw), name)
    return found


def _pause(raw: Any, place: int, faults: list[Fault]) -> Pause | None:
    """One pause; None when something in it is at fault."""
    path = ("pauses", place)
    if not isinstance(raw, dict):
        Fields({}, faults).wrong_type(raw, "object", *path)
        return None
    before = len(faults)
    fields = Fields(raw, faults, path)
    fields.only(PAUSE_FIELDS)
    begins = read_moment(fields, "from") if fields.required("from") is not None else None
    ends, reason = read_moment(fields, "to"), _reason(fields)
    return Pause(begins, ends, reason) if begins and reason and len(faults) == before else None


def _reason(fields: Fields) -> PauseReason | None:
    if fields.required("reason") is None:
        return None
    name = fields.text("reason")
    if name is not None and name not in tuple(PauseReason):
        allowed = [reason.value for reason in PauseReason]
        fields.fault("not_in_enum", "reason", params={"value": excerpt(name), "allowed": allowed})
        return None
    return None if name is None else PauseReason(name)


def _in_body(path: Path, places: list[int]) -> Path:
    """The path in the body of a fault in the pauses that could be read."""
    match path:
        case ("pauses", int(index), *rest):
            return ("pauses", places[index], *rest)
        case _:
            return path
