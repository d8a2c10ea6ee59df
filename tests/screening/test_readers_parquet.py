from datetime import date, datetime
from decimal import Decimal

import polars as pl
import pytest

from app.screening.limits import Limits
from tests.screening.files import FIRM, OTHER, read, refused, written

LOCAL = Limits.local()
BOTH = pytest.mark.parametrize("limits", [Limits(), LOCAL], ids=["apart", "in place"])


def table(path, **columns):
    pl.DataFrame(columns).write_parquet(path)
    return path


class TestNativeTypes:
    @BOTH
    def test_each_type_of_fact(self, tmp_path, limits):
        path = table(
            tmp_path / "a.parquet",
            entity=["a", "b"],
            entity_type=["enterprise", None],
            employees=pl.Series([5, None], dtype=pl.UInt16),
            annual_revenue=pl.Series([Decimal("1.25"), None], dtype=pl.Decimal(38, 2)),
            total_assets=["10.50", None],
            guarantee_fee_rate=pl.Series([Decimal("0.025"), None], dtype=pl.Decimal(12, 3)),
            is_ecommerce=[False, None],
            established_on=[date(2022, 4, 18), None],
            general_processes=[[], None],
            hardship_causes=[["flood", "covid19", "flood"], None],
            coating_tonnes_per_year=pl.Series([3, None], dtype=pl.Int64),
        )
        (first, second), rejects, _ = read(path, limits=limits)
        assert rejects == []
        assert first == {
            "entity": "a",
            "entity_type": 0,
            "employees": 5,
            "annual_revenue": 125,
            "total_assets": 1050,
            "guarantee_fee_rate": 250_000_000,
            "is_ecommerce": False,
            "established_on": date(2022, 4, 18),
            "general_processes": 0,
            "hardship_causes": 0b11,
            "coating_tonnes_per_year": 3_000_000,
        }
        assert set(second.values()) == {"b", None}

    @BOTH
    def test_bad_values_reject_their_rows(self, tmp_path, limits):
        path = table(
            tmp_path / "a.parquet",
            uscc=[FIRM, OTHER, "x", None],
            annual_revenue=[Decimal("-0.01"), Decimal("1.00"), None, None],
            total_assets=["1.005", "1", "1", "1"],
            general_processes=[["boiler"], ["kiln"], [None], None],
        )
        rows, rejects, _ = read(path, limits=limits)
        assert rows == []
        assert [(r.row, r.column, r.code) for r in rejects] == [
            (1, "annual_revenue", "out_of_range"),
            (1, "total_assets", "too_many_decimals"),
            (2, "general_processes", "not_in_enum"),
            (3, "uscc", "code_format"),
            (3, "general_processes", "wrong_type"),
            (4, "uscc", "missing_field"),
        ]

    def test_decimals_of_a_finer_scale_must_be_zero(self, tmp_path):
        figures = pl.Series([Decimal("1.2300"), Decimal("1.2345")], dtype=pl.Decimal(20, 4))
        path = table(tmp_path / "a.parquet", uscc=[FIRM, OTHER], annual_revenue=figures)
        rows, (reject,), _ = read(path)
        assert (rows[0]["annual_revenue"], reject.code) == (123, "too_many_decimals")

    def test_midnight_is_a_day_and_another_moment_is_not(self, tmp_path):
        moments = [datetime(2022, 4, 18), datetime(2022, 4, 18, 9, 30)]
        path = table(tmp_path / "a.parquet", uscc=[FIRM, OTHER], established_on=moments)
        rows, (reject,), _ = read(path)
        assert (rows[0]["established_on"], reject.code) == (date(2022, 4, 18), "date_format")

    def test_text_with_nul_is_not_taken_for_a_number(self, tmp_path):
        path = table(tmp_path / "a.parquet", uscc=[FIRM, OTHER], employees=["\0n5", "5"])
        rows, (reject,), _ = read(path)
        assert (rows[0]["employees"], reject.code) == (5, "number_format")


class TestFloats:
    def test_refused_with_the_way_out(self, tmp_path):
        (fault,) = refused(table(tmp_path / "a.parquet", uscc=[FIRM], annual_revenue=[1.5]))
        assert fault.code == "column_type"
        assert "--allow-float" in fault.cure("zh")
        assert "--allow-float" in fault.cure("en")

    @BOTH
    def test_rounded_half_up_and_reported_when_allowed(self, tmp_path, limits):
        codes = [f"{FIRM[:-1]}{n}" for n in range(5)]
        path = table(tmp_path / "a.parquet", uscc=codes, annual_revenue=[1.005, 8.29, float("nan"), float("inf"), 1e12])
        rows, rejects, notes = read(path, limits=limits, allow_float=True)
        assert [row["annual_revenue"] for row in rows] == [101, 829, 10**14]
        assert [(r.row, r.code) for r in rejects] == [(3, "not_finite"), (4, "not_finite")]
        assert notes["float_rounded"].params["count"] == 1

    @pytest.mark.parametrize(
        ("name", "values"),
        [
            ("uscc", [911407225812000189]),
            ("is_ecommerce", [1]),
            ("entity_type", [b"enterprise"]),
            ("employees", [True]),
        ],
    )
    def test_other_types_that_do_not_fit(self, tmp_path, name, values):
        path = table(tmp_path / "a.parquet", entity=["a"], **{name: values})
        assert refused(path)[0].code == "column_type"


class TestHostile:
    def test_cut_short(self, tmp_path):
        path = table(tmp_path / "a.parquet", uscc=[FIRM] * 100)
        content = path.read_bytes()
        assert refused(written(path, content[: len(content) // 2]))[0].code == "file_invalid"
        assert refused(written(path, content[:-8]))[0].code == "file_invalid"
        assert refused(written(path, content[:4]))[0].code == "file_invalid"

    @BOTH
    def test_damaged_inside(self, tmp_path, limits):
        path = table(tmp_path / "a.parquet", uscc=[f"{FIRM[:-3]}{n:03d}" for n in range(900)])
        content = bytearray(path.read_bytes())
        content[40:400] = bytes(360)
        assert refused(written(path, bytes(content)), limits=limits)[0].code == "file_invalid"

    def test_rows_beyond_the_limit_are_refused_from_the_footer(self, tmp_path):
        path = tmp_path / "a.parquet"
        pl.DataFrame({"employees": pl.repeat(5, 3_000_000, eager=True)}).write_parquet(path)
        assert refused(path)[0].code == "too_many_rows"

    def test_no_rows(self, tmp_path):
        assert refused(table(tmp_path / "a.parquet", uscc=pl.Series([], dtype=pl.String)))[0].code == "empty_batch"

    def test_another_name_for_it(self, tmp_path):
        assert refused(table(tmp_path / "a.csv", uscc=[FIRM]))[0].code == "file_type_mismatch"
