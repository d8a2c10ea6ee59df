"""Reading raw facts: JSON values in, exact values out, one :class:`Fault` for each that cannot be.

JSON numbers arrive as :class:`Number`, the token itself, so that no digit is lost on the way.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from app.rules.codes import CODE_FORMS
from app.rules.errors import Fault, excerpt
from app.rules.money import EXACT
from app.rules.vocabulary import Fact, FactType, Value, Vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = [
    "MAX_FAULTS",
    "MAX_SET_ITEMS",
    "MAX_TEXT",
    "Number",
    "is_clean_text",
    "json_type",
    "read_date",
    "read_fact",
    "read_facts",
    "read_text",
]

MAX_FAULTS = 50
MAX_FACTS = 500
MAX_SET_ITEMS = 50
MAX_TEXT = 200
MAX_NUMBER_TOKEN = 40
MAX_EXPONENT = 20
_SHORT = 16
_EXPONENT_DIGITS = 2

_PLAIN_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
#: What may stand around a text: spaces of every width and the ends of lines, but no other control character.
_AROUND = "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"


class Number(str):
    """A JSON number as it was written."""

    __slots__ = ()


def json_type(raw: object) -> str:
    """What a JSON reader would call the value."""
    if raw is None:
        return "null"
    if isinstance(raw, bool):
        return "boolean"
    if isinstance(raw, (Number, int, Decimal)):
        return "number"
    if isinstance(raw, str):
        return "string"
    return "array" if isinstance(raw, (list, tuple)) else "object"


def read_facts(vocabulary: Vocabulary, raw: Mapping[str, Any]) -> tuple[dict[str, Value], list[Fault]]:
    """Every fact that is given and not null, exactly; and every fault, with paths below the facts object."""
    if len(raw) > MAX_FACTS:
        return {}, [Fault("too_many_items", (), {"limit": MAX_FACTS})]
    values: dict[str, Value] = {}
    faults: list[Fault] = []
    for fact_id, item in raw.items():
        fact = vocabulary.get(fact_id)
        if fact is None:
            if len(faults) < MAX_FAULTS:
                faults.append(vocabulary.unknown_fact(fact_id, fact_id))
        elif (item is True or item is False) and fact.type is FactType.BOOL:
            values[fact_id] = item
        elif item is not None:
            value = _READERS[fact.type](fact, item)
            if type(value) is Fault:
                faults.append(value.below(fact_id))
            elif type(value) is list:
                faults.extend(fault.below(fact_id) for fault in value)
            else:
                values[fact_id] = value
    return values, faults


def read_fact(fact: Fact, raw: object) -> Value | list[Fault]:
    """One raw value of ``fact``: the exact value, or its faults (paths below the fact)."""
    value = _READERS[fact.type](fact, raw)
    return [value] if isinstance(value, Fault) else value


def _wrong_type(expected: str, raw: object, **params: Any) -> Fault:
    return Fault("wrong_type", (), {"expected": expected, "actual": json_type(raw), **params})


def _read_bool(_fact: Fact, raw: Any) -> Any:
    if raw is True or raw is False:
        return raw
    return _wrong_type("boolean", raw)


def _read_enum(fact: Fact, raw: Any) -> Any:
    if raw in fact.allowed if type(raw) is str else False:
        return raw
    if isinstance(raw, Number) or not isinstance(raw, str):
        return _wrong_type("string", raw)
    return _not_in_enum(fact, raw)


def _not_in_enum(fact: Fact, raw: str, *path: int) -> Fault:
    return Fault(
        "not_in_enum",
        path,
        {"value": excerpt(raw), "allowed": [m.value for m in fact.members]},
    )


def _read_set(fact: Fact, raw: Any) -> Any:
    if not isinstance(raw, list):
        return _wrong_type("array", raw)
    faults: list[Fault] = []
    for position, item in enumerate(raw):
        if len(faults) >= MAX_FAULTS:
            break
        if isinstance(item, Number) or not isinstance(item, str):
            faults.append(_wrong_type("string", item).below(position))
        elif item not in fact.allowed:
            faults.append(_not_in_enum(fact, item, position))
    if not faults:
        return frozenset(raw)
    strings = {item for item in raw if isinstance(item, str)}
    return Fault("too_many_items", (), {"limit": MAX_SET_ITEMS}) if len(strings) > MAX_SET_ITEMS else faults


def _read_number(fact: Fact, raw: Any) -> Any:
    if isinstance(raw, str) and len(raw) < _SHORT and raw.isascii() and raw.isdigit() and (raw[0] != "0" or raw == "0"):
        return _bounded_integer(fact, raw)
    if isinstance(raw, Number):
        value = _token_value(raw)
    elif isinstance(raw, str):
        if not _PLAIN_NUMBER.fullmatch(raw):
            return Fault("number_format", (), {"value": excerpt(raw), "type": fact.type.value})
        value = Decimal(raw) if len(raw) <= MAX_NUMBER_TOKEN else None
    elif isinstance(raw, (int, Decimal)) and not isinstance(raw, bool):
        value = Decimal(raw)
    else:
        return _wrong_type("integer" if fact.type is FactType.INT else "number", raw)
    if value is None:
        return _out_of_range(fact, raw)
    return _bounded(fact, value, raw)


def _bounded_integer(fact: Fact, digits: str) -> Any:
    if len(digits) <= fact.safe_digits:
        return int(digits) if fact.type is FactType.INT else Decimal(digits)
    value = Decimal(digits)
    if (fact.maximum is not None and value > fact.maximum) or (fact.minimum is not None and value < fact.minimum):
        return _out_of_range(fact, digits, value)
    return int(digits) if fact.type is FactType.INT else value


def _token_value(token: str) -> Decimal | None:
    """The number that a JSON token stands for; None when it is too long or its exponent too large."""
    exponent = token.lower().partition("e")[2].lstrip("+-").lstrip("0")
    if len(token) > MAX_NUMBER_TOKEN or len(exponent) > _EXPONENT_DIGITS or int(exponent or "0") > MAX_EXPONENT:
        return None
    return Decimal(token)


def _bounded(fact: Fact, value: Decimal, raw: object) -> Any:
    if fact.type is FactType.INT and value != value.to_integral_value():
        return _wrong_type("integer", raw, value=excerpt(raw))
    low, high = fact.minimum, fact.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        return _out_of_range(fact, raw, value)
    if fact.type is FactType.INT:
        return int(value)
    if value != value.quantize(fact.quantum, context=EXACT):
        return Fault("too_many_decimals", (), {"value": excerpt(raw), "decimals": fact.decimals})
    return value or Decimal(0)


def _out_of_range(fact: Fact, raw: object, value: Decimal | None = None) -> Fault:
    params: dict[str, Any] = {
        "value": excerpt(raw),
        "minimum": fact.minimum,
        "maximum": fact.maximum,
    }
    if value is not None and fact.type is FactType.RATE and value > 1:
        params["fraction"] = value / 100
    return Fault("out_of_range", (), params)


def read_date(raw: object, low: date | None = None, high: date | None = None) -> date | Fault:
    """A calendar date written exactly ``YYYY-MM-DD``, within the bounds."""
    if isinstance(raw, Number) or not isinstance(raw, str):
        return _wrong_type("date", raw)
    if not _DATE.fullmatch(raw):
        return Fault("date_format", (), {"value": excerpt(raw)})
    try:
        value = date.fromisoformat(raw)
    except ValueError:
        return Fault("date_invalid", (), {"value": excerpt(raw)})
    if (low and value < low) or (high and value > high):
        return Fault("out_of_range", (), {"value": raw, "minimum": low, "maximum": high})
    return value


def is_clean_text(text: str) -> bool:
    """Whether the text is free of control, bidirectional-override, zero-width and surrogate code points."""
    return text.isprintable() or not any(unicodedata.category(char) in _HIDDEN for char in text)


def read_text(raw: object) -> str | Fault:
    """Text: trimmed, at most 200 code points, normalised to NFC, nothing invisible in it, not blank."""
    if isinstance(raw, Number) or not isinstance(raw, str):
        return _wrong_type("string", raw)
    text = raw.strip(_AROUND)
    if len(text) > MAX_TEXT:
        return Fault("text_too_long", (), {"limit": MAX_TEXT, "length": len(text)})
    if not text:
        return Fault("text_empty")
    if not is_clean_text(text):
        hidden = next(char for char in text if unicodedata.category(char) in _HIDDEN)
        return Fault("text_invalid", (), {"character": f"U+{ord(hidden):04X}"})
    return unicodedata.normalize("NFC", text)


def _read_code(fact: Fact, raw: Any) -> Any:
    if isinstance(raw, Number) or not isinstance(raw, str):
        return _wrong_type("string", raw, as_text=True)
    form = CODE_FORMS[fact.code or ""]
    code = raw.upper() if len(raw) <= form.longest and raw.isascii() else raw
    if form.pattern.fullmatch(code):
        return code
    return Fault(
        "code_format",
        (),
        {"value": excerpt(raw), "kind": fact.code, "character": form.impossible(code)},
    )


_READERS: dict[FactType, Callable[[Fact, Any], Any]] = {
    FactType.BOOL: _read_bool,
    FactType.INT: _read_number,
    FactType.MONEY: _read_number,
    FactType.RATE: _read_number,
    FactType.NUMBER: _read_number,
    FactType.DATE: lambda _fact, raw: read_date(raw),
    FactType.TEXT: lambda _fact, raw: read_text(raw),
    FactType.ENUM: _read_enum,
    FactType.SET: _read_set,
    FactType.CODE: _read_code,
}
