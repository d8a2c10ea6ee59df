"""What a fault says, in both languages, for every code that the core can report."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

import app.rules
from app.rules.errors import Fault, InputError, PackError, RulesError
from app.rules.messages import MESSAGES, fault_message
from app.rules.packs.diagnostics import DIAGNOSTICS
from app.rules.reading import Number, read_fact, read_facts
from app.rules.text import LANGUAGES
from tests.rules import small

VOCABULARY = small.vocabulary()
CJK = re.compile(r"[\u3400-\u9fff]")
SOURCES = sorted(Path(app.rules.__file__).parent.rglob("*.py"))
#: Where a code stands as the first argument of what makes a fault.
CODE = re.compile(r"""(?:Fault|\.fault|PydanticCustomError)\(\s*"([a-z_]+)\"""")


def fault(fact_id, raw):
    (found,) = read_fact(VOCABULARY[fact_id], raw)
    return found


def said(found, language="en"):
    return fault_message(found, language, found.suggestions)


class TestEveryCode:
    def test_that_the_core_reports_has_words(self):
        codes = {code for source in SOURCES for code in CODE.findall(source.read_text(encoding="utf-8"))}
        assert len(codes) > 20
        assert codes - set(MESSAGES) - set(DIAGNOSTICS) == set()

    @pytest.mark.parametrize("code", sorted(MESSAGES))
    def test_speaks_both_languages_and_fills_every_place(self, code):
        bare = Fault(code, ("facts", "employees"))
        zh, en = said(bare, "zh"), said(bare, "en")
        assert CJK.search(zh)
        assert not CJK.search(en)
        assert not re.search(r"[{}]", zh + en)
        assert zh[-1] in "。?？:：”" or "：" in zh

    def test_one_without_words_is_told_by_its_code(self):
        assert "no_such_code" in said(Fault("no_such_code"), "zh")
        assert said(Fault("no_such_code")) == "There is a fault here (no_such_code)."


class TestOfFacts:
    @pytest.mark.parametrize(
        ("fact_id", "raw", "words"),
        [
            ("employees", True, ["an integer", "a boolean"]),
            ("employees", Number("5.5"), ["an integer"]),
            ("annual_revenue", "1,000", ["“1,000”", "1234.56", "thousands mark"]),
            ("employees", "15人", ["“15人”", "1234"]),
            ("annual_revenue", "-1", ["-1 is out of range", "between 0 and 1000000000000000"]),
            ("share", "1.8", ["1.8 % is 0.018", "between 0 and 1"]),
            ("growth", "150", ["between -1 and 100", "150 % is 1.5"]),
            ("annual_revenue", "100.005", ["“100.005”", "2 decimals"]),
            ("since", "2022/04/18", ["“2022/04/18”", "2024-06-30"]),
            ("since", "2023-02-29", ["2023-02-29"]),
            ("kind", "A", ["“A”", "a, b, c"]),
            ("tags", "x", ["an array", "text"]),
            ("place", " ", ["may not be empty"]),
            ("place", "x" * 201, ["200", "201"]),
            ("place", "a\u202eb", ["U+202E"]),
            ("partner", "9114O722MA0KX7Y867", ["18 characters", "“O” cannot stand in it"]),
            ("partner", Number("91140722"), ["as text", "in quotes"]),
            ("registration_division", "14072", ["six digits"]),
            ("industry_code", "3311", ["C3311"]),
        ],
    )
    def test_shows_what_was_sent_and_what_is_right(self, fact_id, raw, words):
        text = said(fault(fact_id, raw))
        assert [word for word in words if word not in text] == []

    def test_the_nearest_names(self):
        _, (found,) = read_facts(VOCABULARY, {"employes": 5})
        assert "“employes”" in said(found)
        assert said(found).endswith("Did you mean employees?")
        assert "employees" in said(found, "zh")
        assert "Did you mean" not in said(Fault("unknown_fact", (), {"value": "zzz"}))

    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("raw", ["x" * 5000, "a\x00\x1b[31m", "\ud800", "\u202eevil", "<b>"])
    def test_repeats_at_most_sixty_safe_characters(self, raw, language):
        for fact_id in ("annual_revenue", "kind", "since", "partner"):
            text = said(fault(fact_id, raw), language)
            assert len(text) < 300
            assert text.isprintable()
            text.encode()


class TestFields:
    def test_lists_are_joined_and_cut_at_thirty(self):
        many = Fault("not_in_enum", (), {"value": "x", "allowed": [f"m{n}" for n in range(31)]})
        assert said(many).count("m") == 30
        assert "…" in said(many)
        assert "等" in said(many, "zh")

    def test_days_and_figures(self):
        bounds = {"value": "1949-09-30", "minimum": date(1949, 10, 1), "maximum": date(2100, 12, 31)}
        assert "between 1949-10-01 and 2100-12-31" in said(Fault("out_of_range", (), bounds))
        assert "between 0.5 and 1" in said(
            Fault("out_of_range", (), {"value": "2", "minimum": Decimal("0.50"), "maximum": 1})
        )

    def test_without_bounds_none_are_named(self):
        assert "between" not in said(Fault("out_of_range", (), {"value": "x" * 10}))

    def test_the_last_part_of_the_path_stands_for_a_value_not_told(self):
        assert "“rules”" in said(Fault("missing_field", ("rules",)))

    def test_a_type_without_words_is_named_as_it_is(self):
        assert "true" in said(Fault("wrong_type", (), {"expected": "true", "actual": "string"}))

    def test_time_order_names_the_earlier_field(self):
        assert "pauses.0.from" in said(Fault("time_order", (), {"not_before": ("pauses", 0, "from")}))


class TestErrors:
    def test_an_error_holds_its_faults_and_tells_five(self):
        faults = [Fault("unknown_fact", ("facts", f"f{n}"), {"value": f"f{n}"}) for n in range(7)]
        error = InputError(faults)
        assert error.faults == tuple(faults)
        assert str(error).count("unknown_fact") == 5
        assert "facts/f0" in str(error)

    def test_both_kinds_are_of_one_family(self):
        assert issubclass(InputError, RulesError)
        assert issubclass(PackError, RulesError)
