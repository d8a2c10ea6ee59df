"""The fields of one JSON object, read one by one while every fault is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from app.rules.errors import Fault, Path, excerpt
from app.rules.reading import Number, json_type
from app.rules.vocabulary import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

__all__ = ["Fields"]

_MAX_UNKNOWN: Final = 50


class Fields:
    """Reads from an object at ``path``; a null field is an absent one."""

    def __init__(self, raw: Mapping[str, Any], faults: list[Fault], path: Path = ()) -> None:
        self._raw, self._path = raw, path
        self.faults = faults

    def only(self, known: Collection[str]) -> None:
        """Fault every other name, with the nearest known ones."""
        for name in [name for name in self._raw if name not in known][:_MAX_UNKNOWN]:
            self.fault("unknown_field", name, params={"value": excerpt(name)}, suggestions=nearest(name, known))

    def fault(
        self,
        code: str,
        *path: str | int,
        params: Mapping[str, Any] | None = None,
        suggestions: tuple[str, ...] = (),
    ) -> None:
        """Add one fault below this object."""
        self.faults.append(Fault(code, (*self._path, *path), dict(params or {}), suggestions))

    def value(self, name: str) -> Any:
        """The raw value; None when absent."""
        return self._raw.get(name)

    def required(self, name: str) -> Any:
        """The raw value; faulted when absent."""
        found = self._raw.get(name)
        if found is None:
            self.fault("missing_field", name, params={"value": name})
        return found

    def typed(self, name: str, kind: type, expected: str) -> Any:
        """The value when it is of the JSON type; None when absent or, faulted, of another one."""
        found = self._raw.get(name)
        if found is None or (isinstance(found, kind) and not isinstance(found, Number)):
            return found
        self.wrong_type(found, expected, name)
        return None

    def wrong_type(self, found: Any, expected: str, *path: str | int) -> None:
        """Fault a value of the wrong JSON type."""
        self.fault("wrong_type", *path, params={"expected": expected, "actual": json_type(found)})

    def text(self, name: str) -> str | None:
        """A string, or None."""
        found: str | None = self.typed(name, str, "string")
        return found

    def items(self, name: str, limit: int, *, may_be_empty: bool = False) -> list[Any] | None:
        """A list of at most ``limit`` items; None when absent or faulted."""
        found = self.typed(name, list, "array")
        if found is None:
            return None
        if not found and not may_be_empty:
            self.fault("empty_list", name)
            return None
        if len(found) > limit:
            self.fault("too_many_items", name, params={"limit": limit})
            return None
        return list(found)

    def names(
        self, name: str, limit: int, check: Callable[[str], Fault | None], *, may_be_empty: bool = False
    ) -> frozenset[str] | None:
        """A list of names, each known to ``check``; None when absent or faulted."""
        found = self.items(name, limit, may_be_empty=may_be_empty)
        if found is None:
            return None
        before = len(self.faults)
        for place, item in enumerate(found):
            if isinstance(item, Number) or not isinstance(item, str):
                self.wrong_type(item, "string", name, place)
            elif (fault := check(item)) is not None:
                self.faults.append(fault.below(*self._path, name, place))
        return frozenset(found) if len(self.faults) == before else None

    def take(self, outcome: Any, *path: str | int) -> Any:
        """The value that a reader of the core made; None, faulted, when it made a fault."""
        if isinstance(outcome, Fault):
            self.faults.append(outcome.below(*self._path, *path))
            return None
        return outcome
