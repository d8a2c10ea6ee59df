"""``known_at``: which published versions a decision is to rest on, those known at a moment."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from app.api.json_reader import read_object
from app.api.problems import ProblemError
from app.api.requests.timestamps import read_timestamp
from app.deadlines import SHANGHAI
from app.rules.errors import Fault, excerpt
from app.rules.reading import Number, read_date

if TYPE_CHECKING:
    from app.settings import Settings

__all__ = ["KNOWN_AT", "asks_the_past", "read_known_at", "unknown_then"]

KNOWN_AT: Final = "known_at"
_DATE_LENGTH: Final = 10


def asks_the_past(content: bytes) -> bool:
    """Whether a body can hold the field, by a look that costs nothing."""
    return b"known_at" in content or b"\\u" in content


def read_known_at(content: bytes, now: datetime, limits: Settings) -> datetime | None:
    """The moment asked for; None where the present is. A date means the end of that day in the county.

    Raises:
        ProblemError: the body is no JSON object, the value no moment, or one that is still to come.
    """
    raw, _ = read_object(content, limits.max_json_depth)
    value = raw.get(KNOWN_AT)
    if value is None:
        return None
    moment = _moment(value, now)
    if not isinstance(moment, Fault) and moment > now:
        params = {"value": excerpt(value), "maximum": now.isoformat(timespec="seconds")}
        moment = Fault("out_of_range", (), params)
    if isinstance(moment, Fault):
        raise ProblemError.invalid([moment.below(KNOWN_AT)])
    return moment


def unknown_then(moment: datetime) -> ProblemError:
    """The problem that nothing had been published yet."""
    return ProblemError.invalid([Fault("out_of_range", (KNOWN_AT,), {"value": moment.isoformat(timespec="seconds")})])


def _moment(value: Any, now: datetime) -> datetime | Fault:
    if isinstance(value, Number) or not isinstance(value, str) or len(value) != _DATE_LENGTH:
        return read_timestamp(value)
    day = read_date(value)
    if isinstance(day, Fault):
        return day
    return now if day == now.date() else datetime.combine(day + timedelta(days=1), time(), SHANGHAI)
