"""``beizeng screen``: what it says, its exit codes, and that an interrupted run goes on."""

from __future__ import annotations

import json
import os
import signal
from functools import partial

import polars as pl
import pytest
import xlsxwriter

from app.commands import screen
from app.screening.folder import ScreeningFolder
from app.screening.kernel import write_registry
from bench.registries import Registry
from tests.rules import plan

ON = ("--on", "2024-06-30")
HEADINGS = ("统一社会信用代码", "主体类型", "登记地行政区划代码", "年营业收入（万元）", "从业人数")
USCC = "91140722MA0K0001XR"
#: Another code of the right form.
SECOND = "92140722MA0K00029W"


@pytest.fixture
def beizeng(command):
    """The command ``beizeng screen``."""
    return partial(command, "screen")


@pytest.fixture
def workbook(tmp_path):
    path = tmp_path / "名册.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("名册")
        for place, heading in enumerate(HEADINGS):
            sheet.write_string(0, place, heading)
        for number, row in enumerate(((USCC, "企业", "140722", 12.5, 3), (SECOND, "个体户？", "140722", "很多", 1)), 1):
            for place, value in enumerate(row):
                sheet.write(number, place, value)
    return path


@pytest.fixture
def good(tmp_path):
    path = tmp_path / "good.csv"
    path.write_text("entity,entity_type,annual_revenue\na,enterprise,100\nb,,\n", encoding="utf-8")
    return path


class TestRun:
    def test_a_workbook_with_its_own_headings(self, beizeng, workbook):
        done = beizeng(workbook, "-o", "out", "--yes", *ON, "--truths", "--lang", "zh")
        assert done.code == 1
        assert "年营业收入（万元）" in done.out
        assert "判断 1 行，退回 1 行" in done.out
        summary = json.loads((workbook.parent / "out" / "summary.json").read_bytes())
        assert (summary["rows"], summary["rejected"]) == (1, 1)
        rejects = (workbook.parent / "out" / "rejects.csv").read_text(encoding="utf-8-sig")
        assert "单元格 B3" in rejects
        explained = beizeng("explain", "out", "--entity", USCC, "--lang", "zh")
        answer = json.loads(explained.out)
        assert (explained.code, answer["on"]) == (0, "2024-06-30")
        decisions = pl.read_parquet("out/decisions.parquet").row(0, named=True)
        assert {result["rule_id"]: result["status"] for result in answer["results"]}.items() <= decisions.items()

    def test_all_rows_good_is_zero(self, beizeng, good):
        done = beizeng(good, "-o", "out", *ON)
        assert done.code == 0
        assert "2 rows decided, 0 rejected" in done.out

    def test_only_what_is_asked(self, beizeng, good):
        done = beizeng(
            good,
            "-o",
            "out",
            *ON,
            "--measures",
            "38,3",
            "--next-question",
            "--format",
            "csv",
            "--policy",
            "zuoquan-2022",
        )
        assert done.code == 0
        columns = pl.read_parquet("out/decisions.parquet").columns
        assert {name.split("-")[0] for name in columns[1:-2]} == {"m38", "m03"}
        assert columns[-2:] == ["total", "next_question"]
        assert pl.read_csv("out/decisions.csv").columns == columns

    def test_a_mapping_file(self, beizeng, tmp_path):
        (tmp_path / "own.csv").write_text("号,进账\na,3\n", encoding="utf-8")
        (tmp_path / "map.yaml").write_text(
            "columns: {号: entity, 进账: {fact: annual_revenue, unit: 万元}}", encoding="utf-8"
        )
        refused = beizeng("own.csv", "-o", "out", "--yes")
        assert refused.code == 2
        assert "“进账”" in refused.err
        assert "--mapping" in refused.err
        assert not (tmp_path / "out").exists()
        assert beizeng("own.csv", "-o", "out", "--mapping", "map.yaml", "--truths").code == 0
        assert pl.read_parquet("out/facts.parquet")["annual_revenue"].to_list() == [3_000_000]

    def test_floats_only_when_allowed(self, beizeng, tmp_path):
        pl.DataFrame({"entity": ["a"], "annual_revenue": [1.005]}).write_parquet(tmp_path / "floats.parquet")
        refused = beizeng("floats.parquet", "-o", "out")
        assert (refused.code, "--allow-float" in refused.err) == (2, True)
        done = beizeng("floats.parquet", "-o", "out", "--allow-float")
        assert done.code == 0
        assert "annual_revenue" in done.err


class TestRefusals:
    @pytest.mark.parametrize(
        ("args", "said"),
        [
            (("none.csv", "-o", "out"), "There is no registry none.csv"),
            (("good.csv",), "--out"),
            (("good.csv", "-o", "out", "--on", "2024-02-30"), "2024-02-30"),
            (("good.csv", "-o", "out", "--rules", "m99-nothing"), "m99-nothing"),
            (("good.csv", "-o", "out", "--policy", "other"), "other"),
            (("good.csv", "-o", "out", "--format", "pdf"), "csv"),
            (("good.csv", "-o", "out", "--mapping", "none.yaml"), "none.yaml"),
            (("empty.csv", "-o", "out"), "empty"),
            (("explain", "nowhere", "--entity", "a"), "nowhere holds no finished screening"),
        ],
    )
    def test_what_cannot_be_used_is_two(self, beizeng, good, args, said):
        (good.parent / "empty.csv").write_bytes(b"")
        done = beizeng(*args)
        assert done.code == 2
        assert said in done.err
        assert not (good.parent / "out").exists()

    def test_results_are_only_overwritten_by_force(self, beizeng, good):
        assert beizeng(good, "-o", "out", *ON).code == 0
        again = beizeng(good, "-o", "out", *ON)
        assert (again.code, "--force" in again.err) == (2, True)
        assert beizeng(good, "-o", "out", *ON, "--force").code == 0

    def test_explaining_from_a_registry_that_changed(self, beizeng, good):
        assert beizeng(good, "-o", "out", *ON).code == 0
        assert beizeng("explain", "out", "--entity", "a").code == 0
        assert beizeng("explain", "out", "--entity", "z").code == 2
        good.write_text("entity\na\n", encoding="utf-8")
        changed = beizeng("explain", "out", "--entity", "a")
        assert (changed.code, "has changed" in changed.err) == (2, True)


class TestInterruptions:
    @pytest.fixture
    def small_splits(self, monkeypatch):
        monkeypatch.setattr(screen, "ScreeningFolder", partial(ScreeningFolder, split_rows=300))

    @pytest.fixture
    def registry(self, tmp_path):
        vocabulary = plan.policy().vocabulary
        path = tmp_path / "registry.parquet"
        write_registry(Registry(vocabulary, seed=9).rows(0, 1_000).lazy(), path, vocabulary)
        return path

    def test_control_c_leaves_what_resume_finishes(self, beizeng, registry, small_splits, monkeypatch):
        command = (registry, "-o", "out", *ON, "--measures", "38")
        run = ScreeningFolder.run

        def interrupted(folder, policy, split):
            sums = run(folder, policy, split)
            os.kill(os.getpid(), signal.SIGINT)
            return sums

        with monkeypatch.context() as patched:
            patched.setattr(ScreeningFolder, "run", interrupted)
            stopped = beizeng(*command)
        assert (stopped.code, "--resume" in stopped.err) == (130, True)
        assert len(list((registry.parent / "out" / "parts").glob("*.json"))) == 1
        again = beizeng(*command)
        assert (again.code, "--resume" in again.err) == (2, True)
        otherwise = beizeng(registry, "-o", "out", *ON, "--measures", "3", "--resume")
        assert (otherwise.code, "--rules" in otherwise.err) == (2, True)
        assert beizeng(*command, "--resume").code == 0
        assert beizeng(registry, "-o", "whole", *ON, "--measures", "38").code == 0
        resumed, whole = (pl.read_parquet(f"{name}/decisions.parquet") for name in ("out", "whole"))
        assert resumed.equals(whole)
        assert not (registry.parent / "out" / "parts").exists()

    def test_control_c_while_reading(self, beizeng, good, monkeypatch):
        convert = ScreeningFolder.convert

        def interrupted(folder, *args, **more):
            os.kill(os.getpid(), signal.SIGINT)
            return convert(folder, *args, **more)

        with monkeypatch.context() as patched:
            patched.setattr(ScreeningFolder, "convert", interrupted)
            assert beizeng(good, "-o", "out", *ON).code == 130
        assert beizeng(good, "-o", "out", *ON, "--resume").code == 0

    def test_progress_is_plain_lines_where_there_is_no_terminal(self, beizeng, registry, small_splits):
        done = beizeng(registry, "-o", "out", *ON, "--measures", "38", "--lang", "zh")
        assert done.err.splitlines() == ["判断 1000/1000"]


def test_the_help_names_both_commands(beizeng):
    told = beizeng("--help")
    assert told.code == 0
    assert {"run", "explain"} <= set(told.out.split())
