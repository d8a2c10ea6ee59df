"""``report.xlsx``: a screening as a workbook with a summary, charts, the collection plan and the rejected cells."""

from __future__ import annotations

import csv
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import xlsxwriter

from app.screening.report import STATUSES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from app.screening.report import Report

__all__ = ["write_workbook"]

#: Rejected cells that the workbook shows; all of them are in the reject file.
SHOWN_REJECTS: Final = 10_000
_CHARTED: Final = 15
_OPTIONS: Final = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_COLOURS: Final = {"eligible": "#1f7a5c", "undetermined": "#d9a441", "ineligible": "#b8c0c4"}


def write_workbook(path: Path, report: Report, rejects: Path) -> None:
    """Write the workbook.

    Args:
        path: Where to.
        report: What it tells.
        rejects: The reject file of the screening.
    """
    with xlsxwriter.Workbook(str(path), _OPTIONS) as book:
        _Workbook(book, report).write(rejects)


class _Workbook:
    """The sheets, one method for each."""

    def __init__(self, book: Any, report: Report) -> None:
        self._book, self._report = book, report
        self._head = book.add_format({"bold": True, "bg_color": "#e8f0ec", "border": 1, "text_wrap": True})
        self._title = book.add_format({"bold": True, "font_size": 16})
        self._count = book.add_format({"num_format": "#,##0"})
        self._yuan = book.add_format({"num_format": "#,##0.00"})

    def write(self, rejects: Path) -> None:
        """All sheets; the summary stands first."""
        summary = self._book.add_worksheet("汇总 Summary")
        self._rules()
        self._plan()
        self._groups()
        self._rejects(rejects)
        self._summary(summary)

    def _summary(self, sheet: Any) -> None:
        report = self._report
        sheet.set_column(0, 0, 30)
        sheet.set_column(1, 1, 44)
        sheet.write_string(0, 0, f"筛查报告 · {report.title.zh}", self._title)
        facts: Sequence[tuple[str, Any, Any]] = (
            ("名册 Registry", report.registry, None),
            ("判断日期 Decided on", report.on, None),
            ("政策版本 Policy version", f"{report.policy['id']} {report.policy['version']}", None),
            ("政策指纹 SHA-256", report.policy["sha256"], None),
            ("已判断（户）Rows decided", report.rows, self._count),
            ("已退回（户）Rows rejected", report.rejected, self._count),
            ("资金合计（元）Money in all (yuan)", Decimal(report.total), self._yuan),
        )
        for row, (label, value, form) in enumerate(facts, start=2):
            sheet.write_string(row, 0, label, self._head)
            self._cell(sheet, row, 1, value, form)
        for row, note in enumerate(report.notes, start=len(facts) + 3):
            sheet.write_string(row, 0, note.zh)
        self._charts(sheet)

    def _charts(self, sheet: Any) -> None:
        shown = min(len(self._report.rules), _CHARTED)
        planned = min(len(self._report.plan), _CHARTED)
        if shown:
            sheet.insert_chart("D2", self._status_chart(shown))
        if planned:
            sheet.insert_chart("D32", self._plan_chart(planned))

    def _status_chart(self, rows: int) -> Any:
        chart = self._book.add_chart({"type": "bar", "subtype": "stacked"})
        for column, (status, words) in enumerate(STATUSES.items(), start=3):
            chart.add_series(
                {
                    "name": words.zh,
                    "categories": ["措施 Measures", 1, 1, rows, 1],
                    "values": ["措施 Measures", 1, column, rows, column],
                    "fill": {"color": _COLOURS[status]},
                }
            )
        return _dressed(chart, "各项措施：符合最多的在前（户）")

    def _plan_chart(self, rows: int) -> Any:
        chart = self._book.add_chart({"type": "bar"})
        chart.add_series(
            {
                "name": "补齐后即可确定（户）",
                "categories": ["补采计划 Collection", 1, 0, rows, 0],
                "values": ["补采计划 Collection", 1, 3, rows, 3],
                "fill": {"color": _COLOURS["eligible"]},
            }
        )
        return _dressed(chart, "补采计划：先补哪一项最有用")

    def _rules(self) -> None:
        lines = sorted(self._report.rules, key=lambda line: -line.counts["eligible"])
        rows = (
            (line.clause, line.title.zh, line.title.en, *line.counts.values(), _yuan(line.amount), line.rule)
            for line in lines
        )
        heads = ("条款", "措施", "Measure", *(words.zh for words in STATUSES.values()), "金额（元）", "规则 id")
        self._table("措施 Measures", heads, rows, (8, 34, 44, 12, 12, 12, 18, 40))

    def _plan(self) -> None:
        rows = (
            (item.label.zh, item.label.en, item.rows, item.decides_rows, Decimal(item.decides_amount), item.fact)
            for item in self._report.plan
        )
        heads = ("缺少的事实", "Fact", "涉及户数", "补齐后即可确定（户）", "由此可确定（元）", "事实 id")
        self._table("补采计划 Collection", heads, rows, (34, 40, 12, 20, 20, 34))

    def _groups(self) -> None:
        for fact, groups in self._report.groups.items():
            title = self._report.group_titles[fact]
            rows = ((group.label.zh, group.rows, group.eligible_rows, Decimal(group.total)) for group in groups)
            heads = (f"{title.zh} {title.en}", "户数", "至少符合一项（户）", "资金（元）")
            self._table(f"按{title.zh}"[:31], heads, rows, (34, 12, 18, 20))

    def _rejects(self, path: Path) -> None:
        heads = ("文件", "工作表", "行", "列", "值", "代码", "说明", "改法")
        with path.open(encoding="utf-8-sig", newline="") as file:
            found = csv.reader(file)
            next(found, None)
            self._table("退回 Rejects", heads, islice(found, SHOWN_REJECTS), (24, 14, 8, 20, 24, 20, 44, 44))

    def _table(self, name: str, heads: Sequence[str], rows: Iterable[Sequence[Any]], widths: Sequence[int]) -> None:
        sheet = self._book.add_worksheet(name)
        last = 0
        for column, (head, width) in enumerate(zip(heads, widths, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, head, self._head)
        for last, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                self._cell(sheet, last, column, value, None)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, last, len(heads) - 1)

    def _cell(self, sheet: Any, row: int, column: int, value: Any, form: Any) -> None:
        """Figures as figures, everything else as text, so that nothing is taken for a formula."""
        if isinstance(value, Decimal):
            sheet.write_number(row, column, value, form or self._yuan)
        elif isinstance(value, int):
            sheet.write_number(row, column, value, form or self._count)
        else:
            sheet.write_string(row, column, "" if value is None else str(value))


def _yuan(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _dressed(chart: Any, title: str) -> Any:
    chart.set_title({"name": title, "name_font": {"size": 12}})
    chart.set_y_axis({"reverse": True, "num_font": {"size": 8}})
    chart.set_x_axis({"num_format": "#,##0", "major_gridlines": {"visible": True, "line": {"color": "#e3e6e8"}}})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 860, "height": 560})
    return chart
