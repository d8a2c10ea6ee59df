"""Exact figures as text, and the one rounding."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from app.rules.money import EXACT, fraction_to_yuan, money_text, number_text, round_yuan


class TestRounding:
    @pytest.mark.parametrize(
        ("value", "yuan"),
        [
            ("0", "0.00"),
            ("0.004", "0.00"),
            ("0.005", "0.01"),
            ("0.0049999999999999999999999999999999", "0.00"),
            ("3.025", "3.03"),
            ("3.024999", "3.02"),
            ("2.675", "2.68"),
            ("1.005", "1.01"),
            ("-0.005", "0.00"),
            ("-1", "0.00"),
            ("999999999999999.995", "1000000000000000.00"),
        ],
    )
    def test_half_up_to_the_fen_and_never_below_zero(self, value, yuan):
        assert str(round_yuan(Decimal(value))) == yuan
        assert money_text(fraction_to_yuan(Fraction(value))) == yuan

    def test_a_quotient_without_an_end(self):
        assert str(round_yuan(EXACT.divide(Decimal(1), Decimal(3)))) == "0.33"
        assert money_text(fraction_to_yuan(Fraction(2, 3))) == "0.67"

    @pytest.mark.parametrize("divisor", range(3, 50))
    def test_a_quotient_multiplied_back_is_the_figure_it_was(self, divisor):
        """A third of 5.5 fen has no end; three of them are half a fen above 5 all the same, and that goes up."""
        for tenths in range(5, 1000, 10):
            figure = Decimal(tenths) / 1000
            there_and_back = EXACT.multiply(EXACT.divide(figure, Decimal(divisor)), Decimal(divisor))
            assert round_yuan(there_and_back) == fraction_to_yuan(Fraction(tenths, 1000))

    def test_just_below_half_a_fen_stays_below(self):
        assert str(round_yuan(Decimal("0.005") - Decimal("1E-27"))) == "0.00"

    def test_the_widest_products_keep_every_digit(self):
        widest = EXACT.multiply(Decimal("999999999999999.99"), Decimal("0.0299999999"))
        assert str(round_yuan(widest)) == money_text(fraction_to_yuan(Fraction(widest)))


class TestText:
    @pytest.mark.parametrize(
        ("value", "text"),
        [
            ("0", "0.00"),
            ("60000", "60000.00"),
            ("1E+7", "10000000.00"),
            ("0.1", "0.10"),
            ("1000000000000000", "1000000000000000.00"),
            ("999999999999999.99", "999999999999999.99"),
        ],
    )
    def test_money(self, value, text):
        assert money_text(Decimal(value)) == text

    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (Decimal("0.0300"), "0.03"),
            (Decimal("1E+3"), "1000"),
            (Decimal("1E-10"), "0.0000000001"),
            (Decimal("-0.0"), "0"),
            (Decimal(-0), "0"),
            (Decimal("0E-6"), "0"),
            (Decimal(100), "100"),
            (Decimal("-0.50"), "-0.5"),
            (36, "36"),
            (0, "0"),
        ],
    )
    def test_numbers(self, value, text):
        assert number_text(value) == text
