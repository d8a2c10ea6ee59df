from __future__ import annotations

import json
import pickle
from datetime import date
from functools import cache

import polars as pl
import pytest

from app.rules.columns_packed import pack_columns
from app.rules.columns_schema import physical_schema
from app.screening import kernel
from app.screening.kernel import PartFolder, ScreeningPolicy, SplitError, decide_frame, run_split, write_registry
from app.screening.sums import RuleSums, Sums
from bench.registries import Registry
from tests.rules import plan

DAY = date(2024, 6, 30)
ROWS = 3_000
M38 = frozenset(rule.id for rule in plan.policy().decidable if rule.clause == "38")


@cache
def registry():
    return Registry(plan.policy().vocabulary, seed=7).rows(0, ROWS)


@pytest.fixture(params=["plain", "packed"])
def path(request, tmp_path):
    """A registry file, its flags in columns of their own or packed."""
    file = tmp_path / "registry.parquet"
    if request.param == "plain":
        registry().write_parquet(file, row_group_size=700)
    else:
        write_registry(registry().lazy(), file, plan.policy().vocabulary)
    return file


@pytest.fixture
def policy():
    return ScreeningPolicy.of(plan.policy(), DAY)


@pytest.fixture
def sink(tmp_path):
    return PartFolder(tmp_path / "parts")


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch):
    monkeypatch.setattr(kernel, "BATCH_ROWS", 800)


def parts(sink):
    return pl.read_parquet(sink.folder / "*.parquet").sort("entity")


def counted(table, rule):
    found = dict(table[rule].value_counts().iter_rows())
    return tuple(found.get(status, 0) for status in ("eligible", "undetermined", "ineligible", "not_in_force"))


class TestSplits:
    def test_splits_add_up_to_the_whole(self, policy, path, tmp_path):
        whole, cut = PartFolder(tmp_path / "whole"), PartFolder(tmp_path / "cut")
        sums = run_split(policy, path, 0, ROWS, whole).sums
        added = Sums()
        for first, rows in ((0, 1), (1, 999), (1_000, 1_500), (2_500, 500)):
            added.add(run_split(policy, path, first, rows, cut).sums)
        assert added == sums
        assert parts(cut).equals(parts(whole))
        assert len(list(cut.folder.iterdir())) == 4

    def test_sums_are_those_of_the_decisions(self, policy, path, sink):
        found = run_split(policy, path, 0, ROWS, sink)
        table = parts(sink)
        assert found.rows == found.sums.rows == table.height == ROWS
        assert found.sums.total_fen == int(table["total"].sum() * 100)
        for rule, sums in found.sums.rules.items():
            said = (sums.eligible, sums.undetermined, sums.ineligible, sums.not_in_force)
            assert counted(table, rule) == said
            if f"{rule}.amount" in table.columns:
                assert sums.fen == int((table[f"{rule}.amount"].sum() or 0) * 100)
                open_amounts = table.filter(pl.col(rule) == "eligible")[f"{rule}.amount"].null_count()
                assert sums.amount_undetermined + sums.not_published == open_amounts

    def test_the_same_as_each_frame_decided_alone(self, policy, path, sink):
        run_split(policy, path, 0, ROWS, sink)
        table, _ = decide_frame(policy, registry(), sink)
        assert parts(sink).equals(table)

    def test_a_split_run_twice_is_one_part(self, policy, path, sink):
        first, again = (run_split(policy, path, 10, 20, sink) for _ in range(2))
        assert first == again
        assert parts(sink).height == 20

    def test_no_rows(self, policy, path, sink):
        assert run_split(policy, path, ROWS, 0, sink).rows == 0
        assert parts(sink).height == 0

    def test_another_way_to_the_rows(self, policy, path, sink):
        def read(file, first, rows):
            assert (file, first, rows) == (path, 5, 10)
            yield registry().slice(5, 4)
            yield registry().slice(9, 6).drop("entity_type")

        result = run_split(policy, path, 5, 10, sink, read=read)
        assert result.rows == 10
        wanted, _ = decide_frame(policy, registry().slice(9, 6).drop("entity_type"), sink)
        assert parts(sink).slice(4).equals(wanted)

    def test_a_reader_that_leaves_every_row_out(self, policy, path, sink):
        assert run_split(policy, path, 0, 10, sink, read=lambda *_: iter(())).rows == 0
        assert set(parts(sink).columns) == set(decide_frame(policy, registry().head(1), sink)[0].columns)


class TestFailures:
    def test_a_file_with_fewer_rows_leaves_no_part(self, policy, path, sink):
        with pytest.raises(SplitError, match="rows_missing") as caught:
            run_split(policy, path, ROWS - 5, 10, sink)
        assert caught.value.params["found"] == 5
        assert list(sink.folder.iterdir()) == []

    def test_what_a_reader_raises_comes_out_as_it_is(self, policy, path, sink):
        def read(*_):
            yield registry().head(3)
            raise LookupError("gone")

        with pytest.raises(LookupError, match="gone"):
            run_split(policy, path, 0, 10, sink, read=read)
        assert list(sink.folder.iterdir()) == []

    @pytest.mark.parametrize(
        "wrong",
        [
            pl.col("employees").cast(pl.Int32),
            pl.col("annual_revenue").cast(pl.Float64),
            pl.col("entity_type").cast(pl.String),
        ],
    )
    def test_a_column_of_another_type_is_refused(self, policy, sink, wrong):
        with pytest.raises(SplitError, match="column_type"):
            decide_frame(policy, registry().with_columns(wrong), sink)

    def test_a_packed_column_of_another_vocabulary_is_refused(self, policy, sink):
        table = registry().head(2).with_columns(pl.lit(0, dtype=pl.UInt8).alias("is_key_enterprise+is_gone"))
        with pytest.raises(SplitError, match="column_unknown"):
            decide_frame(policy, table, sink)

    def test_rows_without_a_key_are_refused(self, policy, sink):
        with pytest.raises(SplitError, match="key_missing"):
            decide_frame(policy, registry().drop("entity"), sink)

    def test_the_code_serves_as_key(self, policy, sink):
        table = registry().head(2).rename({"entity": "uscc"})
        assert decide_frame(policy, table, sink)[0]["entity"].to_list() == table["uscc"].to_list()


class TestForms:
    def columns(self, policy, *forms):
        return decide_frame(policy, registry().head(50), PartFolder(plan.CASES, forms))[0]

    def test_compact(self):
        policy = ScreeningPolicy.of(plan.policy(), DAY, M38)
        table = self.columns(policy, "compact", "truths")
        amounts = ["m38-hnte-application-grant.fen", "m38-hnte-certification-award.fen"]
        words = ["eligible.0", "undetermined.0", "unpublished.0"]
        assert table.columns == ["entity", *words, *amounts, "total_fen", "truth.0", "known.0"]
        assert all(table[name].dtype == pl.Int64 for name in table.columns[1:])

    def test_decisions_with_more(self):
        policy = ScreeningPolicy.of(plan.policy(), DAY, M38)
        table = self.columns(policy, "decisions", "near_misses", "next_question")
        assert table.columns[-1] == "next_question"
        assert [name for name in table.columns if name.endswith(".near_miss")]
        assert table["next_question"].dtype == pl.Enum([fact.id for fact in plan.policy().vocabulary.facts])


class TestPolicies:
    def test_a_policy_travels(self, policy, path, sink, tmp_path):
        again = pickle.loads(pickle.dumps(policy))  # noqa: S301 - our own bytes
        assert again == policy
        assert hash(again) == hash(policy)
        elsewhere = PartFolder(tmp_path / "elsewhere")
        assert run_split(again, path, 0, 50, elsewhere) == run_split(policy, path, 0, 50, sink)

    def test_a_program_is_made_once_for_each_kind_of_table(self, policy):
        again = ScreeningPolicy.of(plan.policy(), DAY)
        assert policy.program(["entity"]) is again.program(["entity"])
        assert policy.program(["entity"]) is not policy.program(["entity", "employees"])
        assert ScreeningPolicy.of(plan.policy(), DAY, M38) != policy
        assert ScreeningPolicy.of(plan.policy(), date(2028, 1, 1)) != policy

    def test_the_collection_plan_adds_up(self, path, sink):
        policy = ScreeningPolicy.of(plan.policy(), DAY, collection=True)
        sums = run_split(policy, path, 0, ROWS, sink).sums
        cut = Sums()
        for first in range(0, ROWS, 1_000):
            cut.add(run_split(policy, path, first, 1_000, sink).sums)
        assert cut == sums
        assert sums.missing["entity_type"].decides_rows > 0
        assert all(item.decides_rows <= item.rows <= ROWS for item in sums.missing.values())
        assert any(item.decides_fen for item in sums.missing.values())

    def test_sums_as_plain_figures(self, policy, path, sink):
        sums = run_split(policy, path, 0, 100, sink).sums
        assert Sums.from_json(json.loads(json.dumps(sums.to_json()))) == sums

    def test_a_rule_out_of_force_is_counted_as_such(self, path, sink):
        policy = ScreeningPolicy.of(plan.policy(), date(2028, 1, 1))
        sums = run_split(policy, path, 0, 100, sink).sums
        assert sums.rules["m09-conversion-deed-tax"] == RuleSums(not_in_force=100)


def test_a_written_registry_holds_the_same_facts(tmp_path):
    vocabulary = plan.policy().vocabulary
    write_registry(registry().lazy(), tmp_path / "packed.parquet", vocabulary)
    schema = physical_schema(vocabulary)
    assert pl.read_parquet(tmp_path / "packed.parquet").equals(
        registry().select(pack_columns(schema, registry().columns))
    )
