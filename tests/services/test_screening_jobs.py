"""Jobs on both databases: shared by workers, taken up when one dies, and never counted twice."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from datetime import date
from pathlib import Path

import pytest

from app.clock import system_clock
from app.screening.files import sha256_of
from app.screening.folder import Asked, ScreeningFolder, ScreeningOptions
from app.screening.limits import Limits
from app.screening.readers.registry import open_registry
from app.services import screening_worker
from app.services.publishing import load_registry, publish_first
from app.services.screening_jobs import JobPlace, ScreeningJobs, Submission, job_policy
from app.services.screening_worker import ScreeningWorker
from app.settings import Settings
from app.storage.repositories.screenings import Screenings

ON = date(2023, 6, 1)
ROWS = 600
SPLIT = 100
RULES = ("m03-first-loan-list", "m38-hnte-application-grant")


def registry_text(rows=ROWS, bad=3):
    lines = ["entity,entity_type,employees,annual_revenue,registration_division,has_bank_loan_history"]
    draw = random.Random(7)  # noqa: S311 - a sample
    for number in range(rows):
        employees = "many" if number < bad else draw.choice(["", "5", "80", "900"])
        fields = [f"E{number:06d}", draw.choice(["enterprise", "", "individual_business"]), employees]
        fields += [draw.choice(["", "100000.50", "98000000"]), "140722", draw.choice(["true", "false", ""])]
        lines.append(",".join(fields))
    return "\n".join(lines) + "\n"


@pytest.fixture
def settings(database_url, tmp_path):
    return Settings(
        _env_file=None,
        database_url=database_url,
        data_dir=tmp_path / "var",
        screening_lease_seconds=1,
        database_lock_seconds=10,
        database_statement_seconds=20,
    )


@pytest.fixture
def jobs(database, settings):
    publish_first(database, settings, system_clock)
    return ScreeningJobs(database, settings)


@pytest.fixture
def policy(database, settings, jobs):
    return load_registry(database, settings).registry.get().policy


@pytest.fixture
def submit(jobs, policy, tmp_path):
    def submitted(text=None, application="office", **flags):
        upload = tmp_path / "received"
        upload.write_text(registry_text() if text is None else text)
        options = ScreeningOptions.of(policy, ON, RULES, truths=True, **flags)
        return jobs.submit(Submission(application, options, "registry.csv", upload=upload))

    return submitted


@pytest.fixture
def expected(policy, tmp_path):
    """What one undisturbed run of the folder comes to."""
    source = tmp_path / "registry.csv"
    source.write_text(registry_text())
    options = ScreeningOptions.of(policy, ON, RULES, truths=True)
    folder = ScreeningFolder(tmp_path / "direct")
    folder.begin(Asked(options, source, source.name, sha256_of(source)))
    with open_registry(source, vocabulary=policy.vocabulary, limits=Limits()) as registry:
        converted = folder.convert(registry, None, policy.vocabulary)
    deciding = options.screening_policy(policy)
    for split in folder.splits(converted.rows):
        folder.run(deciding, split)
    return totals(folder.finish(deciding, seconds=1))


def totals(summary):
    return {name: summary[name] for name in ("rows", "rejected", "rules", "missing")}


def run_all(worker):
    while worker.step():
        pass


def summary_of(jobs, job):
    return json.loads((jobs.folder(job).path / "summary.json").read_text())


class TestOneWorker:
    def test_totals_are_those_of_a_run_without_a_job(self, database, settings, jobs, submit, expected):
        job = submit()
        assert (job.state, job.rows_total, job.rows_done) == ("queued", None, 0)
        run_all(ScreeningWorker(database, settings, split_rows=SPLIT))
        done = jobs.find(job.id, "office")
        assert (done.state, done.rows_total, done.rows_done, done.rejected) == ("done_with_rejects", 597, 597, 3)
        assert done.created_ms <= done.started_ms <= done.finished_ms
        assert totals(summary_of(jobs, done)) == expected

    def test_a_file_that_cannot_be_used_fails_the_job_with_its_code(self, database, settings, jobs, submit):
        job = submit("entity,nothing_known\nA,1\n")
        run_all(ScreeningWorker(database, settings))
        failed = jobs.find(job.id, "office")
        assert failed.state == "failed"
        assert json.loads(failed.problem)[0]["code"] == "unknown_column"

    def test_no_other_application_sees_it(self, jobs, submit):
        job = submit()
        assert jobs.find(job.id, "other") is None
        assert jobs.listed("other", None, 10) == []

    def test_a_cancelled_job_is_not_done_and_can_be_removed(self, database, settings, jobs, submit):
        job = submit()
        worker = ScreeningWorker(database, settings, split_rows=SPLIT)
        worker.step()
        worker.step()
        assert jobs.cancel(job)
        assert not jobs.cancel(job)
        assert not worker.step()
        assert jobs.find(job.id, "office").state == "cancelled"
        assert jobs.remove(job)
        assert not jobs.remove(job)
        assert not JobPlace.of(settings, job.id).root.exists()


class TestSeveralWorkers:
    def test_count_nothing_twice(self, database, settings, jobs, submit, expected):
        job = submit()
        workers = [ScreeningWorker(database, settings, split_rows=SPLIT) for _ in range(3)]
        threads = [threading.Thread(target=drain, args=(worker, jobs, job)) for worker in workers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        done = jobs.find(job.id, "office")
        assert (done.state, done.rows_done) == ("done_with_rejects", 597)
        assert totals(summary_of(jobs, done)) == expected

    def test_one_that_lost_its_lease_counts_nothing(self, database, settings, jobs, submit):
        job = submit()
        worker = ScreeningWorker(database, settings, split_rows=SPLIT)
        worker.step()
        with database.writing() as session:
            task = Screenings(session).take("first", -1000)
        with database.writing() as session:
            again = Screenings(session).take("second", 60_000)
        assert again.number == task.number
        with database.writing() as session:
            assert not Screenings(session).decided(task, "first", "{}")
            assert Screenings(session).decided(again, "second", "{}")
            assert not Screenings(session).decided(again, "second", "{}")
        assert jobs.find(job.id, "office").rows_done == SPLIT


def drain(worker, jobs, job):
    until = time.monotonic() + 60
    while jobs.find(job.id, "office").active and time.monotonic() < until:
        if not worker.step():
            time.sleep(0.02)


class TestFailures:
    def test_a_killed_worker_loses_and_doubles_nothing(self, database, settings, jobs, submit, expected):
        job = submit()
        told = {"settings": settings.model_dump(mode="json", exclude_none=True), "split_rows": SPLIT}
        draw = random.Random(3)  # noqa: S311 - a sample
        for _ in range(2):
            child = subprocess.Popen(
                [sys.executable, "-m", "app.services.screening_worker"], stdin=subprocess.PIPE, cwd=Path.cwd()
            )
            child.stdin.write(json.dumps(told).encode() + b"\n")
            child.stdin.flush()
            before = jobs.find(job.id, "office").rows_done
            until = time.monotonic() + 30
            while jobs.find(job.id, "office").rows_done == before and time.monotonic() < until:
                time.sleep(draw.uniform(0.001, 0.02))
            os.kill(child.pid, signal.SIGKILL)
            child.wait()
            child.stdin.close()
        assert jobs.find(job.id, "office").state == "running"
        drain(ScreeningWorker(database, settings, split_rows=SPLIT), jobs, job)
        done = jobs.find(job.id, "office")
        assert (done.state, done.rows_done, done.rejected) == ("done_with_rejects", 597, 3)
        assert totals(summary_of(jobs, done)) == expected

    def test_a_split_that_fails_three_times_is_set_aside_with_its_rows(
        self, database, settings, jobs, submit, monkeypatch
    ):
        job = submit(registry_text(300, bad=0))

        def failing(folder, policy, split, real=ScreeningFolder.run):
            if split.first_row == 100:
                raise MemoryError
            return real(folder, policy, split)

        monkeypatch.setattr(screening_worker.ScreeningFolder, "run", failing)
        run_all(ScreeningWorker(database, settings, split_rows=100))
        done = jobs.find(job.id, "office")
        assert (done.state, done.rows_total, done.rows_done) == ("done_with_rejects", 300, 200)
        assert json.loads(done.problem) == [
            {"code": "rows_set_aside", "params": {"first": 101, "last": 200}, "suggestions": []}
        ]
        summary = summary_of(jobs, done)
        assert summary["rows"] == 200
        (note,) = summary["notes"]
        assert note["code"] == "rows_set_aside"
        assert "101" in note["message"]["zh"]
        assert "200" in note["message"]["en"]

    def test_a_split_that_cannot_even_be_set_aside_fails_the_job(self, database, settings, jobs, submit, monkeypatch):
        def failing(*_):
            raise MemoryError

        job = submit(registry_text(300, bad=0))
        monkeypatch.setattr(screening_worker.ScreeningFolder, "run", failing)
        monkeypatch.setattr(screening_worker.ScreeningFolder, "pass_over", failing)
        worker = ScreeningWorker(database, settings, split_rows=100)
        assert sum(worker.step() for _ in range(20)) < 20
        failed = jobs.find(job.id, "office")
        assert (failed.state, json.loads(failed.problem)[0]["code"]) == ("failed", "screening_stopped")


def test_every_row_is_answered_by_the_version_of_the_submit(database, settings, jobs, submit, policy):
    job = submit()
    options = ScreeningOptions.from_json(jobs.options(job))
    found = job_policy(database, options)
    assert (found.id, found.version, found.sha256) == (policy.id, policy.version, policy.sha256)
    assert options.policy == ScreeningOptions.of(found, ON).policy
