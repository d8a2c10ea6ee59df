"""Exact figures: plain decimal text and the one rounding of the service.

Yuan carry two decimals (fen). A rate is a fraction: 0.03 is 3 %.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from fractions import Fraction

__all__ = ["EXACT", "fraction_to_yuan", "money_text", "number_text", "round_yuan"]

#: Products of the widest facts need 43 digits; a quotient never lies nearer than 1e-60 to a half fen without being it.
EXACT: Final = Context(prec=160, rounding=ROUND_HALF_UP)
_FEN: Final = Decimal("0.01")
#: A quotient without an end, multiplied back, is off far behind this place: rounding here first finds a half fen again.
_SURE: Final = Decimal("1E-80")


def round_yuan(value: Decimal) -> Decimal:
    """``value`` in yuan, half-up to the fen and never below zero (the single rounding of a formula).

    >>> str(round_yuan(Decimal("3.025"))), str(round_yuan(Decimal("-1")))
    ('3.03', '0.00')
    """
    if value <= 0:
        return Decimal("0.00")
    return value.quantize(_SURE, context=EXACT).quantize(_FEN, context=EXACT)


def fraction_to_yuan(value: Fraction) -> Decimal:
    """The same rounding from an exact fraction of a yuan."""
    if value <= 0:
        return Decimal("0.00")
    fen = (value.numerator * 200 + value.denominator) // (value.denominator * 2)
    return Decimal(fen).scaleb(-2, context=EXACT)


def money_text(value: Decimal) -> str:
    """Yuan with exactly two decimals, without exponent or thousands mark."""
    return f"{value.quantize(_FEN, context=EXACT):f}"


def number_text(value: Decimal | int) -> str:
    """A rate or number in plain notation without trailing zeros.

    >>> number_text(Decimal("0.0300")), number_text(Decimal("1E+3")), number_text(Decimal("-0.0"))
    ('0.03', '1000', '0')
    """
    if isinstance(value, int):
        return str(value)
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
