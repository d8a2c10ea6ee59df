"""The examples in the docstrings of the core are run as they stand."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

import app

ROOT = Path(app.__file__).parent
WITH_EXAMPLES = [
    ".".join(path.relative_to(ROOT.parent).with_suffix("").parts)
    for folder in ("rules", "deadlines")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if ">>>" in path.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("module", WITH_EXAMPLES)
def test_examples(module):
    found = doctest.testmod(importlib.import_module(module))
    assert found.attempted > 0
    assert found.failed == 0


def test_there_are_some():
    assert len(WITH_EXAMPLES) >= 3
