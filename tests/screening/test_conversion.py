"""Columns against the cell reader, and the cell reader against ``read_fact``."""

import random
from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.rules.columns_schema import physical_schema
from app.rules.errors import Fault
from app.rules.reading import read_fact
from app.rules.vocabulary import FactType
from app.screening.conversion import convert, plan_column
from app.screening.mapping import Target
from app.screening.readers.grid import BOOL, DATE, NUMBER, escape
from tests.screening.files import FIRM, VOCABULARY

SCHEMA = physical_schema(VOCABULARY)
ODD = [
    *("", " ", "0", "-0", "00", "1", "-1", "5.0", "5.", ".5", "+5", "1e3", "1E+17", "9.11E+17", "0.1", "0.10", "1.005"),
    *("1000000000000000", "1000000000000000.01", "1000000000000001", "9" * 30, "9" * 60, "0.00000000001", "100"),
    *(
        "1.8%",
        "１２",
        "1,234",
        "1,23",
        "15万元",
        "15万",
        "2亿元",
        "3 人",
        "NaN",
        "inf",
        "true",
        "false",
        "是",
        "否",
        "有",
    ),
    *("enterprise", "企业", "Enterprise", "boiler", "锅炉、水处理", "boiler,kiln", "无", "2022-04-18", "2022-02-30"),
    *("2022/4/8", "0000-01-01", "20220418", "140722", "14072", "C3311", "c33", "3311", FIRM, FIRM.lower(), FIRM[:-1]),
    *("\0n5", "\u202eabc", "x" * 201, "\ufa0e", "é", " 名 称 ", "名\n称", "-", "=1+1", "1;2", "\u200b"),
]
TAGGED = [
    *(NUMBER + text for text in ("5", "0.5", "140722", "1e+22", "911407225812000000", "-3", "44669", "20220418")),
    *(BOOL + "true", BOOL + "false", DATE + "2022-04-18", DATE + "2022-04-18 09:30:00"),
    *("\0f", "\0f#N/A", "\0m", "\0p0.018"),
]
UNITS = {
    "annual_revenue": ("元", "万元", "亿元"),
    "guarantee_fee_rate": ("小数", "%", "‰"),
    "employees": ("人", "万人"),
}
FACTS = [
    "uscc", "name", "entity_type", "registration_division", "established_on", "industry_code", "employees",
    "annual_revenue", "is_ecommerce", "hardship_causes", "guarantee_fee_rate", "has_bank_loan_history",
    "bank_inclusive_loan_growth_rate", "coating_tonnes_per_year", "general_processes", "mine_work_kind",
]  # fmt: skip


def plan_of(fact, unit=None, dtype=None):
    return plan_column("x", Target(fact, unit), SCHEMA[fact], frozenset(), dtype or pl.String())


def assert_same(plan, cells, raw=None):
    """Each cell of the column as its reader alone reads it."""
    done = convert(raw if raw is not None else pl.Series("x", cells, dtype=pl.String), plan)
    bad = {cell.place: cell.fault.code for cell in done.bad}
    assert done.values.dtype == plan.dtype
    for place, cell in enumerate(cells):
        alone = plan.reader.read(cell) if cell is not None else None
        if isinstance(alone, Fault):
            assert bad.pop(place) == alone.code, cell
            assert done.values[place] is None
        else:
            value = alone.value if alone else None
            assert done.values[place] == (None if value is None else plan.physical.encode(value)), cell
    assert bad == {}


class TestColumnsEqualCells:
    @pytest.mark.parametrize("fact", FACTS)
    def test_odd_cells(self, fact):
        cells = [*map(escape, ODD), *TAGGED, None]
        for unit in UNITS.get(fact, (None,)):
            assert_same(plan_of(fact, unit), cells)

    @given(st.lists(st.from_regex(r"-?[0-9]{1,17}(\.[0-9]{0,12})?", fullmatch=True), max_size=20))
    @settings(max_examples=60, deadline=None)
    def test_figures(self, cells):
        for fact, units in UNITS.items():
            for unit in units:
                assert_same(plan_of(fact, unit), cells)

    @given(st.lists(st.text(max_size=20), max_size=20))
    @settings(max_examples=60, deadline=None)
    def test_texts(self, texts):
        for fact in FACTS:
            assert_same(plan_of(fact), [escape(text) for text in texts])

    def test_typed_figures(self):
        chance = random.Random(8)  # noqa: S311 - samples
        for scale in (0, 2, 4, 8):
            figures = [
                Decimal(chance.randrange(-(10**12), 10 ** chance.randrange(1, 22))).scaleb(-scale) for _ in range(80)
            ]
            for fact, units in UNITS.items():
                for unit in units:
                    dtype = pl.Decimal(38, scale)
                    raw = pl.Series("x", figures, dtype=dtype)
                    assert_same(plan_of(fact, unit, dtype), [f"{NUMBER}{figure:f}" for figure in figures], raw)

    def test_typed_integers(self):
        figures = [0, 1, -1, 10**15, 10**15 + 1, 2**62, -(2**62), 7]
        raw = pl.Series("x", figures, dtype=pl.Int64)
        for fact, units in UNITS.items():
            for unit in units:
                assert_same(plan_of(fact, unit, pl.Int64()), [f"{NUMBER}{figure}" for figure in figures], raw)


class TestCellsEqualReadFact:
    @pytest.mark.parametrize("fact", FACTS)
    def test_what_the_public_form_accepts_is_read_the_same(self, fact):
        described = VOCABULARY[fact]
        reader = plan_of(fact).reader
        for text in ODD:
            if not text.strip() or described.type in (FactType.BOOL, FactType.SET):
                continue
            public = read_fact(described, text)
            if not isinstance(public, list):
                alone = reader.read(escape(text))
                assert not isinstance(alone, Fault), text
                assert alone.value == public, text

    @pytest.mark.parametrize(
        ("fact", "unit", "cell", "value"),
        [
            ("annual_revenue", "万元", "8.29", Decimal("82900.00")),
            ("annual_revenue", "万元", "15万元", Decimal(150000)),
            ("annual_revenue", "元", "15万", Decimal(150000)),
            ("annual_revenue", "亿元", "0.5", Decimal(50_000_000)),
            ("annual_revenue", "元", "１２３．４５", Decimal("123.45")),
            ("annual_revenue", "元", "1,234,567.80", Decimal("1234567.8")),
            ("guarantee_fee_rate", "%", "1.8", Decimal("0.018")),
            ("guarantee_fee_rate", "小数", "1.8%", Decimal("0.018")),
            ("guarantee_fee_rate", "%", "18‰", Decimal("0.018")),
            ("has_bank_loan_history", None, "有", True),
            ("is_ecommerce", None, "√", True),
            ("is_ecommerce", None, NUMBER + "0", False),
            ("mine_work_kind", None, "无", "none"),
            ("general_processes", None, "无", frozenset()),
            ("general_processes", None, "锅炉、水处理", frozenset({"boiler", "water_treatment"})),
            ("entity_type", None, "个体户", "individual_business"),
            ("established_on", None, "2022年4月8日", date(2022, 4, 8)),
            ("established_on", None, "2022-04-08 00:00:00", date(2022, 4, 8)),
            ("uscc", None, "９１１４０７２２ＭＡ０ＫＸ７Ｙ８６７", FIRM),
            ("name", None, NUMBER + "123", "123"),
        ],
    )
    def test_what_offices_write(self, fact, unit, cell, value):
        assert plan_of(fact, unit).reader.read(cell).value == value

    @pytest.mark.parametrize(
        ("fact", "unit", "cell", "code"),
        [
            ("annual_revenue", "万元", "15万", "ambiguous_unit"),
            ("annual_revenue", "元", "15人", "number_format"),
            ("annual_revenue", "元", "约15万元", "number_format"),
            ("annual_revenue", "元", "1,23", "number_format"),
            ("annual_revenue", "元", "NaN", "not_finite"),
            ("annual_revenue", "元", DATE + "2022-04-18", "wrong_type"),
            ("guarantee_fee_rate", "小数", "1.8", "out_of_range"),
            ("employees", None, "5.5", "wrong_type"),
            ("is_ecommerce", None, "有", "not_in_enum"),
            ("entity_type", None, "公司合伙", "not_in_enum"),
            ("uscc", None, "9.11E+17", "code_as_number"),
            ("industry_code", None, NUMBER + "3311", "code_as_number"),
            ("name", None, NUMBER + "1.5", "code_as_number"),
        ],
    )
    def test_what_is_never_guessed(self, fact, unit, cell, code):
        assert plan_of(fact, unit).reader.read(cell).code == code
