"""Figures that the plan leaves to the county, entered with their dates and their source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from app.rules.errors import Fault, InputError, excerpt
from app.rules.policy import ParameterValue
from app.rules.reading import read_date, read_fact, read_text
from app.rules.text import Text
from app.rules.vocabulary import Fact, FactType, nearest
from app.storage.repositories import Parameters, StoredFigure

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from app.clock import Clock
    from app.rules.policy import Parameter, Policy
    from app.storage.session import Database

__all__ = ["FigureEntry", "as_parameter_values", "enter_figure"]

_NO_WORDS: Final = Text("", "")
_LARGEST: Final = {FactType.RATE: Decimal(1)}
_DEFAULT_LARGEST: Final = Decimal(10) ** 15


@dataclass(frozen=True, slots=True)
class FigureEntry:
    """A figure as typed; ``valid_to`` is the last day on which it holds, None while open."""

    name: str
    value: str
    valid_from: str
    valid_to: str | None
    source: str


def enter_figure(database: Database, policy: Policy, entry: FigureEntry, clock: Clock) -> StoredFigure:
    """Keep a figure; it takes the place of an earlier one of the same name and start.

    Raises:
        InputError: every bad value, by the name of its field.
        StorageError: it could not be kept.
    """
    faults: list[Fault] = []
    parameter = policy.parameters.get(entry.name)
    if parameter is None:
        suggestions = nearest(entry.name, policy.parameters)
        faults.append(Fault("unknown_figure", ("name",), {"value": excerpt(entry.name)}, suggestions))
    else:
        faults += _value_faults(parameter, entry.value)
    first, last = (_take(_day(raw), name, faults) for name, raw in _days(entry))
    source = _take(read_text(entry.source), "source", faults)
    if first and last and last < first:
        faults.append(Fault("time_order", ("valid_to",), {"not_before": ("valid_from",)}))
    if faults:
        raise InputError(faults)
    figure = StoredFigure(
        policy_id=policy.id,
        name=entry.name,
        valid_from=first,
        valid_to=last + timedelta(days=1) if last else None,
        value=entry.value.strip(),
        source=source,
        entered_at=clock.now(),
    )
    with database.writing() as session:
        Parameters(session).enter(figure)
    return figure


def as_parameter_values(figures: Iterable[StoredFigure]) -> Mapping[str, list[ParameterValue]]:
    """What a policy is laid over with."""
    found: dict[str, list[ParameterValue]] = {}
    for figure in figures:
        value = ParameterValue(figure.valid_from, figure.valid_to, Decimal(figure.value), figure.source)
        found.setdefault(figure.name, []).append(value)
    return found


def _days(entry: FigureEntry) -> tuple[tuple[str, str | None], ...]:
    return ("valid_from", entry.valid_from), ("valid_to", entry.valid_to)


def _day(raw: str | None) -> date | Fault | None:
    return None if raw is None else read_date(raw)


def _take(read: Any, name: str, faults: list[Fault]) -> Any:
    """What was read; None, with the fault noted, when it could not be."""
    if not isinstance(read, Fault):
        return read
    faults.append(read.below(name))
    return None


def _value_faults(parameter: Parameter, raw: str) -> list[Fault]:
    """A figure is read as a fact of its type would be: exactly and within bounds."""
    kind = FactType(parameter.type)
    largest = _LARGEST.get(kind, _DEFAULT_LARGEST)
    fact = Fact(parameter.id, 0, "", kind, parameter.label, _NO_WORDS, _NO_WORDS, minimum=Decimal(0), maximum=largest)
    read = read_fact(fact, raw.strip())
    return [fault.below("value") for fault in read] if isinstance(read, list) else []
