"""A screening on disk: its results, what they add up to, and going on after an interruption."""

from __future__ import annotations

import csv
import json
import random
import signal
import subprocess
import sys
from datetime import date
from functools import cache

import openpyxl
import polars as pl
import pytest

from app.rules.columns_schema import physical_schema
from app.screening.explain import facts_of_entity
from app.screening.files import sha256_of
from app.screening.folder import Asked, ScreeningFolder, ScreeningOptions
from app.screening.folder_errors import FOLDER_ERRORS, FolderError, ScreeningStopped
from app.screening.kernel import write_registry
from app.screening.limits import Limits
from app.screening.physical import is_physical
from app.screening.readers.faults import FileRefused
from app.screening.readers.registry import open_registry
from app.services.decide import DecisionRequest, Explain, decide
from app.services.registry import ActivePolicy
from bench.registries import Registry
from tests.rules import plan

DAY = date(2024, 6, 30)
ROWS, SPLIT = 16_000, 6_000
CSV = (
    "entity,entity_type,registration_division,annual_revenue,employees\n"
    "a,enterprise,140722,1000000,5\n"
    "b,enterprise,140722,lots,5\n"
    "=cmd,enterprise,140722,,7\n"
    "c,firm,140722,-1,5\n"
    "a,individual_business,140722,20,\n"
)


@cache
def registry():
    return Registry(plan.policy().vocabulary, seed=11).rows(0, ROWS)


@cache
def active():
    return ActivePolicy(plan.policy())


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    path = tmp_path_factory.mktemp("registry") / "registry.parquet"
    write_registry(registry().lazy(), path, plan.policy().vocabulary)
    return path


def begin(path, source, *, resume=False, split_rows=SPLIT, rules=None, **flags):
    options = ScreeningOptions.of(plan.policy(), DAY, rules, **flags)
    folder = ScreeningFolder(path, split_rows)
    folder.begin(Asked(options, source, source.name, sha256_of(source)), resume=resume)
    return folder, options.screening_policy(plan.policy())


def screen(path, source, **asked):
    folder, policy = begin(path, source, **asked)
    converted = folder.adopt(source, plan.policy().vocabulary)
    for split in folder.splits(converted.rows):
        folder.run(policy, split)
    return folder, folder.finish(policy, seconds=1)


def equals_single_decision(found, row):
    """The decided row says what one request about its facts is answered."""
    schema = physical_schema(plan.policy().vocabulary)
    facts = {name: schema[name].decode(value) for name, value in row.items() if name in schema and value is not None}
    request = DecisionRequest(facts, DAY, explain=Explain.NONE)
    answer = json.loads(decide(active(), request, DAY, calculation=False))
    total = json.loads(decide(active(), request, DAY, calculation=True))["total"]["value"]
    assert str(found["total"]) == total
    assert found["next_question"] == (answer["next_question"] or {}).get("fact")
    for result in answer["results"]:
        assert found[result["rule_id"]] == result["status"]
        amount = found.get(f"{result['rule_id']}.amount")
        assert (None if amount is None else str(amount)) == result["amount"]["value"]


@pytest.fixture(scope="module")
def done(source, tmp_path_factory):
    return screen(tmp_path_factory.mktemp("done") / "out", source, truths=True, next_question=True)


@pytest.fixture(scope="module")
def decisions(done):
    return pl.read_parquet(done[0].path / "decisions.parquet")


class TestResults:
    def test_columns_are_the_public_ones(self, decisions):
        rules = plan.policy().decidable
        expected = ["entity"]
        for rule in rules:
            expected += [rule.id, f"{rule.id}.amount"] if rule.terms is not None else [rule.id]
        assert decisions.columns == [*expected, "total", "next_question"]
        for name in expected[1:]:
            assert decisions.schema[name] == (
                pl.Decimal(38, 2)
                if name.endswith(".amount")
                else pl.Enum(["eligible", "ineligible", "undetermined", "not_in_force"])
            )
        assert decisions.schema["total"] == pl.Decimal(38, 2)
        assert decisions["entity"].to_list() == registry()["entity"].to_list()

    def test_rows_equal_single_decisions(self, decisions):
        for place in range(0, ROWS, 397):
            equals_single_decision(decisions.row(place, named=True), registry().row(place, named=True))

    @pytest.mark.parametrize("columns", [1, 3, 9])
    def test_rows_of_few_columns_do_too(self, columns, tmp_path):
        """Which facts a county has differs, and with it how they are packed and what is unknown on every row."""
        draw = random.Random(columns)  # noqa: S311 - any few columns do, the same each time
        names = draw.sample([name for name in registry().columns if name != "entity"], columns)
        table = registry().slice(draw.randrange(1_000), 12).select("entity", *names)
        source = tmp_path / "registry.parquet"
        write_registry(table.lazy(), source, plan.policy().vocabulary)
        folder, _ = screen(tmp_path / "out", source, next_question=True)
        for found, row in zip(
            pl.read_parquet(folder.path / "decisions.parquet").iter_rows(named=True),
            table.iter_rows(named=True),
            strict=True,
        ):
            equals_single_decision(found, row)

    def test_summary_is_the_sum_of_the_decisions(self, done, decisions):
        summary = done[1]
        assert json.loads((done[0].path / "summary.json").read_bytes()) == summary
        assert (summary["rows"], summary["rejected"], summary["on"]) == (ROWS, 0, "2024-06-30")
        assert summary["policy"]["sha256"] == plan.policy().sha256
        assert summary["total"] == str(decisions["total"].sum())
        for rule, found in summary["rules"].items():
            counts = dict(decisions[rule].value_counts().iter_rows())
            for status in ("eligible", "ineligible", "undetermined", "not_in_force"):
                assert found[status] == counts.get(status, 0)
            amounts = decisions.get_column(f"{rule}.amount", default=None)
            expected = None if amounts is None else f"{amounts.sum() or 0:.2f}"
            assert found["amount"] == expected
            if amounts is not None:
                without = found["amount_undetermined"] + found["amount_not_published"]
                assert found["eligible"] - without == amounts.len() - amounts.null_count()

    def test_the_facts_that_decide_most_stand_first(self, done):
        plan_ = done[1]["missing"]
        assert plan_
        order = [(-found["decides_rows"], -float(found["decides_amount"])) for found in plan_]
        assert order == sorted(order)
        assert all(found["rows"] >= found["decides_rows"] for found in plan_)

    def test_breakdown_counts_every_row_once(self, done, decisions):
        rules = [rule.id for rule in plan.policy().decidable]
        anything = decisions.select(pl.any_horizontal([pl.col(rule) == "eligible" for rule in rules]).sum()).item()
        for values in done[1]["breakdown"].values():
            assert sum(found["rows"] for found in values) == ROWS
            assert sum(found["eligible_rows"] for found in values) == anything
            assert sum(round(float(found["total"]) * 100) for found in values) == int(decisions["total"].sum() * 100)
        divisions = {found["value"]: found["rows"] for found in done[1]["breakdown"]["registration_division"]}
        code = registry()["registration_division"]
        assert divisions["140722"] == (code == 140722).sum()
        assert divisions[None] == code.null_count()

    def test_sections_follow_from_industry_codes_that_no_rule_reads(self, source, tmp_path):
        rule = next(rule.id for rule in plan.policy().decidable if rule.clause == "38")
        summary = screen(tmp_path / "one", source, rules={rule})[1]
        assert list(summary["rules"]) == [rule]
        sections = {found["value"]: found["rows"] for found in summary["breakdown"]["industry_section"]}
        given, code = registry()["industry_section"], registry()["industry_code"]
        expected = pl.select(pl.coalesce(given, (code // 11**4).cast(pl.UInt8))).to_series()
        assert sections["A"] == (expected == 0).sum()

    def test_truths_hold_a_bit_for_each_condition(self, done):
        table = pl.read_parquet(done[0].path / "truths.parquet")
        assert table.height == ROWS
        assert {name.split(".")[0] for name in table.columns} == {"entity", "truth", "known"}
        assert set(table.dtypes[1:]) == {pl.Int64()}

    def test_nothing_but_results_is_left(self, done):
        names = {path.name for path in done[0].path.iterdir()}
        assert names == {
            *("screening.json", "conversion.json", "manifest.json", "summary.json", "rejects.csv"),
            *("decisions.parquet", "truths.parquet", "facts.parquet", "report.html", "report.xlsx"),
        }
        listed = json.loads((done[0].path / "manifest.json").read_bytes())["files"]
        assert all((done[0].path / file["name"]).stat().st_size == file["bytes"] for file in listed)

    def test_copies_hold_the_same(self, tmp_path):
        vocabulary = plan.policy().vocabulary
        source = tmp_path / "registry.parquet"
        table = (
            registry()
            .head(50)
            .with_columns(entity=pl.when(pl.int_range(pl.len()) == 3).then(pl.lit("=1+1")).otherwise("entity"))
        )
        write_registry(table.lazy(), source, vocabulary)
        folder, _ = screen(tmp_path / "out", source, formats=frozenset({"csv", "xlsx"}))
        decided = pl.read_parquet(folder.path / "decisions.parquet")
        with (folder.path / "decisions.csv").open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
        assert rows[3]["entity"] == "'=1+1"
        assert [row["total"] for row in rows] == [str(value) for value in decided["total"]]
        sheet = openpyxl.load_workbook(folder.path / "decisions.xlsx").active
        cells = list(sheet.iter_rows(values_only=True))
        assert list(cells[0]) == decided.columns
        assert sheet.cell(5, 1).data_type == "s"
        assert [row[0] for row in cells[1:]] == decided["entity"].to_list()
        assert [round(row[-1] * 100) for row in cells[1:]] == [int(value * 100) for value in decided["total"]]


class TestReading:
    @pytest.fixture
    def folder(self, tmp_path):
        source = tmp_path / "名册.csv"
        source.write_text(CSV, encoding="utf-8")
        return begin(tmp_path / "out", source, split_rows=2)

    def convert(self, folder, **more):
        vocabulary = plan.policy().vocabulary
        with open_registry(folder.asked.source, vocabulary=vocabulary, limits=Limits.local()) as opened:
            return folder.convert(opened, None, vocabulary, **more)

    def test_bad_cells_reject_their_rows_and_the_run_goes_on(self, folder):
        folder, policy = folder
        converted = self.convert(folder)
        assert (converted.rows, converted.rejected, converted.kind) == (3, 2, "csv")
        for split in folder.splits(converted.rows):
            folder.run(policy, split)
        summary = folder.finish(policy, seconds=1)
        assert (summary["rows"], summary["rejected"]) == (3, 2)
        with (folder.path / "rejects.csv").open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
        assert list(rows[0]) == ["file", "sheet", "row", "column", "value", "code", "message", "cure"]
        found = [(row["row"], row["column"], row["value"], row["code"]) for row in rows]
        assert found == [
            ("3", "annual_revenue", "lots", "number_format"),
            ("5", "entity_type", "firm", "not_in_enum"),
            ("5", "annual_revenue", "'-1", "out_of_range"),
        ]
        assert all(row["file"] == "名册.csv" and row["message"] and row["cure"] for row in rows)

    def test_a_code_twice_is_answered_twice_with_a_warning(self, folder):
        folder, policy = folder
        for split in folder.splits(self.convert(folder).rows):
            folder.run(policy, split)
        summary = folder.finish(policy, seconds=1)
        decisions = pl.read_parquet(folder.path / "decisions.parquet")
        assert decisions["entity"].to_list() == ["a", "=cmd", "a"]
        assert decisions["m09-individual-business-income-tax"].to_list() == ["ineligible", "ineligible", "eligible"]
        (note,) = [note for note in summary["notes"] if note["code"] == "duplicate_entity"]
        assert "a" in note["message"]["zh"]
        assert "a" in note["message"]["en"]

    def test_stopping_while_reading_leaves_it_to_be_read_again(self, folder):
        folder, _ = folder
        with pytest.raises(ScreeningStopped):
            self.convert(folder, progress=lambda rows: rows < 2)
        assert {path.name for path in folder.path.iterdir()} == {"screening.json"}
        assert self.convert(folder).rows == 3

    def test_nothing_but_bad_rows_is_a_result(self, tmp_path):
        source = tmp_path / "registry.csv"
        source.write_text("entity,employees\na,x\n", encoding="utf-8")
        folder, policy = begin(tmp_path / "out", source)
        converted = self.convert(folder)
        for split in folder.splits(converted.rows):
            folder.run(policy, split)
        summary = folder.finish(policy, seconds=0)
        assert (summary["rows"], summary["rejected"], summary["total"]) == (0, 1, "0.00")
        assert pl.read_parquet(folder.path / "decisions.parquet").height == 0

    def test_a_folder_of_converted_files_is_one_registry(self, done, source, tmp_path):
        counties = tmp_path / "counties"
        counties.mkdir()
        for name, first, rows in (("b", 5_000, ROWS), ("a", 0, 5_000)):
            part = registry().slice(first, rows).lazy()
            write_registry(part, counties / f"{name}.parquet", plan.policy().vocabulary)
        folder, summary = screen(tmp_path / "out", counties, truths=True, next_question=True)
        single, expected = done
        assert {**summary, "registry": 0} == {**expected, "registry": 0}
        for name in ("decisions.parquet", "truths.parquet", "facts.parquet"):
            assert pl.read_parquet(folder.path / name).equals(pl.read_parquet(single.path / name))
        assert is_physical(folder.facts, plan.policy().vocabulary)

    def test_a_row_of_such_a_folder_is_explained_while_it_is_the_same(self, tmp_path):
        counties, vocabulary = tmp_path / "counties", plan.policy().vocabulary
        counties.mkdir()
        for number in range(2):
            write_registry(registry().slice(number * 10, 10).lazy(), counties / f"{number}.parquet", vocabulary)
        folder, _ = screen(tmp_path / "out", counties)
        (found,) = facts_of_entity(folder, registry()["entity"][15], vocabulary)
        row, schema = registry().row(15, named=True), physical_schema(vocabulary)
        assert found == {name: schema[name].decode(row[name]) for name in schema if row.get(name) is not None}
        write_registry(registry().slice(30, 10).lazy(), counties / "1.parquet", vocabulary)
        with pytest.raises(FolderError) as changed:
            facts_of_entity(folder, registry()["entity"][15], vocabulary)
        assert changed.value.code == "registry_changed"

    def test_a_folder_of_anything_else_is_refused(self, tmp_path):
        vocabulary = plan.policy().vocabulary
        mixed, plain, empty = (tmp_path / name for name in ("mixed", "plain", "empty"))
        for folder in (mixed, plain, empty):
            folder.mkdir()
        rows = registry().head(5)
        write_registry(rows.lazy(), mixed / "a.parquet", vocabulary)
        write_registry(rows.drop("employees").lazy(), mixed / "b.parquet", vocabulary)
        rows.write_parquet(plain / "a.parquet")
        for folder in (mixed, plain, empty):
            with pytest.raises(FileRefused) as refused:
                is_physical(folder, vocabulary)
            assert refused.value.code == "file_invalid"

    def test_only_a_marked_file_is_taken_as_physical(self, source, tmp_path):
        vocabulary = plan.policy().vocabulary
        plain = tmp_path / "plain.parquet"
        registry().head(5).write_parquet(plain)
        assert is_physical(source, vocabulary)
        assert not is_physical(plain, vocabulary)
        other = tmp_path / "other.parquet"
        registry().head(5).write_parquet(other, metadata={"beizeng.physical": "0"})
        with pytest.raises(FileRefused, match="another list of facts"):
            is_physical(other, vocabulary)


class TestTakingAFolder:
    def test_a_finished_one_is_never_overwritten(self, done, source):
        with pytest.raises(FolderError) as error:
            begin(done[0].path, source, resume=True)
        assert error.value.code == "folder_finished"

    def test_other_files_are_left_alone(self, source, tmp_path):
        (tmp_path / "letter.txt").write_text("mine")
        with pytest.raises(FolderError) as error:
            begin(tmp_path, source)
        assert error.value.code == "folder_in_use"

    def test_an_interrupted_one_asks_for_resume_and_the_same_wishes(self, source, tmp_path):
        begin(tmp_path / "out", source)
        for asked, code in (({}, "folder_interrupted"), ({"resume": True, "truths": True}, "resume_differs")):
            with pytest.raises(FolderError) as error:
                begin(tmp_path / "out", source, **asked)
            assert error.value.code == code
        begin(tmp_path / "out", source, resume=True)

    def test_every_reason_is_told_in_both_languages(self):
        assert all(text.zh and text.en for text in FOLDER_ERRORS.values())

    def test_options_come_back_as_they_went(self):
        options = ScreeningOptions.of(
            plan.policy(), DAY, {"m01-credit-repair"}, truths=True, formats=frozenset({"csv"})
        )
        assert ScreeningOptions.from_json(json.loads(json.dumps(options.to_json()))) == options


def results(folder):
    return {
        name: (folder.path / name).read_bytes() for name in ("decisions.parquet", "truths.parquet", "facts.parquet")
    }


KILLED = """
import os, signal, sys
from pathlib import Path
from tests.screening.test_folder import begin
from tests.rules import plan
folder, policy = begin(Path(sys.argv[1]), Path(sys.argv[2]), truths=True, next_question=True)
converted = folder.adopt(Path(sys.argv[2]), plan.policy().vocabulary)
folder.run(policy, folder.splits(converted.rows)[1])
from app.screening.kernel import PartFolder
def half_written(sink, part, batches):
    next(batches)
    (sink.folder / f".{part}.half").write_bytes(b"PAR1")
    os.kill(os.getpid(), signal.SIGKILL)
PartFolder.write = half_written
folder.run(policy, folder.splits(converted.rows)[0])
"""


class TestGoingOn:
    def test_an_interruption_between_splits_changes_nothing(self, done, source, tmp_path):
        folder, policy = begin(tmp_path / "out", source, truths=True, next_question=True)
        converted = folder.adopt(source, plan.policy().vocabulary)
        first, *rest = folder.splits(converted.rows)
        folder.run(policy, rest.pop())
        with pytest.raises(FolderError) as error:
            folder.finish(policy, seconds=1)
        assert error.value.code == "parts_missing"
        before = {path.name: path.stat().st_mtime_ns for path in (folder.path / "parts").iterdir()}
        again, policy = begin(tmp_path / "out", source, resume=True, truths=True, next_question=True)
        for split in again.splits(again.converted.rows):
            again.run(policy, split)
        after = {path.name: path.stat().st_mtime_ns for path in (folder.path / "parts").iterdir()}
        assert before.items() <= after.items()
        assert again.is_done(first)
        assert again.finish(policy, seconds=1) == done[1]
        assert results(again) == results(done[0])

    def test_kill_nine_in_the_middle_of_a_split(self, done, source, tmp_path):
        out = tmp_path / "out"
        ended = subprocess.run([sys.executable, "-c", KILLED, str(out), str(source)], capture_output=True, check=False)
        assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()
        folder, policy = begin(out, source, resume=True, truths=True, next_question=True)
        splits = folder.splits(folder.converted.rows)
        assert [folder.is_done(split) for split in splits] == [False, True, False]
        for split in splits:
            folder.run(policy, split)
        assert folder.finish(policy, seconds=1) == done[1]
        assert results(folder) == results(done[0])
