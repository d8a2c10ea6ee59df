"""Parameters: ``parameter_unused``, and figures published that their type, their dates or each other rule out."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from app.rules.amount_bounds import parameter_span
from app.rules.amounts import parameters_of
from app.rules.errors import Fault
from app.rules.packs.checks.pack import one_of
from app.rules.vocabulary import DECIMALS, NUMERIC, FactType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.rules.errors import Path
    from app.rules.packs.checks.pack import Pack
    from app.rules.packs.raw import RawParameter, RawParameterValue

__all__ = ["check"]

_TYPES = sorted(kind.value for kind in NUMERIC)


def check(pack: Pack) -> Iterator[Fault]:
    """Every parameter is used by an amount, belongs to a clause, and has figures that can be."""
    amounts = (placed.version.amount for placed in pack.versions)
    used = {name for amount in amounts if amount is not None for name in parameters_of(amount)}
    clauses = [clause.clause for clause in pack.raw.clauses]
    for parameter in pack.raw.parameters:
        path: Path = ("parameters", parameter.id)
        if parameter.id not in used:
            yield Fault("parameter_unused", path, {"value": parameter.id})
        yield from one_of(parameter.clause, clauses, (*path, "clause"), "unknown_measure")
        yield from one_of(parameter.type, _TYPES, (*path, "type"))
        if parameter.type in _TYPES:
            yield from _figures(parameter, path)


def _figures(parameter: RawParameter, path: Path) -> Iterator[Fault]:
    for place, item in enumerate(parameter.values):
        here = (*path, "values", place)
        yield from _figure(parameter.type, item, here)
        if item.valid_to is not None and item.valid_to < item.valid_from:
            yield Fault("version_order", (*here, "valid_to"), {"value": item.valid_to, "not_before": item.valid_from})
        for other in parameter.values[:place]:
            starts = max(item.valid_from, other.valid_from)
            if all(end is None or end >= starts for end in (item.valid_to, other.valid_to)):
                yield Fault(
                    "version_overlap", (*here, "valid_from"), {"value": item.valid_from, "until": other.valid_to}
                )


def _figure(kind: str, item: RawParameterValue, path: Path) -> Iterator[Fault]:
    value, span, decimals = Decimal(item.value), parameter_span(kind), DECIMALS[FactType(kind)]
    low, high = (Decimal(int(end)) for end in (span.low or 0, span.high or 0))
    if not low <= value <= high:
        yield Fault("out_of_range", (*path, "value"), {"value": item.value, "minimum": low, "maximum": high})
    elif value != round(value, decimals):
        yield Fault("too_many_decimals", (*path, "value"), {"value": item.value, "decimals": decimals})
