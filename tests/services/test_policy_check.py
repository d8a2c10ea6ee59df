"""The check of a pack on disk: the packaged plan is sound, and every bad pack is found out for what it is."""

from __future__ import annotations

import shutil

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


class TestOfficialText:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
    def test_in_either_encoding(self, encoding, tmp_path):
        file = tmp_path / "plan.txt"
        file.write_text(bad_packs.OFFICIAL_TEXT.read_text(encoding="utf-8"), encoding=encoding)
        assert check_policy(bad_packs.PACK, bad_packs.BASE, file).sound

    def test_of_something_else(self, tmp_path):
        file = tmp_path / "plan.txt"
        file.write_text("另一份文件", encoding="utf-8")
        codes = {code for code, *_ in found(check_policy(bad_packs.PACK, bad_packs.BASE, file))}
        assert codes == {"citation_not_found"}

    def test_that_is_not_there(self, tmp_path):
        report = check_policy(bad_packs.PACK, bad_packs.BASE, tmp_path / "plan.txt")
        assert found(report) == [("file_missing", "plan.txt", None, "")]

    def test_without_it_quotes_are_taken_on_trust(self):
        assert check_policy(bad_packs.PACK, bad_packs.BASE).sound


class TestOddFolders:
    def test_no_pack_at_all(self, tmp_path):
        files = {file for _, file, _, _ in found(check_policy("nothing", tmp_path))}
        assert files == {"manifest.yaml", "parameters.yaml", "targets.yaml"}

    def test_a_pack_with_the_vocabulary_of_the_product(self, tmp_path):
        packs = bad_packs.built([], tmp_path)
        shutil.rmtree(packs / "vocabulary")
        codes = {code for code, *_ in found(check_policy(bad_packs.PACK, packs))}
        assert codes == {"unknown_fact"}


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

    def test_every_diagnostic_has_its_bad_pack(self):
        shown = {code for name in bad_packs.NAMES for code, *_ in bad_packs.described(name)[1]}
        assert DIAGNOSTICS.keys() - shown == set()

    @staticmethod
    def assert_words(item):
        assert item.fault.code in MESSAGES.keys() | DIAGNOSTICS.keys()
        for language in ("zh", "en"):
            words = item.message(language)
            assert words
            assert item.fault.code not in words
            assert "{" not in words.replace("{nature", "")
