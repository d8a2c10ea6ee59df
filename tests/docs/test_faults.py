"""Every fault of the catalogue has its row, and each row names tests that are there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROWS = re.findall(r"^\| (F\d\d) \|(.*)$", (ROOT / "docs" / "faults.md").read_text(encoding="utf-8"), re.MULTILINE)
TEST = re.compile(r"\[(\w+)\]\(\.\./(tests/[\w/]+\.py)\)")


def test_each_fault_has_one_row_in_order():
    assert [fault for fault, _ in ROWS] == [f"F{number:02}" for number in range(1, 25)]


def test_each_row_names_tests_that_are_there():
    for fault, row in ROWS:
        named = TEST.findall(row.split(" | ")[-1])
        assert named, fault
        for name, path in named:
            content = (ROOT / path).read_text(encoding="utf-8")
            assert Path(path).stem == name or f"class {name}:" in content, (fault, name)


def test_a_test_under_faults_belongs_to_a_row():
    files = {f"tests/faults/{path.name}" for path in (ROOT / "tests" / "faults").glob("test_*.py")}
    assert files <= {path for _, row in ROWS for _, path in TEST.findall(row)}
