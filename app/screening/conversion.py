"""Raw columns to exact physical ones, many rows at a time, with the results of ``cells`` on each cell.

An expression takes what is surely in the public form; every other distinct text is read once by the cell reader. So
the expressions decide nothing of their own: what they do not recognise, the definition does.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Protocol

import polars as pl

from app.rules.errors import Fault, excerpt
from app.rules.money import EXACT
from app.rules.reading import read_fact
from app.rules.vocabulary import NUMERIC, Fact, FactType
from app.screening.cells import CellReader, Read, read_tagged_text, value_words
from app.screening.guessing import normalised, packaged_aliases
from app.screening.readers.faults import FileFault
from app.screening.readers.grid import BOOL, DATE, NUMBER, TEXT, untag

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.rules.columns_schema import PhysicalColumn
    from app.screening.mapping import Target

__all__ = ["BadCell", "ColumnPlan", "Converted", "EntityReader", "column_type_fault", "convert", "plan_column"]

_DIGITS: Final = 16
_INT64_DIGITS: Final = 18
_WIDEST_FACTOR: Final = 15
_DAY: Final = r"^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}$"
_USCC: Final = r"^[0-9A-HJ-NPQRTUWXY]{18}$"
_SAFE_TEXT: Final = r"^[0-9A-Za-z\x{4e00}-\x{9fff}（）]{1,200}$"
_INTEGERS: Final = (
    pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.Int128, pl.UInt8, pl.UInt16, pl.UInt32, pl.UInt64,
)  # fmt: skip
_TEXTS: Final = (pl.String, pl.Categorical, pl.Enum)
_FLOATS: Final = (pl.Float32, pl.Float64)


class Reader(Protocol):
    """Reads one tagged cell."""

    def read(self, cell: str) -> Read | Fault:
        """The value, or what is wrong with it."""


@dataclass(frozen=True, slots=True)
class EntityReader:
    """Reads what identifies a row."""

    def read(self, cell: str) -> Read | Fault:
        """Text, trimmed; a cell of spaces is empty."""
        tag, text = untag(cell)
        return read_tagged_text(tag, text) if tag or text.strip() else Read(None)


@dataclass(frozen=True)
class ColumnPlan:
    """How one column is read: into which physical column (None: text that identifies the row), and by which reader."""

    column: str
    physical: PhysicalColumn | None
    reader: Reader
    exponent: int = 0

    @property
    def dtype(self) -> pl.DataType:
        """The type of the native column."""
        return self.physical.dtype if self.physical is not None else pl.String()


@dataclass(frozen=True, slots=True)
class BadCell:
    """A cell that cannot be read, by its place in the batch."""

    place: int
    text: str
    fault: Fault


@dataclass(frozen=True, slots=True)
class Converted:
    """A native column; its bad cells; and how many cells were read in another form, with the first as an example."""

    values: pl.Series
    bad: list[BadCell]
    rewritten: int = 0
    example: tuple[str, str] | None = None


def plan_column(
    column: str, target: Target, physical: PhysicalColumn, empty: frozenset[str], dtype: pl.DataType
) -> ColumnPlan:
    """The plan for a column that holds a fact."""
    fact, aliases = physical.fact, packaged_aliases()
    reader = CellReader(
        fact,
        target.unit,
        value_words(fact, target, aliases),
        frozenset(normalised(word) for word in aliases.none),
        empty,
        rounds=dtype in _FLOATS,
    )
    return ColumnPlan(column, physical, reader, reader.exponent)


def column_type_fault(column: str, fact: Fact | None, dtype: pl.DataType, *, allow_float: bool) -> FileFault | None:
    """Why a Parquet column of that type cannot hold the fact (None: text that identifies), if it cannot."""
    if dtype in _TEXTS or dtype == pl.Null:
        return None
    fits: tuple[type[pl.DataType], ...] = ()
    if fact is not None and fact.type in NUMERIC:
        fits = (*_INTEGERS, pl.Decimal, *(_FLOATS if allow_float else ()))
    elif fact is not None:
        fits = {FactType.BOOL: (pl.Boolean,), FactType.DATE: (pl.Date, pl.Datetime)}.get(fact.type, ())
        if fact.type is FactType.SET and isinstance(dtype, pl.List) and dtype.inner in (*_TEXTS, pl.Null):
            return None
    if dtype in fits:
        return None
    params = {
        "name": column,
        "dtype": str(dtype),
        "fact": fact.label if fact else "entity",
        "expected": _expected(fact),
    }
    return FileFault("column_type", params)


def _expected(fact: Fact | None) -> str:
    if fact is not None and fact.type in NUMERIC:
        return "int64, string" if fact.type is FactType.INT else "decimal128, int64, string"
    names = {FactType.BOOL: "bool, string", FactType.DATE: "date32, string", FactType.SET: "list<string>, string"}
    return names.get(fact.type, "string") if fact is not None else "string"


def convert(raw: pl.Series, plan: ColumnPlan) -> Converted:
    """The native column of a raw one: text with tags, or one of the types that ``column_type_fault`` lets through."""
    if raw.dtype == pl.List:
        return _sets(raw.cast(pl.List(pl.String)), plan)
    values = _surely(raw, plan)
    pending = raw.is_not_null() & values.is_null()
    if not pending.any():
        return Converted(values, [])
    places = pending.arg_true()
    return _read_rest(values, places, _as_text(raw.gather(places)), plan)


def _read_rest(values: pl.Series, places: pl.Series, texts: pl.Series, plan: ColumnPlan) -> Converted:
    """Each distinct text once, by the reader."""
    counts = texts.value_counts(sort=False, name="n")
    read: dict[str, object] = {}
    faults: dict[str, Fault] = {}
    rewritten, example = 0, None
    for text, count in counts.iter_rows():
        result = plan.reader.read(text)
        if isinstance(result, Fault):
            faults[text] = result
        elif result.value is not None:
            read[text] = plan.physical.encode(result.value) if plan.physical else result.value
            if result.echo is not None:
                rewritten += count
                example = example or (excerpt(untag(text)[1]), result.echo)
    if read:
        keys, found = pl.Series(list(read), dtype=pl.String), pl.Series(list(read.values()), dtype=plan.dtype)
        values = values.scatter(places, texts.replace_strict(keys, found, default=None, return_dtype=plan.dtype))
    bad = (
        [
            BadCell(place, untag(text)[1], faults[text])
            for place, text in zip(places, texts, strict=True)
            if text in faults
        ]
        if faults
        else []
    )
    return Converted(values, bad, rewritten, example)


def _as_text(raw: pl.Series) -> pl.Series:
    """Tagged text of cells that have a type of their own."""
    if raw.dtype == pl.String:
        return raw
    if raw.dtype in _TEXTS:
        return raw.cast(pl.String)
    tag = NUMBER
    if raw.dtype == pl.Boolean:
        tag = BOOL
    elif raw.dtype in (pl.Date, pl.Datetime):
        tag = DATE
    return pl.select(pl.lit(tag) + raw.cast(pl.String)).to_series()


def escaped(raw: pl.Series) -> pl.Series:
    """Text of a file that has types of its own, so that no text is taken for a tag."""
    if raw.dtype in _TEXTS:
        raw = raw.cast(pl.String)
        tagged = raw.str.starts_with("\0")
        if tagged.any():
            return pl.select(pl.when(tagged).then(pl.lit(TEXT) + raw).otherwise(raw).alias(raw.name)).to_series()
    return raw


# ------------------------------------------------------------------------------------------- what is surely in form


def _surely(raw: pl.Series, plan: ColumnPlan) -> pl.Series:
    """The native values of what is in the public form beyond doubt; null for all else."""
    expression = _expression(raw, plan)
    if expression is None:
        return pl.Series(raw.name, [None], dtype=plan.dtype).new_from_index(0, len(raw))
    return raw.to_frame("raw").select(expression.cast(plan.dtype)).to_series()


def _expression(raw: pl.Series, plan: ColumnPlan) -> pl.Expr | None:
    column, physical = pl.col("raw"), plan.physical
    kind = physical.fact.type if physical is not None else FactType.TEXT
    if physical is not None and kind in NUMERIC:
        if raw.dtype in _INTEGERS:
            return _scaled(column.cast(pl.Int128), 0, plan.exponent, physical)
        if isinstance(raw.dtype, pl.Decimal):
            return _scaled(column.to_physical().cast(pl.Int128), raw.dtype.scale, plan.exponent, physical)
        return _figures(column.cast(pl.String), plan.exponent, physical)
    if raw.dtype in (pl.Boolean, pl.Date):
        return column
    if raw.dtype == pl.Datetime:
        return pl.when(column.dt.truncate("1d") == column).then(column.dt.date())
    text = column.cast(pl.String)
    if kind is FactType.DATE:
        return _days(text.str.strip_prefix(DATE))
    return None if kind in (FactType.BOOL, FactType.SET) else _texts(text, physical)


def _days(text: pl.Expr) -> pl.Expr:
    return pl.when(text.str.contains(_DAY)).then(text).str.to_date("%Y-%m-%d", strict=False)


def _texts(text: pl.Expr, physical: PhysicalColumn | None) -> pl.Expr | None:
    fact = physical.fact if physical is not None else None
    if fact is not None and fact.type is FactType.ENUM:
        codes = [member.value for member in fact.members]
        return text.cast(pl.Enum(codes), strict=False).to_physical()
    if fact is None or fact.type is FactType.TEXT:
        return pl.when(text.str.contains(_SAFE_TEXT)).then(text)
    if fact.code == "division":
        return pl.when(text.str.contains("^[0-9]{6}$")).then(text)
    return pl.when(text.str.contains(_USCC)).then(text) if fact.code == "uscc" else None


def _bounds(physical: PhysicalColumn) -> tuple[int, int]:
    low, high = physical.fact.minimum, physical.fact.maximum
    widest = Decimal(10**15)
    ends = (-widest if low is None else low, widest if high is None else high)
    lowest, highest = (int(end.scaleb(physical.scale, context=EXACT)) for end in ends)
    return lowest, highest


def _scaled(number: pl.Expr, decimals: int, exponent: int, physical: PhysicalColumn) -> pl.Expr | None:
    """Integers at one scale to integers at another, where nothing is lost and the bounds hold."""
    shift = physical.scale + exponent - decimals
    if abs(shift) > _WIDEST_FACTOR:
        return None
    low, high = _bounds(physical)
    factor = 10 ** abs(shift)
    if shift >= 0:
        fits = number.is_between(_wide(-(-low // factor)), _wide(high // factor))
        return pl.when(fits).then(number * _wide(factor))
    fits = number.is_between(_wide(low * factor), _wide(high * factor)) & (number % _wide(factor) == _wide(0))
    return pl.when(fits).then(number // _wide(factor))


def _figures(text: pl.Expr, exponent: int, physical: PhysicalColumn) -> pl.Expr | None:
    """Plain decimals, written as text or typed as numbers, to scaled integers."""
    shift = physical.scale + exponent
    if not 0 <= shift <= _WIDEST_FACTOR:
        return None
    plain = text.str.strip_prefix(NUMBER)
    parts = plain.str.extract_groups(rf"^(-?)(0|[1-9][0-9]{{0,{_DIGITS - 1}}})(?:\.([0-9]{{0,{shift}}}?)0{{0,20}})?$")
    sign, whole, fraction = (parts.struct.field(str(place)) for place in (1, 2, 3))
    padded = pl.concat_str([whole, fraction.fill_null("").str.pad_end(shift, "0")])
    narrow = physical.dtype == pl.Int64 and shift <= _INT64_DIGITS - _DIGITS
    number = padded.cast(pl.Int64 if narrow else pl.Int128, strict=False)
    nothing = pl.lit(0) if narrow else _wide(0)
    signed = pl.when(sign == "-").then(nothing - number).otherwise(number)
    low, high = _bounds(physical)
    ends = (pl.lit(low), pl.lit(high)) if narrow else (_wide(low), _wide(high))
    return pl.when(signed.is_between(*ends) & ~plain.str.ends_with(".")).then(signed)


def _wide(value: int) -> pl.Expr:
    return pl.lit(value, dtype=pl.Int128)


def _sets(raw: pl.Series, plan: ColumnPlan) -> Converted:
    """Lists of members to bit masks; an empty list is a known 'none'."""
    physical = plan.physical
    if physical is None:
        raise ValueError(plan.column)
    found = pl.col("raw")
    members = list(physical.codes)
    known = found.list.eval(pl.element().is_in(members)).list.all()
    mask = pl.sum_horizontal(
        [
            pl.when(found.list.contains(member)).then(pl.lit(1 << bit)).otherwise(0)
            for member, bit in physical.codes.items()
        ]
    )
    nothing_null = found.list.eval(pl.element().is_null()).list.any().not_()
    values = raw.to_frame("raw").select(pl.when(known & nothing_null).then(mask).cast(plan.dtype)).to_series()
    pending = (raw.is_not_null() & values.is_null()).arg_true()
    return Converted(values, list(_bad_lists(raw, pending, physical)))


def _bad_lists(raw: pl.Series, pending: pl.Series, physical: PhysicalColumn) -> Iterable[BadCell]:
    for place in pending:
        items = raw[place].to_list()
        value = read_fact(physical.fact, items)
        if isinstance(value, list):
            yield BadCell(place, ", ".join(map(str, items)), value[0])
