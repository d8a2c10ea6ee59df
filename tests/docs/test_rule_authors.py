"""The guide for rule authors names everything that may be written, and its example is a sound pack."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from app.rules.operators import OPERATORS
from app.rules.packs import cases, raw
from app.rules.packs.checks.amount_terms import CERTAINTIES, NATURES
from app.rules.packs.checks.basis import BASES
from app.rules.packs.checks.caveats import CAVEATS
from app.rules.packs.checks.targets import TARGET_UNITS
from app.rules.packs.diagnostics import DIAGNOSTICS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "rule-authors.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"`([a-z_0-9]+)`", PAGE))


def models():
    found = [*vars(raw).values(), *vars(cases).values()]
    return [item for item in found if isinstance(item, type) and issubclass(item, BaseModel) and item.model_fields]


class TestNames:
    def test_every_key(self):
        keys = {info.alias or name for model in models() for name, info in model.model_fields.items()}
        parts_of_the_document = {"clauses", "national", "vocabulary", "manifest", "size_classes", "industry_sections"}
        said_in_words = {"zh", "en", "cases"}
        assert keys - NAMED - parts_of_the_document - said_in_words == set()

    @pytest.mark.parametrize("names", [OPERATORS, NATURES, CERTAINTIES, BASES, CAVEATS, TARGET_UNITS, DIAGNOSTICS])
    def test_every_choice(self, names):
        assert set(names) - NAMED == set()

    @pytest.mark.parametrize(
        "construct", ["min(", "max(", "schedule(", "{by, values}", "{if, then, else}", "{formula}"]
    )
    def test_every_construct(self, construct):
        assert construct in PAGE


class TestExample:
    def test_it_is_a_sound_pack(self, tmp_path, command):
        blocks = re.findall(r"```yaml\n# (example-plan/\S+)\n(.*?)```", PAGE, re.DOTALL)
        assert len(blocks) == 5
        for name, content in blocks:
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content, encoding="utf-8")
        text = tmp_path / "plan.txt"
        text.write_text("1.从业人员100人以上的中小企业,按人数给予补贴。低压用电5个工作日内办结。", encoding="utf-8")
        (line,) = re.findall(r"```sh\nbeizeng (.*)\n```", PAGE)
        ended = command(*line.split())
        assert ended.code == 0, ended.err + ended.out
        assert "5 cases" in ended.out
