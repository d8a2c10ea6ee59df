"""Reading figures: JSON numbers and numeric text, exactly or with one fault."""

from __future__ import annotations

from decimal import Decimal
from timeit import repeat

import pytest

from app.rules.reading import Number, read_fact
from tests.rules import small

VOCABULARY = small.vocabulary()
#: employees: int 0 … 10^15; annual_revenue: money 0 … 10^15; share: rate 0 … 1; growth: rate −1 … 100; weight: number.
TYPES = {"int": "employees", "money": "annual_revenue", "rate": "share", "number": "weight"}
NUMERIC = tuple(TYPES.values())


def read(fact_id, raw):
    return read_fact(VOCABULARY[fact_id], raw)


def fault(fact_id, raw):
    (found,) = read(fact_id, raw)
    return found


def code(fact_id, raw):
    return fault(fact_id, raw).code


class TestAccepted:
    @pytest.mark.parametrize(
        ("fact_id", "raw", "value"),
        [
            ("employees", Number("5"), 5),
            ("employees", Number("5.0"), 5),
            ("employees", Number("5.000"), 5),
            ("employees", "5", 5),
            ("employees", "5.0", 5),
            ("employees", Number("5E1"), 50),
            ("employees", Number("50e-1"), 5),
            ("employees", 5, 5),
            ("employees", Number("1000000000000000"), 10**15),
            ("employees", "1000000000000000", 10**15),
            ("annual_revenue", Number("1000000000000000"), Decimal(10**15)),
            ("annual_revenue", "1000000000000000.00", Decimal(10**15)),
            ("annual_revenue", Number("1.0E7"), Decimal(10**7)),
            ("annual_revenue", Number("1.0e+7"), Decimal(10**7)),
            ("annual_revenue", Number("1e15"), Decimal(10**15)),
            ("annual_revenue", Number("100000e-5"), Decimal(1)),
            ("annual_revenue", Number("100000000000000000000e-20"), Decimal(1)),
            ("annual_revenue", Number("0e20"), Decimal(0)),
            ("annual_revenue", Number("0e-20"), Decimal(0)),
            ("annual_revenue", Number("1e0000000000000000000000000000000002"), Decimal(100)),
            ("annual_revenue", "0.10", Decimal("0.1")),
            ("annual_revenue", "12.3400000", Decimal("12.34")),
            ("annual_revenue", Decimal("12.34"), Decimal("12.34")),
            ("annual_revenue", 7, Decimal(7)),
            ("share", "0.0123456789", Decimal("0.0123456789")),
            ("share", "0.01234567890", Decimal("0.0123456789")),
            ("share", Number("1"), Decimal(1)),
            ("share", Number("1.0"), Decimal(1)),
            ("growth", "-1", Decimal(-1)),
            ("growth", "-0.5", Decimal("-0.5")),
            ("growth", Number("100"), Decimal(100)),
            ("weight", "9.999999", Decimal("9.999999")),
        ],
    )
    def test_exactly(self, fact_id, raw, value):
        found = read(fact_id, raw)
        assert found == value
        assert type(found) is type(value)

    @pytest.mark.parametrize("fact_id", NUMERIC)
    @pytest.mark.parametrize("raw", ["-0", "-0.0", "0.00", Number("-0"), Number("-0.0"), Number("-0e5")])
    def test_negative_zero_is_zero(self, fact_id, raw):
        assert str(read(fact_id, raw)) == "0"

    @pytest.mark.parametrize("fact_id", NUMERIC)
    @pytest.mark.parametrize("raw", ["0", "1"])
    @pytest.mark.parametrize("kind", [str, Number])
    def test_text_and_number_are_the_same(self, fact_id, raw, kind):
        assert read(fact_id, kind(raw)) == int(raw)

    def test_no_digit_is_lost(self):
        assert str(read("annual_revenue", Number("999999999999999.99"))) == "999999999999999.99"
        assert str(read("share", Number("0.1000000001"))) == "0.1000000001"


class TestTokenLength:
    """At most forty characters, trailing zeros included."""

    def test_forty_characters_are_read(self):
        token = "1." + "0" * 38
        assert len(token) == 40
        assert read("annual_revenue", token) == read("annual_revenue", Number(token)) == 1

    def test_forty_one_are_out_of_range(self):
        token = "1." + "0" * 39
        assert code("annual_revenue", token) == code("annual_revenue", Number(token)) == "out_of_range"

    @pytest.mark.parametrize("kind", [str, Number])
    @pytest.mark.parametrize("fact_id", NUMERIC)
    def test_five_thousand_digits_are_out_of_range(self, fact_id, kind):
        assert code(fact_id, kind("9" * 5000)) == "out_of_range"

    def test_a_long_word_is_no_number_at_all(self):
        assert code("annual_revenue", "x" * 5000) == "number_format"

    def test_a_long_token_costs_no_more_than_a_short_one(self):
        """Length is looked at before any digit is worked on, whatever the exponent says."""
        short, long = Number("1.5"), Number("1" * 40 + "e999999999")
        quick, slow = (min(repeat(lambda raw=raw: read("annual_revenue", raw), number=200)) for raw in (short, long))
        assert slow < quick * 50


class TestExponents:
    @pytest.mark.parametrize("token", ["1e20", "1E+20", "1e020"])
    def test_twenty_is_read_and_then_out_of_bounds(self, token):
        assert fault("annual_revenue", Number(token)).params["maximum"] == 10**15

    @pytest.mark.parametrize("token", ["1e-20", "1E-020"])
    def test_minus_twenty_is_read_and_then_has_too_many_decimals(self, token):
        assert code("annual_revenue", Number(token)) == "too_many_decimals"

    @pytest.mark.parametrize(
        "token", ["1e21", "0e21", "1e-21", "0e-21", "1e400", "1e1000000", "1e-1000000", "1e" + "9" * 30]
    )
    def test_beyond_twenty_is_out_of_range(self, token):
        assert code("annual_revenue", Number(token)) == "out_of_range"

    @pytest.mark.parametrize("text", ["1e5", "1E5", "1e1000000", "1.0E7"])
    def test_text_may_have_none(self, text):
        assert code("annual_revenue", text) == "number_format"


class TestWrongForm:
    @pytest.mark.parametrize("fact_id", NUMERIC)
    @pytest.mark.parametrize(
        "text",
        [
            "",
            " ",
            "1,000",
            "１２３．４５",
            "15万元",
            "NaN",
            "sNaN",
            "Infinity",
            "-Infinity",
            "+5",
            " 5",
            "5 ",
            "05",
            "00",
            "-",
            ".5",
            "5.",
            "1_000",
            "0x10",
            "5%",
            "--5",
            "²",
            "٣",
            "1\n",
        ],
    )
    def test_text(self, fact_id, text):
        found = fault(fact_id, text)
        assert (found.code, found.params["type"]) == ("number_format", VOCABULARY[fact_id].type.value)

    @pytest.mark.parametrize("fact_id", NUMERIC)
    @pytest.mark.parametrize("raw", [True, False, [], [5], {}, {"value": 5}])
    def test_another_json_type(self, fact_id, raw):
        found = fault(fact_id, raw)
        assert found.code == "wrong_type"
        assert found.params["expected"] == ("integer" if fact_id == "employees" else "number")

    @pytest.mark.parametrize("raw", [Number("5.5"), "5.5", Number("5.0000001"), Number("55e-1"), Number("-0.01")])
    def test_a_fraction_of_a_person(self, raw):
        found = fault("employees", raw)
        assert (found.code, found.params["expected"]) == ("wrong_type", "integer")

    def test_the_text_is_repeated_up_to_sixty_characters(self):
        assert fault("annual_revenue", "x" * 100).params["value"] == "x" * 60


class TestBounds:
    @pytest.mark.parametrize(
        ("fact_id", "raw"),
        [
            ("employees", Number("-1")),
            ("employees", "-1"),
            ("employees", "1000000000000001"),
            ("employees", "9" * 15 + "9"),
            ("annual_revenue", Number("-0.01")),
            ("annual_revenue", "-0.01"),
            ("annual_revenue", "1000000000000000.01"),
            ("annual_revenue", "12345678901234567.89"),
            ("share", "1.0000000001"),
            ("share", "1.8"),
            ("share", "-0.0000000001"),
            ("growth", "-1.0000000001"),
            ("growth", "100.0000000001"),
            ("count", "1001"),
            ("count", Number("1001")),
            ("months", "37"),
        ],
    )
    def test_outside(self, fact_id, raw):
        found = fault(fact_id, raw)
        fact = VOCABULARY[fact_id]
        assert found.code == "out_of_range"
        assert (found.params["minimum"], found.params["maximum"]) == (fact.minimum, fact.maximum)

    @pytest.mark.parametrize(
        ("fact_id", "raw"), [("count", "1000"), ("months", "36"), ("months", "0"), ("growth", "-1")]
    )
    def test_the_bounds_belong_to_the_range(self, fact_id, raw):
        assert read(fact_id, raw) == int(raw)

    @pytest.mark.parametrize(("raw", "fraction"), [("1.8", "0.018"), (Number("2.5"), "0.025"), ("50", "0.5")])
    def test_a_percentage_is_told_its_fraction(self, raw, fraction):
        assert fault("share", raw).params["fraction"] == Decimal(fraction)

    def test_other_faults_of_a_rate_are_told_none(self):
        assert "fraction" not in fault("share", "-0.5").params
        assert "fraction" not in fault("annual_revenue", "-1").params


class TestDecimals:
    @pytest.mark.parametrize(
        ("fact_id", "enough", "too_many", "decimals"),
        [
            ("annual_revenue", "0.01", "0.001", 2),
            ("annual_revenue", "100", "100.005", 2),
            ("share", "0.0000000001", "0.00000000001", 10),
            ("weight", "0.000001", "0.0000001", 6),
        ],
    )
    def test_of_each_type(self, fact_id, enough, too_many, decimals):
        assert read(fact_id, enough) == Decimal(enough)
        for raw in (too_many, Number(too_many)):
            found = fault(fact_id, raw)
            assert (found.code, found.params["decimals"]) == ("too_many_decimals", decimals)
