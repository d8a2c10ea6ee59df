"""Timestamps in: RFC 3339 with an offset; seconds may be left out, as clocks on pages do."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Any, Final

from app.rules.errors import Fault, excerpt
from app.rules.reading import Number, json_type

__all__ = ["read_timestamp"]

_FORM: Final = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?"
    r"(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))?"
)
_MICROSECOND_DIGITS: Final = 6
_MAX_OFFSET_HOUR, _MAX_OFFSET_MINUTE = 23, 59


def read_timestamp(raw: Any) -> datetime | Fault:
    """A moment with its offset; digits beyond the microsecond are dropped.

    Leap seconds, 24:00 and offsets without a colon are refused: not every reader of the answer could repeat them.
    """
    if isinstance(raw, Number) or not isinstance(raw, str):
        return Fault("wrong_type", (), {"expected": "timestamp", "actual": json_type(raw)})
    found = _FORM.fullmatch(raw)
    if found is None:
        return Fault("timestamp_format", (), {"value": excerpt(raw)})
    offset = _offset(found)
    if offset is None:
        return Fault("timestamp_format", (), {"value": excerpt(raw)})
    micro = (found[7] or "0")[:_MICROSECOND_DIGITS].ljust(_MICROSECOND_DIGITS, "0")
    try:
        year, month, day, hour, minute, second = (int(found[part] or 0) for part in range(1, 7))
        moment = datetime(year, month, day, hour, minute, second, int(micro), tzinfo=offset)
    except ValueError:
        return Fault("timestamp_format", (), {"value": excerpt(raw)})
    if raw[-1] not in "Zz" and found[8] is None:
        return Fault("timestamp_naive", (), {"value": excerpt(raw)})
    return moment


def _offset(found: re.Match[str]) -> timezone | None:
    """The offset written (UTC where none is); None when there is no such offset."""
    hours, minutes = int(found[9] or 0), int(found[10] or 0)
    if hours > _MAX_OFFSET_HOUR or minutes > _MAX_OFFSET_MINUTE:
        return None
    span = timedelta(hours=hours, minutes=minutes)
    return timezone(-span if found[8] == "-" else span)
