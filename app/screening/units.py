"""Units of columns and cells, as powers of ten of a fact's own unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.rules.vocabulary import FactType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.rules.vocabulary import Fact

__all__ = ["PARTIAL", "default_unit", "units_of"]

_MONEY: Final = {"元": 0, "人民币元": 0, "yuan": 0, "cny": 0, "rmb": 0, "千元": 3, "万元": 4, "百万元": 6, "亿元": 8}
_RATE: Final = {"%": -2, "百分之": -2, "percent": -2, "‰": -3, "小数": 0, "fraction": 0}
_POINTS: Final = {"bp": 0, "bps": 0, "个基点": 0, "基点": 0, "%": 2}
_COUNTS: Final[Mapping[str, Mapping[str, int]]] = {
    "person": {"人": 0, "名": 0, "千人": 3, "万人": 4, "person": 0, "persons": 0, "people": 0},
    "month": {"月": 0, "个月": 0, "month": 0, "months": 0},
    "parcel": {"件": 0, "万件": 4, "parcel": 0, "parcels": 0},
    "time": {"次": 0, "time": 0, "times": 0},
    "tonne_per_year": {"吨": 0, "吨/年": 0, "t": 0, "t/a": 0, "万吨": 4, "tonne": 0, "tonnes": 0},
    "kilowatt": {"千瓦": 0, "kw": 0, "万千瓦": 4, "兆瓦": 3, "mw": 3},
    "basis_point": _POINTS,
}
#: Without 元 these may mean the column's unit or yuan: allowed in a cell only where the column is in yuan.
PARTIAL: Final[Mapping[str, int]] = {"千": 3, "万": 4, "百万": 6, "亿": 8}


def units_of(fact: Fact) -> Mapping[str, int]:
    """Unit → power of ten; empty for a fact without figures or without units."""
    if fact.type is FactType.MONEY:
        return _MONEY
    if fact.type is FactType.RATE:
        return _RATE
    return _COUNTS.get(fact.unit or "", {})


def default_unit(fact: Fact) -> str | None:
    """The unit that is meant where a column names none, in the words of an office."""
    return next(iter(units_of(fact)), None) if fact.type is not FactType.RATE else "小数"
