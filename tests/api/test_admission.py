"""Too many calls: some are refused at once, the others are answered, and health is never refused."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from app.api import admission
from app.api.admission import ARRIVAL, Admission, Arrival, Line
from app.api.problems import ProblemError
from app.main import create_app
from app.settings import Settings
from tests.api.conftest import make_services, serving
from tests.api.wire import JSON, exchange, get, head
from tests.faults.load import calling, connect, decide, soon, watching_health


def settings(**changes):
    return Settings(_env_file=None, auth="open", log_level="warning", **changes)


class Calls:
    """Calls of one process, and a clock that stands still unless it is told."""

    def __init__(self, monkeypatch, **limits):
        self.admission, self.line, self.now = Admission(settings(**limits)), Line(), 100.0
        monkeypatch.setattr(admission, "monotonic", lambda: self.now)

    def arrive(self, count):
        found = [Arrival(self.line) for _ in range(count)]
        for one in found:
            one.whole()
        return found

    def answered(self, arrivals):
        """How many of them were let in, in the order in which they came."""
        return sum(self.is_let_in(one) for one in arrivals)

    def is_let_in(self, arrival):
        try:
            with self.admission.inside({ARRIVAL: arrival}):
                return True
        except ProblemError:
            return False


@pytest.fixture
def calls(monkeypatch):
    return Calls(monkeypatch, max_calls_waiting=10)


class TestLine:
    def test_a_burst_is_answered_whole(self, calls):
        assert calls.answered(calls.arrive(100)) == 100

    def test_while_the_line_stays_long_those_that_have_waited_longest_are_refused(self, calls):
        calls.answered(calls.arrive(100))
        calls.now += 0.3
        arrivals = calls.arrive(30)
        assert [calls.is_let_in(one) for one in arrivals] == [False] * 19 + [True] * 11

    def test_a_second_of_short_lines_ends_it(self, calls):
        calls.answered(calls.arrive(100))
        calls.now += 1.1
        assert calls.answered(calls.arrive(100)) == 100

    def test_whoever_leaves_or_never_was_whole_is_not_counted(self, calls):
        left, half = calls.arrive(50), [Arrival(calls.line) for _ in range(50)]
        assert calls.line.waiting == 50
        for one in (*left, *left, *half):
            one.begin()
            one.whole()
        assert calls.line.waiting == 0

    def test_a_call_that_came_by_another_server_is_let_in(self, calls):
        with calls.admission.inside({}):
            pass

    def test_no_more_than_so_many_are_inside(self, monkeypatch):
        calls = Calls(monkeypatch, max_calls_in_flight=2)
        with calls.admission.inside({}), calls.admission.inside({}), pytest.raises(ProblemError, match="overloaded"):
            calls.admission.inside({}).__enter__()
        assert calls.answered(calls.arrive(1)) == 1


def test_under_too_much_load_some_are_refused_early_and_all_is_well_afterwards():
    told = settings(max_calls_waiting=1)
    with serving(create_app(told, make_services(told)), told) as port:
        with watching_health(port) as health, calling(port, 12) as callers:
            soon(lambda: callers.words()["overloaded"] > 20, 30)
        assert callers.words().keys() == {"200", "overloaded"}
        assert health
        answer = exchange(port, head("POST /v1/eligibility", {**JSON, "Content-Length": 12}), b'{"facts":{}}')
        assert (answer.status, get(port, "/readyz").status) == (200, 200)


def test_calls_that_wait_for_the_disk_are_bounded(tmp_path):
    file = tmp_path / "beizeng.db"
    told = settings(database_url=f"sqlite:///{file}", max_calls_in_flight=2, database_lock_seconds=1)
    with serving(create_app(told), told) as port, connect(port) as connection:
        assert decide(connection).status == 200
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            answers = _at_once(port, 8)
        words = sorted(one.word for one in answers)
        assert words == ["database_timeout"] * 2 + ["overloaded"] * 6
        assert max(one.seconds for one in answers if one.word == "overloaded") < min(
            one.seconds for one in answers if one.word == "database_timeout"
        )
        soon(lambda: decide(connection).status == 200)


def test_the_refusal_says_when_to_come_again():
    told = settings(max_calls_in_flight=1)
    app = create_app(told, make_services(told))
    with serving(app, told) as port, app.state.services.admission.inside({}):
        answer = get(port, "/v1/facts")
        assert (answer.status, answer.json["code"]) == (503, "overloaded")
        assert int(answer.headers["retry-after"]) > 0
        assert get(port, "/healthz").status == 200


def _at_once(port, count):
    def one(_):
        with connect(port) as connection:
            return decide(connection)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))
