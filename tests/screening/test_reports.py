from __future__ import annotations

import gzip
import re
import shutil
import subprocess
from dataclasses import replace
from decimal import Decimal
from importlib.resources import files

import openpyxl
import pytest

from app.screening.report import report_of
from app.screening.report_html import REPORT_POLICY, write_report
from app.screening.report_xlsx import write_workbook
from app.services.packs import load_policy

GRANT, LIST = "m38-hnte-certification-award", "m03-first-loan-list"
SHA = "a" * 64


def library():
    return gzip.decompress((files("app.screening") / "assets" / "echarts.common.min.js.gz").read_bytes()).decode()


def counted(eligible, undetermined, ineligible, not_in_force=0, amount=None):
    return {
        "eligible": eligible,
        "undetermined": undetermined,
        "ineligible": ineligible,
        "not_in_force": not_in_force,
        "amount": amount,
    }


@pytest.fixture(scope="module")
def policy():
    return load_policy("zuoquan-2022")


@pytest.fixture
def report(policy):
    summary = {
        "rows": 9,
        "rejected": 1,
        "on": "2023-06-01",
        "policy": {"id": "zuoquan-2022", "version": "1.0.0", "sha256": SHA},
        "total": "12345678901234567.89",
        "rules": {
            GRANT: counted(2, 3, 4, amount="300000.00"),
            LIST: counted(5, 0, 4),
            "m09-small-profit-income-tax": counted(0, 0, 0, 9, amount="0.00"),
        },
        "missing": [{"fact": "hnte_times_certified", "rows": 3, "decides_rows": 2, "decides_amount": "300000.00"}],
        "breakdown": {
            "registration_division": [
                {"value": "140722", "rows": 8, "eligible_rows": 5, "total": "300000.00"},
                {"value": None, "rows": 1, "eligible_rows": 0, "total": "0.00"},
            ],
            "industry_section": [{"value": "C", "rows": 9, "eligible_rows": 5, "total": "300000.00"}],
        },
        "registry": {"name": "</script><b>=1+1", "kind": "csv", "sha256": SHA},
        "notes": [{"code": "read_as_gbk", "message": {"zh": "按 GBK 读取", "en": "Read as GBK"}}],
    }
    return report_of(summary, policy)


@pytest.fixture
def rejects(tmp_path):
    path = tmp_path / "rejects.csv"
    lines = ("file,sheet,row,column,value,code,message,cure", "r.csv,,7,职工,'=cmd,wrong_type,不是整数,改正")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


class TestWorkbook:
    @pytest.fixture
    def book(self, tmp_path, report, rejects):
        path = tmp_path / "report.xlsx"
        write_workbook(path, report, rejects)
        return openpyxl.load_workbook(path)

    def test_every_sheet_is_there_frozen_and_filtered(self, book, policy):
        assert book.sheetnames == [
            "汇总 Summary",
            "措施 Measures",
            "补采计划 Collection",
            *(f"按{policy.vocabulary[fact].label.zh}" for fact in ("registration_division", "industry_section")),
            "退回 Rejects",
        ]
        for sheet in book.worksheets[1:]:
            assert sheet.freeze_panes == "A2"
            assert sheet.auto_filter.ref.startswith("A1:")

    def test_measures_in_force_stand_with_most_eligible_first(self, book, policy):
        rows = list(book["措施 Measures"].iter_rows(min_row=2, values_only=True))
        assert [row[-1] for row in rows] == [LIST, GRANT]
        assert rows[1][:6] == ("38", policy.rule(GRANT).title.zh, policy.rule(GRANT).title.en, 2, 3, 4)
        assert rows[1][6] == 300000
        assert not rows[0][6]

    def test_the_plan_names_facts_in_words(self, book, policy):
        (row,) = book["补采计划 Collection"].iter_rows(min_row=2, values_only=True)
        label = policy.vocabulary["hnte_times_certified"].label
        assert row == (label.zh, label.en, 3, 2, 300000, "hnte_times_certified")

    def test_rejected_cells_and_names_are_text_never_formulas(self, book):
        cells = next(book["退回 Rejects"].iter_rows(min_row=2))
        assert [cell.value for cell in cells][3:5] == ["职工", "'=cmd"]
        assert all(cell.data_type != "f" for sheet in book.worksheets for row in sheet.iter_rows() for cell in row)

    def test_charts_stand_on_the_summary(self, book):
        assert len(book.worksheets[0]._charts) == 2


class TestPage:
    @pytest.fixture
    def page(self, tmp_path, report):
        path = tmp_path / "report.html"
        write_report(path, report)
        return path

    def test_money_is_exact_and_grouped(self, page):
        assert "12,345,678,901,234,567.89" in page.read_text(encoding="utf-8")

    def test_what_a_registry_names_stays_text(self, page):
        text = page.read_text(encoding="utf-8")
        assert "</script><b>" not in text
        assert "&lt;/script&gt;&lt;b&gt;=1+1" in text

    def test_what_is_no_money_in_hand_says_so(self, tmp_path, report):
        changed = replace(report, rules=[replace(line, amount="5.00", in_hand=False) for line in report.rules])
        write_report(tmp_path / "changed.html", changed)
        assert "不计入合计" in (tmp_path / "changed.html").read_text(encoding="utf-8")
        assert report.rules[0].in_hand

    def test_unknown_places_and_rules_out_of_force_are_named(self, page):
        text = page.read_text(encoding="utf-8")
        assert "未填" in text
        assert "m09-small-profit-income-tax" in text

    def test_it_reaches_for_nothing_outside(self, page):
        text = page.read_text(encoding="utf-8").replace(library(), "")
        assert not re.search(r"<(script|link|img|iframe)[^>]+(src|href)=", text)
        assert "default-src 'none'" in text
        assert REPORT_POLICY.startswith("default-src 'none'")

    @pytest.mark.parts
    @pytest.mark.browser
    def test_a_browser_draws_every_chart(self, page, tmp_path):
        browser = shutil.which("chromium")
        assert browser, "Debian's chromium is needed"
        flags = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--virtual-time-budget=5000")
        ran = subprocess.run(
            [browser, *flags, f"--user-data-dir={tmp_path / 'browser'}", "--dump-dom", page.as_uri()],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        charts = re.findall(r'id="chart-([\w-]+)"', ran.stdout)
        assert charts == ["rules", "amounts", "plan", "by-registration_division", "by-industry_section"]
        assert ran.stdout.count("<canvas") == len(charts)


def test_yuan_is_exact_in_the_report(report):
    assert Decimal(report.total) == Decimal("12345678901234567.89")
