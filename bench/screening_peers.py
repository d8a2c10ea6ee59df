"""The same registry decided by other means: Polars and SQL written out by hand, a loop, and the floor.

The peers are spared what is tedious by hand: they find derived facts settled in their file, keep a nullable boolean
for each rule (no bitmaps), and name no missing facts. Amounts are written anew, from the formulas of the day measured;
the test of all of them is that counts and fen are ours.
"""

from __future__ import annotations

from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import polars as pl

from app.rules.conditions import AllOf, Comparison, FactOperand
from app.rules.vocabulary import NUMERIC, FactType

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from app.rules.columns_schema import PhysicalColumn
    from app.rules.conditions import Condition
    from app.rules.edition import Edition
    from app.rules.evaluation import CompiledEdition

    Schema = Mapping[str, PhysicalColumn]

_OPERATORS = {
    "equal_to": ("=", "eq"),
    "less_than": ("<", "lt"),
    "less_than_or_equal_to": ("<=", "le"),
    "greater_than": (">", "gt"),
    "greater_than_or_equal_to": (">=", "ge"),
}
#: Steps of the tax on business income: up to (fen), rate (per cent), quick deduction (fen).
TAX = ((3_000_000, 5, 0), (9_000_000, 10, 150_000), (30_000_000, 20, 1_050_000), (50_000_000, 30, 4_050_000))
TOP_RATE, TOP_QUICK = 35, 6_550_000
CEILING = 200_000_000
#: Rules whose amount is money in hand.
IN_HAND = (
    "m09-vat-small-scale-exemption",
    "m09-small-profit-income-tax",
    "m09-individual-business-income-tax",
    "m09-conversion-deed-tax",
    "m19-guarantee-fee-subsidy",
    "m38-hnte-application-grant",
    "m38-hnte-certification-award",
)


# ------------------------------------------------------------------------------------------------ Polars by hand


def polars_by_hand(edition: Edition, schema: Schema) -> list[pl.Expr]:
    """One expression for each rule, and one for each amount; Polars looks for what they have in common."""
    rules = {s.rule.id: _polars(s.condition, schema) for s in edition.standings if s.in_force}
    amounts = {name: pl.when(rules[name]).then(fen) for name, fen in _polars_amounts(schema).items()}
    total = reduce(lambda one, other: one + other, [amounts[name].fill_null(0).cast(pl.Int128) for name in IN_HAND])
    return [
        *(truth.alias(name) for name, truth in rules.items()),
        *(fen.alias(f"{name}.fen") for name, fen in amounts.items()),
        total.alias("total_fen"),
    ]


def _polars(condition: Condition, schema: Schema) -> pl.Expr:
    if not isinstance(condition, Comparison):
        parts = [_polars(part, schema) for part in condition.parts]
        return reduce(and_ if isinstance(condition, AllOf) else or_, parts)
    column, actual = schema[condition.fact], pl.col(condition.fact)
    match condition.operator:
        case "is_true":
            return actual
        case "is_false":
            return ~actual
        case "is_empty":
            return actual == 0
        case "is_one_of":
            return actual.is_in([column.encode(word) for word in condition.expected])
        case "shares_at_least_one_element_with":
            return (actual & sum(1 << column.codes[word] for word in condition.expected)) != 0
    return getattr(actual, _OPERATORS[condition.operator][1])(_polars_right(condition, schema))


def _polars_right(leaf: Comparison, schema: Schema) -> Any:
    if isinstance(leaf.expected, FactOperand):
        other = pl.col(leaf.expected.fact)
        return other + schema[leaf.fact].encode(leaf.expected.plus) if leaf.expected.plus else other
    return schema[leaf.fact].encode(leaf.expected)


def _half_up(number: pl.Expr, divisor: int | pl.Expr) -> pl.Expr:
    return pl.when(number <= 0).then(0).otherwise((number * 2 + divisor) // (divisor * 2))


def _polars_amounts(schema: Schema) -> dict[str, pl.Expr]:
    code = {name: column.codes for name, column in schema.items()}
    sales, estate = pl.col("vat_period_sales"), pl.col("vat_period_real_estate_sales")
    levy = pl.col("vat_statutory_levy")
    levies = code["vat_statutory_levy"]
    percent = pl.when(levy == levies["three_percent"]).then(1).when(levy == levies["five_percent"]).then(5)
    quarter = pl.col("vat_filing_period") == code["vat_filing_period"]["quarter"]
    small = (sales <= 10_000_000) | (quarter & (sales <= 30_000_000))
    income, relief = pl.col("annual_taxable_income").cast(pl.Int128), pl.col("other_tax_relief_amount")
    within = pl.when(income <= CEILING).then(income).when(income > CEILING).then(CEILING)
    tax = within * TOP_RATE - TOP_QUICK * 100
    for top, rate, quick in reversed(TAX):
        tax = pl.when(within <= top).then(within * rate - quick * 100).otherwise(tax)
    most = pl.when(income >= 1).then(income).when(income < 1).then(1)
    role, roles = pl.col("key_group_role"), code["key_group_role"]
    hires = pl.col("key_group_hires").cast(pl.Int128)
    fee = (300_000_000 - pl.col("guarantee_fee_rate")).cast(pl.Int128)
    return {
        "m09-vat-small-scale-exemption": _half_up(
            (sales - estate) * percent + pl.when(small).then(estate).when(~small).then(0) * 5, 100
        ),
        "m09-small-profit-income-tax": _half_up(pl.col("annual_taxable_income"), 5),
        "m09-individual-business-income-tax": _half_up(tax * most - relief * within * 100, most * 200),
        "m09-conversion-deed-tax": _half_up(pl.col("transfer_value") * 3, 100),
        "m09-venture-investment-deduction": _half_up(pl.col("investment_amount") * 7, 10),
        "m10-key-group-employment": pl.when(role == roles["self_employed"])
        .then(2_400_000)
        .when(role == roles["employer"])
        .then(780_000 * hires),
        "m19-guarantee-fee-subsidy": _half_up(
            fee * pl.col("guaranteed_amount") * pl.col("guarantee_months"), 12 * 10**10
        ),
        "m38-hnte-application-grant": pl.lit(6_000_000),
        "m38-hnte-certification-award": pl.lit(15_000_000),
    }


# ----------------------------------------------------------------------------------------------------- DuckDB SQL


def duckdb_query(edition: Edition, schema: Schema, path: Path, times: int = 1) -> str:
    """One statement: a column for each rule and each amount, kept as a table; the file read so many times."""
    rules = {s.rule.id: _sql(s.condition, schema) for s in edition.standings if s.in_force}
    amounts = _sql_amounts(schema)
    inner = ", ".join([*(f'{truth} AS "{name}"' for name, truth in rules.items()), "*"])
    fen = [f'CASE WHEN "{name}" THEN {value} END AS "{name}.fen"' for name, value in amounts.items()]
    total = " + ".join(f'coalesce("{name}.fen", 0)::HUGEINT' for name in IN_HAND)
    columns = ", ".join([*(f'"{name}"' for name in rules), *fen])
    files = [str(path)] * times
    decided = f"SELECT {columns} FROM (SELECT {inner} FROM read_parquet({files}))"  # noqa: S608 - our own names
    return f"CREATE OR REPLACE TEMP TABLE decided AS SELECT *, {total} AS total_fen FROM ({decided})"  # noqa: S608


def duckdb_run(query: str) -> Callable[[], Any]:
    connection = duckdb.connect()

    def run() -> Any:
        connection.execute(query)
        return connection

    return run


def duckdb_counts(connection: Any, edition: Edition) -> dict[str, tuple[int, int]]:
    """Eligible and undetermined rows of each rule, to be checked."""
    names = [s.rule.id for s in edition.standings if s.in_force]
    asked = ", ".join(f'count(*) FILTER ("{name}"), count(*) FILTER ("{name}" IS NULL)' for name in names)
    row = connection.execute(f"SELECT {asked} FROM decided").fetchone()  # noqa: S608 - our own names
    return {name: (row[2 * place], row[2 * place + 1]) for place, name in enumerate(names)}


def duckdb_total(connection: Any) -> int:
    return int(connection.execute("SELECT sum(total_fen) FROM decided").fetchone()[0])


def _sql(condition: Condition, schema: Schema) -> str:
    if not isinstance(condition, Comparison):
        word = " AND " if isinstance(condition, AllOf) else " OR "
        return "(" + word.join(_sql(part, schema) for part in condition.parts) + ")"
    column, actual = schema[condition.fact], f'"{condition.fact}"'
    match condition.operator:
        case "is_true":
            return actual
        case "is_false":
            return f"(NOT {actual})"
        case "is_empty":
            return f"({actual} = 0)"
        case "is_one_of":
            return f"({actual} IN ({', '.join(_sql_value(column, word) for word in condition.expected)}))"
        case "shares_at_least_one_element_with":
            return f"(({actual} & {sum(1 << column.codes[word] for word in condition.expected)}) <> 0)"
    if isinstance(condition.expected, FactOperand):
        plus = column.encode(condition.expected.plus) if condition.expected.plus else 0
        right = f'("{condition.expected.fact}" + {plus})'
    else:
        right = _sql_value(column, condition.expected)
    return f"({actual} {_OPERATORS[condition.operator][0]} {right})"


def _sql_value(column: PhysicalColumn, value: Any) -> str:
    physical = column.encode(value)
    return f"'{physical}'" if isinstance(physical, str) else str(physical)


def _sql_half_up(number: str, divisor: str) -> str:
    return f"CASE WHEN {number} <= 0 THEN 0 ELSE (({number}) * 2 + {divisor}) // (({divisor}) * 2) END"


def _sql_amounts(schema: Schema) -> dict[str, str]:
    code = {name: column.codes for name, column in schema.items()}
    levies, roles = code["vat_statutory_levy"], code["key_group_role"]
    percent = f"CASE vat_statutory_levy WHEN {levies['three_percent']} THEN 1 WHEN {levies['five_percent']} THEN 5 END"
    quarter = f"vat_filing_period = {code['vat_filing_period']['quarter']}"
    small = f"(vat_period_sales <= 10000000 OR ({quarter} AND vat_period_sales <= 30000000))"
    estate = f"CASE WHEN {small} THEN vat_period_real_estate_sales WHEN NOT {small} THEN 0 END"
    income = "annual_taxable_income::HUGEINT"
    within = f"(CASE WHEN {income} <= {CEILING} THEN {income} WHEN {income} > {CEILING} THEN {CEILING} END)"
    steps = " ".join(f"WHEN {within} <= {top} THEN {within} * {rate} - {quick * 100}" for top, rate, quick in TAX)
    tax = f"(CASE {steps} ELSE {within} * {TOP_RATE} - {TOP_QUICK * 100} END)"
    most = f"(CASE WHEN {income} >= 1 THEN {income} WHEN {income} < 1 THEN 1 END)"
    fee = "(300000000 - guarantee_fee_rate)::HUGEINT * guaranteed_amount * guarantee_months"
    return {
        "m09-vat-small-scale-exemption": _sql_half_up(
            f"((vat_period_sales - vat_period_real_estate_sales) * {percent} + ({estate}) * 5)", "100"
        ),
        "m09-small-profit-income-tax": _sql_half_up("annual_taxable_income", "5"),
        "m09-individual-business-income-tax": _sql_half_up(
            f"({tax} * {most} - other_tax_relief_amount * {within} * 100)", f"({most} * 200)"
        ),
        "m09-conversion-deed-tax": _sql_half_up("(transfer_value * 3)", "100"),
        "m09-venture-investment-deduction": _sql_half_up("(investment_amount * 7)", "10"),
        "m10-key-group-employment": f"CASE key_group_role WHEN {roles['self_employed']} THEN 2400000 "
        f"WHEN {roles['employer']} THEN 780000 * key_group_hires::HUGEINT END",
        "m19-guarantee-fee-subsidy": _sql_half_up(f"({fee})", str(12 * 10**10)),
        "m38-hnte-application-grant": "6000000",
        "m38-hnte-certification-award": "15000000",
    }


# ------------------------------------------------------------------------------------------- a loop, and the floor


def python_loop(compiled: CompiledEdition, schema: Schema, table: pl.DataFrame) -> Callable[[], Any]:
    """The compiled rules, one row after the other, from exact facts."""
    columns = [(name, schema[name].decode) for name in table.columns if name in schema]
    entities = [
        {name: decode(row[name]) for name, decode in columns if row[name] is not None}
        for row in table.iter_rows(named=True)
    ]
    selection = compiled.select(lambda _rule: True)
    return lambda: [compiled.evaluate(entity, selection) for entity in entities]


def numpy_floor(table: pl.DataFrame, schema: Schema) -> Callable[[], Any]:
    """Nothing but reading every value once: the sum of each column."""
    arrays = [_array(table[name], schema[name]) for name in table.columns if name in schema]
    found = [array for array in arrays if array is not None]
    return lambda: [int(np.sum(array)) for array in found]


def _array(values: pl.Series, column: PhysicalColumn) -> Any:
    kind = column.fact.type
    if kind is FactType.BOOL:
        return values.fill_null(value=False).to_numpy().astype(np.uint8)
    if kind in NUMERIC:
        return values.cast(pl.Int64, strict=False).fill_null(0).to_numpy()
    return values.fill_null(0).to_numpy() if values.dtype in (pl.UInt8, pl.Int64) else None
