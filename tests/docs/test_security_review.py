"""Each row of the security review has a state, says it in both languages, and names tests that are there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("| ").split(" | ")]
    for line in TEXT.splitlines()
    if line.startswith("| ") and not line.startswith(("| 项", "| ---"))
]
SHOWN, TOLD = {"满足", "部分"}, {"运维", "未满足", "不适用"}
NAMED = re.compile(r"`(tests/[^`]+)`")


@cache
def names_in(path):
    """The ids of the tests in a file."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    found = set()
    for node in tree.body:
        inner = [node] if isinstance(node, ast.FunctionDef) else getattr(node, "body", [])
        prefix = f"{path}::{node.name}::" if isinstance(node, ast.ClassDef) else f"{path}::"
        found |= {prefix + one.name for one in inner if isinstance(one, ast.FunctionDef)}
    return found


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_row(row):
    item, state, how, shown = row
    assert re.search("[一-鿿]", how)
    assert re.search("[a-z]{3}", how)
    assert item
    named = NAMED.findall(shown)
    assert (state in SHOWN) if named else (state in TOLD)
    for test in named:
        assert test in names_in(test.partition("::")[0]), test


def test_nothing_is_left_out():
    items = " ".join(row[0] for row in ROWS)
    wanted = [f"API{number} " for number in range(1, 11)] + [f"8.1.4.{number} " for number in range(1, 12)]
    assert [name for name in wanted if name not in items] == []
    assert len(re.findall("^## ", TEXT, re.MULTILINE)) == 6


def test_what_is_not_met_is_told_at_the_top():
    summary = TEXT.partition("## 结论")[2].partition("\n## ")[0]
    assert summary.count("\n- ") >= len({row[2] for row in ROWS if row[1] == "未满足"})
