"""JSON into the frozen values of `beizeng_client.models`. Members that a newer service adds are passed over."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Hashable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

__all__ = ["parse", "read"]

T = TypeVar("T")
_Reader = Callable[[Any], Any]


def parse(content: bytes) -> Any:
    """JSON with exact numbers.

    Raises:
        ValueError: it is no JSON.
    """
    return json.loads(content, parse_float=Decimal)


def read(kind: type[T], value: Any) -> T:
    """A value of that kind.

    Raises:
        ValueError: a member is missing or of another type.
    """
    try:
        found: T = _reader(cast("Hashable", kind))(value)
    except (ArithmeticError, AttributeError, KeyError, TypeError) as error:
        message = f"not a {kind.__name__}: {type(error).__name__} {error}"
        raise ValueError(message) from error
    return found


@cache
def _reader(kind: Any) -> _Reader:
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        (inner,) = (part for part in get_args(kind) if part is not NoneType)
        return _optional(_reader(inner))
    if origin is tuple:
        return _tuple(_reader(get_args(kind)[0]))
    if dataclasses.is_dataclass(kind):
        return _dataclass(kind)
    if origin is Literal or kind is str:
        return _exactly(str)
    if kind in (int, bool):
        return _exactly(kind)
    if origin is Mapping:
        return _exactly(dict)
    made: dict[Any, _Reader] = {Any: _as_is, Decimal: Decimal, date: date.fromisoformat, datetime: _moment}
    return made[kind]


def _as_is(value: Any) -> Any:
    return value


def _moment(value: str) -> datetime:
    return datetime.fromisoformat(value)


def _exactly(kind: type) -> _Reader:
    def reader(value: Any) -> Any:
        if type(value) is not kind:
            message = f"{value!r:.60} is no {kind.__name__}"
            raise TypeError(message)
        return value

    return reader


def _optional(inner: _Reader) -> _Reader:
    return lambda value: None if value is None else inner(value)


def _tuple(inner: _Reader) -> _Reader:
    return lambda value: tuple(inner(item) for item in value)


def _dataclass(kind: Any) -> _Reader:
    hints = get_type_hints(kind)
    parts: list[tuple[str, str, _Reader]] | None = None

    def reader(value: Any) -> Any:
        nonlocal parts
        if parts is None:  # not before the first value: a kind may hold itself
            parts = [
                (field.name, field.name.removesuffix("_"), _reader(hints[field.name]))
                for field in dataclasses.fields(kind)
            ]
        given = ((name, value[member], inner) for name, member, inner in parts if member in value)
        return kind(**{name: inner(member) for name, member, inner in given})

    return reader
