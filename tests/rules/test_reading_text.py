"""Reading text, codes and dates."""

from __future__ import annotations

from datetime import date
from timeit import repeat

import pytest

from app.rules.errors import Fault, excerpt
from app.rules.reading import Number, is_clean_text, json_type, read_date, read_fact, read_text
from tests.rules import small

VOCABULARY = small.vocabulary()
CODE = "91140722MA0KX7Y867"


def read(fact_id, raw):
    return read_fact(VOCABULARY[fact_id], raw)


def fault(fact_id, raw):
    (found,) = read(fact_id, raw)
    return found


class TestText:
    @pytest.mark.parametrize(
        ("raw", "text"),
        [
            ("寒王乡", "寒王乡"),
            ("  寒王乡\n", "寒王乡"),
            ("\u3000寒王乡\u00a0", "寒王乡"),
            ("\t x \r\n", "x"),
            ("x" * 200, "x" * 200),
            (" " * 500 + "x" * 200, "x" * 200),
            ("a\u3000b", "a\u3000b"),
            ("<script>alert(1)</script>", "<script>alert(1)</script>"),
            ("e\u0301", "é"),
            ("\U00020000", "\U00020000"),
            ("null", "null"),
        ],
    )
    def test_is_trimmed_and_normalised(self, raw, text):
        assert read("place", raw) == text

    @pytest.mark.parametrize("raw", ["", " ", "\u3000\u00a0", "\t\r\n"])
    def test_blank(self, raw):
        assert fault("place", raw).code == "text_empty"

    @pytest.mark.parametrize(
        "hidden",
        [
            "\x00",
            "\x1b",
            "\x1f",
            "\x7f",
            "\x85",
            "\u00ad",
            "\u061c",
            "\u200b",
            "\u200d",
            "\u200f",
            "\u2028",
            "\u2029",
            "\u202e",
            "\u2066",
            "\u2060",
            "\ufeff",
            "\ud800",
            "\U000e0041",
        ],
    )
    @pytest.mark.parametrize("form", ["a{}b", "{}a", "a{}"])
    def test_hidden_characters_wherever_they_stand(self, hidden, form):
        found = fault("place", form.format(hidden))
        assert (found.code, found.params) == ("text_invalid", {"character": f"U+{ord(hidden):04X}"})

    @pytest.mark.parametrize("inner", ["\t", "\n", "\r"])
    def test_a_line_break_inside_is_hidden_too(self, inner):
        assert fault("place", f"a{inner}b").code == "text_invalid"

    @pytest.mark.parametrize("raw", ["x" * 201, "x" * 10_001, "a" + "\u0301" * 60_000])
    def test_more_than_two_hundred_code_points(self, raw):
        found = fault("place", raw)
        assert (found.code, found.params["limit"], found.params["length"]) == ("text_too_long", 200, len(raw))

    def test_length_is_looked_at_before_normalisation(self):
        short, long = "a\u0301" * 100, "a" + "\u0301" * 60_000
        quick, slow = (min(repeat(lambda raw=raw: read_text(raw), number=50)) for raw in (short, long))
        assert slow < quick * 50

    @pytest.mark.parametrize("raw", [5, Number("5"), True, [], {}, ["x"]])
    def test_another_json_type(self, raw):
        found = fault("place", raw)
        assert (found.code, found.params["expected"]) == ("wrong_type", "string")

    def test_clean_text_may_hold_spaces_of_other_kinds(self):
        assert is_clean_text("a\u3000b\u00a0c d")
        assert not is_clean_text("a\u200bb")


class TestUnifiedCode:
    @pytest.mark.parametrize("raw", [CODE, CODE.lower(), "91140722ma0KX7Y867", "111111111111111111"])
    def test_is_returned_in_upper_case(self, raw):
        assert read("partner", raw) == raw.upper()

    @pytest.mark.parametrize(
        ("raw", "character"),
        [
            *((CODE.replace("0", letter, 1), letter) for letter in "IOSVZ"),
            (CODE.lower().replace("0", "o", 1), "O"),
            ("\u00a0" + CODE.lower() + "\u3000", "\u00a0"),
            (CODE.lower() + "\u3000", "\u3000"),
            ("９１" + CODE[2:], "９"),
            (CODE[:4].lower() + "０" + CODE[5:].lower(), "０"),
            (" " + CODE, " "),
            (CODE[:17] + "-", "-"),
            (CODE[:17] + "é", "é"),
            ("ı" * 18, "ı"),
        ],
    )
    def test_an_impossible_character_is_named(self, raw, character):
        found = fault("partner", raw)
        assert (found.code, found.params["kind"], found.params["character"]) == ("code_format", "uscc", character)

    @pytest.mark.parametrize("raw", ["", CODE[:17], CODE + "0", CODE.lower() + "0", "9" * 5000])
    def test_of_another_length(self, raw):
        found = fault("partner", raw)
        assert (found.code, found.params["character"]) == ("code_format", None)

    @pytest.mark.parametrize("raw", [Number("9.1140722e17"), Number("91140722"), 91140722, True, []])
    def test_a_number_must_be_sent_as_text(self, raw):
        found = fault("partner", raw)
        assert (found.code, found.params["expected"], found.params["as_text"]) == ("wrong_type", "string", True)


class TestOtherCodes:
    @pytest.mark.parametrize(
        ("fact_id", "raw", "value"),
        [
            ("registration_division", "140722", "140722"),
            ("registration_division", "000000", "000000"),
            ("industry_code", "C3311", "C3311"),
            ("industry_code", "c3311", "C3311"),
            ("industry_code", "A", "A"),
            ("industry_code", "T", "T"),
            ("industry_code", "C33", "C33"),
            ("industry_code", "C9999", "C9999"),
        ],
    )
    def test_the_form_is_checked_and_not_the_list(self, fact_id, raw, value):
        assert read(fact_id, raw) == value

    @pytest.mark.parametrize(
        ("fact_id", "raw", "character"),
        [
            ("registration_division", "14072", None),
            ("registration_division", "1407220", None),
            ("registration_division", "", None),
            ("registration_division", "14072A", "A"),
            ("registration_division", "１40722", "１"),
            ("registration_division", "140722 ", " "),
            ("industry_code", "3311", None),
            ("industry_code", "C33110", None),
            ("industry_code", "CC", None),
            ("industry_code", "U1", "U"),
            ("industry_code", "C-1", "-"),
            ("industry_code", "", None),
        ],
    )
    def test_another_form(self, fact_id, raw, character):
        found = fault(fact_id, raw)
        assert (found.code, found.params["character"]) == ("code_format", character)


class TestDates:
    @pytest.mark.parametrize("raw", ["2022-04-18", "2024-02-29", "0001-01-01", "9999-12-31"])
    def test_exactly_this_form(self, raw):
        assert read("since", raw) == date.fromisoformat(raw)

    @pytest.mark.parametrize(
        "raw", ["2023-02-29", "2022-13-01", "2022-00-10", "2022-04-31", "0000-01-01", "2022-04-00"]
    )
    def test_a_day_that_is_not_there(self, raw):
        assert fault("since", raw).code == "date_invalid"

    @pytest.mark.parametrize(
        "raw",
        [
            "1650240000",
            "2022-04-18T00:00:00Z",
            "2022/04/18",
            "20220418",
            "2022-4-18",
            " 2022-04-18",
            "2022-04-18\n",
            "２０２２-04-18",
            "2022-W16-1",
            "-2022-04-18",
            "",
        ],
    )
    def test_another_form(self, raw):
        assert fault("since", raw).code == "date_format"

    @pytest.mark.parametrize("raw", [1650240000, Number("1650240000"), True, [], {}])
    def test_another_json_type(self, raw):
        found = fault("since", raw)
        assert (found.code, found.params["expected"]) == ("wrong_type", "date")

    @pytest.mark.parametrize(
        ("raw", "inside"),
        [("1949-09-30", False), ("1949-10-01", True), ("2100-12-31", True), ("2101-01-01", False)],
    )
    def test_bounds_belong_to_the_range(self, raw, inside):
        found = read_date(raw, date(1949, 10, 1), date(2100, 12, 31))
        assert found == date.fromisoformat(raw) if inside else found.code == "out_of_range"


class TestNames:
    @pytest.mark.parametrize(
        ("raw", "name"),
        [
            (None, "null"),
            (True, "boolean"),
            (5, "number"),
            (Number("5"), "number"),
            ("5", "string"),
            ([], "array"),
            ({}, "object"),
        ],
    )
    def test_of_json_types(self, raw, name):
        assert json_type(raw) == name

    def test_an_excerpt_is_short_and_safe_to_repeat(self):
        assert excerpt("x" * 100) == "x" * 60
        assert excerpt("a\x00b\ud800c\u202ed") == "a?b?c?d".replace("?", "\N{REPLACEMENT CHARACTER}")

    def test_a_fault_seen_from_further_out(self):
        inner = Fault("wrong_type", (0,), {"expected": "string"}, ("a",))
        assert inner.below("facts", "tags") == Fault("wrong_type", ("facts", "tags", 0), {"expected": "string"}, ("a",))
