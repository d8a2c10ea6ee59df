"""Values into JSON that the service reads exactly: amounts as plain decimal text, times with an offset."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

__all__ = ["to_json", "to_text"]


def to_json(value: Any) -> bytes:
    """The JSON of a value.

    Raises:
        TypeError: something in it is a float or has no form in JSON.
        ValueError: an amount that is not finite, or a time without an offset.
    """
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":")).encode()


def to_text(value: date | Decimal | str) -> str:
    """A date, a time or an amount as the service reads it.

    Raises:
        ValueError: an amount that is not finite, or a time without an offset.
    """
    if isinstance(value, datetime):
        if value.utcoffset() is None:
            message = f"{value!r} has no offset"
            raise ValueError(message)
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        if not value.is_finite():
            message = f"{value!r} is no amount"
            raise ValueError(message)
        return format(value, "f")
    return value


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Decimal | date):
        return to_text(value)
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return [_plain(inner) for inner in value]
    message = f"{value!r:.60} cannot be sent exactly: use Decimal or text in place of {type(value).__name__}"
    raise TypeError(message)
