"""Screening handed out by a real Spark on this machine: equal to a local run, also when tasks die."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from app.screening.files import sha256_of
from app.screening.folder import Asked, ScreeningFolder, ScreeningOptions
from app.screening.kernel import ScreeningPolicy, write_registry
from app.screening.readers.faults import FileRefused
from bench.registries import Registry
from tests.rules import plan

pytest.importorskip("pyspark", reason="the extra spark is not installed")

from pyspark.sql import SparkSession
from pyspark.sql.types import BooleanType, DecimalType, LongType, StringType, StructField, StructType

from app.screening.spark import BATCH_ROWS, REJECTS, screen_dataframe, screen_splits, spark_session

pytestmark = pytest.mark.parts

DAY = date(2024, 6, 30)
ROWS, SPLIT = 9_000, 2_000
RULES = ("m38-hnte-certification-award", "m03-first-loan-list", "m19-guarantee-fee-subsidy")


@dataclass(frozen=True, eq=False)
class DyingPolicy(ScreeningPolicy):
    """Kills the worker that first uses it, as long as fewer than two have died."""

    deaths: Path = Path()

    def program(self, columns):
        if len(list(self.deaths.iterdir())) < 2:
            (self.deaths / str(os.getpid())).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return super().program(columns)


@pytest.fixture(scope="module")
def spark(tmp_path_factory):
    """Two cores, and a task that fails is tried again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        patch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
        folder = tmp_path_factory.mktemp("spark")
        SparkSession.builder.config("spark.local.dir", str(folder)).config(
            "spark.sql.warehouse.dir", str(folder / "warehouse")
        ).config("spark.driver.host", "127.0.0.1").config("spark.driver.bindAddress", "127.0.0.1")
        session = spark_session("local[2,4]")
        yield session
        session.stop()


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    path = tmp_path_factory.mktemp("registry") / "registry.parquet"
    rows = Registry(plan.policy().vocabulary, seed=5).rows(0, ROWS)
    write_registry(rows.lazy(), path, plan.policy().vocabulary)
    return path


def begun(path, source):
    options = ScreeningOptions.of(plan.policy(), DAY, truths=True, next_question=True)
    folder = ScreeningFolder(path, SPLIT)
    folder.begin(Asked(options, source, source.name, sha256_of(source)))
    folder.adopt(source, plan.policy().vocabulary)
    return folder, options.screening_policy(plan.policy())


@pytest.fixture(scope="module")
def local(source, tmp_path_factory):
    folder, policy = begun(tmp_path_factory.mktemp("local") / "out", source)
    for split in folder.splits(ROWS):
        folder.run(policy, split)
    return folder.path, folder.finish(policy, seconds=1)


def assert_same(path, summary, local):
    for name in ("decisions.parquet", "truths.parquet"):
        assert pl.read_parquet(path / name).equals(pl.read_parquet(local[0] / name))
    assert summary == local[1]


class TestSplits:
    def test_results_are_those_of_a_local_run(self, spark, source, local, tmp_path):
        folder, policy = begun(tmp_path / "out", source)
        sums = screen_splits(spark, folder, policy, folder.splits(ROWS))
        assert sums.rows == ROWS
        assert_same(folder.path, folder.finish(policy, seconds=1), local)

    def test_tasks_that_die_lose_and_double_nothing(self, spark, source, local, tmp_path):
        folder, policy = begun(tmp_path / "out", source)
        deaths = tmp_path / "deaths"
        deaths.mkdir()
        dying = DyingPolicy(policy.edition, policy.rules, policy.collection, deaths)
        assert screen_splits(spark, folder, dying, folder.splits(ROWS)).rows == ROWS
        assert len(list(deaths.iterdir())) >= 2
        assert_same(folder.path, folder.finish(policy, seconds=1), local)

    def test_what_is_done_is_not_done_again(self, spark, source, local, tmp_path):
        folder, policy = begun(tmp_path / "out", source)
        first, *_ = folder.splits(ROWS)
        folder.run(policy, first)
        part = next((folder.path / "parts").glob("*.parquet"))
        before = part.stat().st_mtime_ns
        screen_splits(spark, folder, policy, folder.splits(ROWS))
        assert part.stat().st_mtime_ns == before
        assert_same(folder.path, folder.finish(policy, seconds=1), local)


NATIVE = StructType(
    [
        StructField("entity", StringType()),
        StructField("entity_type", StringType()),
        StructField("registration_division", StringType()),
        StructField("hnte_certified_this_year", BooleanType()),
        StructField("hnte_times_certified", LongType()),
        StructField("hnte_consecutive_certifications", LongType()),
        StructField("annual_revenue", DecimalType(18, 2)),
    ]
)
FIRMS = [
    ("a", "enterprise", "140722", True, 1, 1, Decimal("12.34")),
    ("b", "enterprise", "140722", True, 2, 2, None),
    ("c", "enterprise", "140722", None, 1, 1, None),
    ("d", "firm", "140722", True, 1, 1, None),
    ("e", "individual_business", None, None, None, None, Decimal("-1.00")),
]


@pytest.fixture(scope="module")
def answer(spark):
    found = screen_dataframe(spark.createDataFrame(FIRMS, NATIVE), plan.policy(), DAY, RULES, next_question=True)
    return {row["entity"]: row.asDict() for row in found.collect()}


class TestDataFrame:
    def test_statuses_amounts_and_questions(self, answer):
        award = RULES[0]
        assert {name: answer[name][award] for name in "abc"} == {
            "a": "eligible",
            "b": "ineligible",
            "c": "undetermined",
        }
        assert answer["a"][f"{award}.amount"] == Decimal("150000.00")
        assert answer["b"][f"{award}.amount"] is None
        assert answer["c"]["next_question"]
        assert all(answer[name][REJECTS] is None for name in "abc")

    def test_a_bad_cell_rejects_its_row_and_says_why(self, answer):
        (bad,) = json.loads(answer["d"][REJECTS])
        assert (bad["column"], bad["value"], bad["code"]) == ("entity_type", "firm", "not_in_enum")
        assert answer["d"][RULES[0]] is None
        assert json.loads(answer["e"][REJECTS])[0]["code"] == "out_of_range"

    def test_the_columns_are_those_of_decisions(self, spark, source, answer, tmp_path):
        options = ScreeningOptions.of(plan.policy(), DAY, RULES, next_question=True)
        folder = ScreeningFolder(tmp_path / "out")
        folder.begin(Asked(options, source, source.name, sha256_of(source)))
        folder.adopt(source, plan.policy().vocabulary)
        policy = options.screening_policy(plan.policy())
        for split in folder.splits(ROWS):
            folder.run(policy, split)
        folder.finish(policy, seconds=1)
        columns = pl.read_parquet_schema(folder.path / "decisions.parquet")
        assert list(answer["a"]) == [*columns, REJECTS]

    def test_large_batches_are_asked_for(self, spark, answer):
        assert int(spark.conf.get("spark.sql.execution.arrow.maxRecordsPerBatch")) >= BATCH_ROWS

    def test_a_column_that_is_no_fact_is_refused(self, spark):
        table = spark.createDataFrame([("a", 1)], "entity string, staff long")
        with pytest.raises(FileRefused) as refused:
            screen_dataframe(table, plan.policy(), DAY)
        assert [fault.code for fault in refused.value.faults] == ["unknown_fact"]


def test_the_command_gives_the_same_files(spark, source, tmp_path):
    shared = ["--on", DAY.isoformat(), "--rules", ",".join(RULES)]
    environment = {**os.environ, "BEIZENG_DATABASE_URL": f"sqlite:///{tmp_path / 'beizeng.db'}"}
    for name, more in (("here", []), ("spread", ["--engine", "spark", "--master", "local[2]"])):
        words = [sys.executable, "-m", "app", "screen", str(source), "-o", str(tmp_path / name), *shared, *more]
        ran = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=180, check=False)
        assert ran.returncode == 0, ran.stderr
    here, spread = (pl.read_parquet(tmp_path / name / "decisions.parquet") for name in ("here", "spread"))
    assert here.equals(spread)
    summaries = [json.loads((tmp_path / name / "summary.json").read_bytes()) for name in ("here", "spread")]
    for summary in summaries:
        del summary["seconds"], summary["rows_per_second"]
    assert summaries[0] == summaries[1]
