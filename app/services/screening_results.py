"""Reading the results of a finished screening: pages of rows, and candidates as tables."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import polars as pl
import xlsxwriter

from app.rules.text import Text
from app.screening.candidates import candidates_of
from app.screening.files import without_formula
from app.screening.kernel import ScreeningPolicy

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from app.rules.policy import Policy
    from app.rules.text import Language
    from app.screening.candidates import Candidate
    from app.screening.folder import ScreeningFolder

__all__ = ["Page", "candidate_items", "candidate_table", "measure_rules", "result_page"]

_KINDS: Final = {
    "eligible": Text("符合，事实齐全", "eligible"),
    "nearly": Text("还缺少数事实", "facts missing"),
    "near_miss": Text("差少数几项即符合", "near miss"),
}
_HEADER: Final = (
    Text("编号", "entity"),
    Text("措施", "rule"),
    Text("情形", "kind"),
    Text("金额（元）", "amount (yuan)"),
    Text("缺少的事实", "missing facts"),
    Text("须改变几项", "changes"),
)
_ORDER: Final = tuple(_KINDS)


class Page(NamedTuple):
    """Some rows, and the place of the next one; None at the end."""

    items: list[dict[str, Any]]
    next_row: int | None


def result_page(path: Path, rule: str | None, status: str | None, first: int, limit: int) -> Page:
    """Rows of the decisions from a place on; ``rule`` narrows the columns, ``status`` the rows (of any rule else)."""
    table = pl.scan_parquet(path, glob=False)
    names = table.collect_schema().names()
    rules = [name for name in names if name not in ("entity", "total", "next_question") and "." not in name]
    shown = names if rule is None else ["entity", *(name for name in names if name in (rule, f"{rule}.amount"))]
    table = table.with_row_index("at").slice(first)
    if status is not None:
        asked = rules if rule is None else [rule]
        table = table.filter(pl.any_horizontal([pl.col(name).cast(pl.String) == status for name in asked]))
    wanted = dict.fromkeys(("at", *shown))
    found = table.select(list(wanted)).head(limit + 1).collect()
    rows = found.to_dicts()
    following = rows[limit]["at"] if len(rows) > limit else None
    return Page([_plain(row) for row in rows[:limit]], following)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    del row["at"]
    return {name: value if value is None or isinstance(value, str) else str(value) for name, value in row.items()}


def measure_rules(policy: Policy, clause: str) -> frozenset[str]:
    """The decidable rules of a measure; none when there is no such measure."""
    return frozenset(rule.id for rule in policy.rules if rule.clause == clause and rule.decidable)


def candidate_items(policy: Policy, folder: ScreeningFolder, rules: frozenset[str]) -> list[Candidate]:
    """The candidates of a finished screening, the eligible first."""
    asked = folder.asked
    assert asked is not None  # noqa: S101 - a finished screening was begun
    chosen = rules if asked.options.rules is None else rules & asked.options.rules
    if not chosen:
        return []
    deciding = ScreeningPolicy.of(policy, asked.options.on, chosen)
    return sorted(candidates_of(deciding, folder.facts), key=lambda found: _ORDER.index(found.kind))


def candidate_table(policy: Policy, found: Iterable[Candidate], language: Language, form: str) -> bytes:
    """The candidates as csv or xlsx, no cell of which a spreadsheet works out."""
    labels = {fact.id: fact.label.in_(language) for fact in policy.vocabulary.facts}
    header = [title.in_(language) for title in _HEADER]
    rows = [
        [
            candidate.entity,
            candidate.rule,
            _KINDS[candidate.kind].in_(language),
            "" if candidate.amount is None else str(candidate.amount),
            "、".join(labels[fact] for fact in candidate.missing),
            "" if candidate.changes is None else str(candidate.changes),
        ]
        for candidate in found
    ]
    return _xlsx(header, rows) if form == "xlsx" else _csv(header, rows)


def _csv(header: list[str], rows: list[list[str]]) -> bytes:
    shielded = [[without_formula(cell) for cell in row] for row in rows]
    frame = pl.DataFrame(shielded, schema=dict.fromkeys(header, pl.String()), orient="row")
    return b"\xef\xbb\xbf" + frame.write_csv().encode()


def _xlsx(header: list[str], rows: list[list[str]]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for place, row in enumerate([header, *rows]):
            for column, cell in enumerate(row):
                sheet.write_string(place, column, cell)
    return target.getvalue()
