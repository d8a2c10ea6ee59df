"""The check of a pack on disk: the packaged plan is sound, and every bad pack is found out for what it is."""

from __future__ import annotations

import pytest

from app.rules.messages import MESSAGES
from app.rules.packs.diagnostics import DIAGNOSTICS
from app.services.packs import PACKAGED
from app.services.policy_check import check_policy
from tests.services import bad_packs


def found(report):
    return [(item.fault.code, item.place.file, item.place.rule, item.place.pointer) for item in report.diagnostics]


class TestSoundPacks:
    def test_the_packaged_plan_with_all_its_cases(self):
        report = check_policy("zuoquan-2022")
        assert found(report) == []
        assert report.sound
        cases = (PACKAGED / "zuoquan-2022" / "cases").glob("*.yaml")
        assert report.cases == sum(file.read_text(encoding="utf-8").count("\n  - id: ") for file in cases)
        assert (report.version, len(report.sha256)) == ("1.0.0", 64)

    def test_the_base_of_the_bad_packs(self):
        report = check_policy(bad_packs.PACK, bad_packs.BASE, bad_packs.OFFICIAL_TEXT)
        assert found(report) == []
        assert report.cases == 18


class TestBadPacks:
    @pytest.mark.parametrize("name", bad_packs.NAMES)
    def test_every_diagnostic_and_its_place(self, name, tmp_path):
        changes, expected = bad_packs.described(name)
        packs = bad_packs.built(changes, tmp_path)
        report = check_policy(bad_packs.PACK, packs, bad_packs.OFFICIAL_TEXT)
        diagnostics = found(report)
        if not any(code.startswith("case_") for code, *_ in expected):  # cases also fail where a rule says other things
            diagnostics = [item for item in diagnostics if not item[0].startswith("case_")]
        assert sorted(diagnostics, key=str) == sorted(expected, key=str)
        for item in report.diagnostics:
            self.assert_words(item)

    @staticmethod
    def assert_words(item):
        assert item.fault.code in MESSAGES.keys() | DIAGNOSTICS.keys()
        for language in ("zh", "en"):
            words = item.message(language)
            assert words
            assert item.fault.code not in words
            assert "{" not in words.replace("{nature", "")
