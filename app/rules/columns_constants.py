"""Expressions that read no column have one value on all rows: worked out here, once, instead of by every pass.

A registry has few of the facts that rules ask about. What is unknown on every row settles much of what hangs on it.
"""

from __future__ import annotations

import polars as pl

__all__ = ["folded", "nothing"]


def nothing(dtype: pl.DataType) -> pl.Expr:
    """Unknown on every row."""
    return pl.lit(None, dtype=dtype)


def folded(expression: pl.Expr) -> pl.Expr:
    """The expression, as a figure where it reads no column."""
    if expression.meta.is_literal() or expression.meta.root_names():
        return expression
    found = pl.select(expression).to_series()
    value = found.item()
    if found.dtype == pl.Boolean() and value is not None:
        return pl.lit(value)
    return pl.lit(value, dtype=found.dtype)
