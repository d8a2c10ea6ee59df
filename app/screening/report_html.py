"""``report.html``: a screening for people, one file with its charts that asks no other host for anything."""

from __future__ import annotations

import gzip
from decimal import Decimal
from functools import cache
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

import orjson

from app.screening.report import STATUSES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from app.rules.text import Text
    from app.screening.report import Report, RuleLine

__all__ = ["REPORT_POLICY", "write_report"]

#: What a browser may do with the report: run what it holds, and reach nothing.
REPORT_POLICY: Final = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'; sandbox allow-scripts"
)
_CHARTED: Final = 20
_NOT_IN_HAND: Final = "不计入合计 not in the total"
_META_POLICY: Final = REPORT_POLICY.partition("; sandbox")[0]  # a page cannot put itself into a sandbox


def write_report(path: Path, report: Report) -> None:
    """Write the report.

    Args:
        path: Where to.
        report: What it tells.
    """
    path.write_text("".join(_page(report)), encoding="utf-8")


def _page(report: Report) -> Iterator[str]:
    yield (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_META_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>筛查报告 · {escape(report.title.zh)}</title><style>{_asset('report.css')}</style></head><body><main>"
    )
    yield from _head(report)
    yield from _rules(report)
    yield from _plan(report)
    for fact in report.groups:
        yield from _group(report, fact)
    yield from _notes(report)
    yield f'</main><script type="application/json" id="figures">{_figures(report)}</script>'
    yield f"<script>{_asset('echarts.common.min.js.gz')}</script><script>{_asset('report.js')}</script></body></html>"


@cache
def _asset(name: str) -> str:
    raw = (files("app.screening") / "assets" / name).read_bytes()
    return (gzip.decompress(raw) if name.endswith(".gz") else raw).decode()


def _head(report: Report) -> Iterator[str]:
    policy = report.policy
    yield (
        f'<h1>筛查报告 <span class="en">Screening report</span></h1><p>{_both(report.title)}</p>'
        f'<p class="fine">名册 registry: {escape(report.registry)} · 判断日期 on: {report.on} · '
        f"{escape(policy['id'])} {escape(policy['version'])} · <code>{escape(policy['sha256'])}</code></p>"
        '<div class="figures">'
    )
    for label, value in (
        ("已判断（户）rows decided", f"{report.rows:,}"),
        ("已退回（户）rows rejected", f"{report.rejected:,}"),
        ("资金合计（元）yuan in all", _money(report.total)),
    ):
        yield f'<div>{label}<strong data-figure="{label.rpartition("）")[2]}">{value}</strong></div>'
    yield "</div>"


def _rules(report: Report) -> Iterator[str]:
    heads = ("条款", "措施 Measure", *(f"{words.zh} {words.en}" for words in STATUSES.values()), "金额（元）yuan")
    rows = ((line.clause, _both(line.title), *line.counts.values(), _paid(line)) for line in report.rules)
    yield _section("各项措施", "Measures: eligible, open and not", _chart("rules"), "")
    yield _section("各项措施的资金", "Yuan for each measure", _chart("amounts"), _table(heads, rows, 2))


def _paid(line: RuleLine) -> str:
    if line.amount is None:
        return ""
    beside = "" if line.in_hand else f'<br><span class="en">{_NOT_IN_HAND}</span>'
    return _money(line.amount) + beside


def _plan(report: Report) -> Iterator[str]:
    heads = (
        "缺少的事实 Fact",
        "涉及户数 rows",
        "补齐后即可确定（户）decides rows",
        "由此可确定（元）decides yuan",
    )
    rows = ((_both(item.label), item.rows, item.decides_rows, _money(item.decides_amount)) for item in report.plan)
    words = "补采计划：先补哪一项最有用"
    yield _section(words, "Collection plan: which fact to collect first", _chart("plan"), _table(heads, rows, 1))


def _group(report: Report, fact: str) -> Iterator[str]:
    title = report.group_titles[fact]
    heads = (f"{escape(title.zh)}", "户数 rows", "至少符合一项 eligible for something", "资金（元）yuan")
    rows = ((_both(one.label), one.rows, one.eligible_rows, _money(one.total)) for one in report.groups[fact])
    chart = _chart(f"by-{fact}")
    yield _section(f"按{escape(title.zh)}", f"By {escape(title.en)}", chart, _table(heads, rows, 1))


def _notes(report: Report) -> Iterator[str]:
    if report.not_in_force:
        listed = " ".join(f"<code>{escape(rule)}</code>" for rule in report.not_in_force)
        yield _section("当天不在有效期", "Not in force on the day", f"<p>{listed}</p>", "")
    if report.notes:
        lines = "".join(f"<li>{_both(note)}</li>" for note in report.notes)
        yield _section("名册是怎样读的", "How the registry was read", f"<ul>{lines}</ul>", "")


def _section(zh: str, en: str, first: str, second: str) -> str:
    return f'<section><h2>{zh} <span class="en">{en}</span></h2>{first}{second}</section>'


def _chart(name: str) -> str:
    return f'<div class="chart" id="chart-{name}" role="img"></div>'


def _table(heads: Sequence[str], rows: Iterable[Sequence[object]], words: int) -> str:
    """``words``: how many columns from the left are words; the others are figures."""
    head = "".join(f"<th{_side(column, words)}>{text}</th>" for column, text in enumerate(heads))
    body = "".join(
        "<tr>" + "".join(f"<td{_side(column, words)}>{_shown(cell)}</td>" for column, cell in enumerate(row)) + "</tr>"
        for row in rows
    )
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _side(column: int, words: int) -> str:
    return "" if column < words else ' class="n"'


def _shown(cell: object) -> str:
    return f"{cell:,}" if isinstance(cell, int) else str(cell)


def _both(text: Text) -> str:
    return escape(text.zh) if text.zh == text.en else f'{escape(text.zh)} <span class="en">{escape(text.en)}</span>'


def _money(text: str) -> str:
    return f"{Decimal(text):,.2f}"


def _figures(report: Report) -> str:
    """What the charts draw: the largest of each; figures of money as text, for a chart only."""
    most = sorted(report.rules, key=lambda line: -(line.counts["eligible"] + line.counts["undetermined"]))[:_CHARTED]
    paid = [line for line in report.rules if line.in_hand and Decimal(line.amount or 0)]
    paid = sorted(paid, key=lambda line: -Decimal(line.amount or 0))[:_CHARTED]
    plan = report.plan[:_CHARTED]
    figures: dict[str, Any] = {
        "rules": {
            "labels": [line.title.zh for line in most],
            "statuses": {
                status: {"name": f"{words.zh} {words.en}", "data": [line.counts[status] for line in most]}
                for status, words in STATUSES.items()
            },
        },
        "amounts": {
            "name": "金额（元）yuan",
            "labels": [line.title.zh for line in paid],
            "data": [line.amount for line in paid],
        },
        "plan": {
            "name": "补齐后即可确定（户）decides rows",
            "labels": [item.label.zh for item in plan],
            "data": [item.decides_rows for item in plan],
        },
        "groups": {fact: _grouped(report, fact) for fact in report.groups},
    }
    return orjson.dumps(figures).decode().replace("<", "\\u003c")


def _grouped(report: Report, fact: str) -> dict[str, Any]:
    groups = sorted(report.groups[fact], key=lambda one: -one.rows)[:_CHARTED]
    return {
        "labels": [one.label.zh for one in groups],
        "names": ["至少符合一项 eligible for something", "其余 others"],
        "eligible": [one.eligible_rows for one in groups],
        "others": [one.rows - one.eligible_rows for one in groups],
    }
