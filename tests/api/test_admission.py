"""Too many calls: some are refused at once, the others are answered, and health is never refused."""

from __future__ import annotations

import socket
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from types import SimpleNamespace

import pytest

from app.api import admission
from app.api.admission import Admission, Arrival, Line
from app.api.problems import ProblemError
from app.main import create_app
from app.settings import Settings
from tests.api.conftest import make_services, serving
from tests.api.wire import JSON, exchange, get, head, post, read_answer
from tests.faults.load import calling, connect, decide, soon, watching_health


def settings(**changes):
    return Settings(_env_file=None, auth="open", log_level="warning", **changes)


class Calls:
    """A line of ten, and a clock that stands still unless it is told."""

    def __init__(self, monkeypatch):
        self.line, self.now = Line(settings(max_calls_waiting=10), lambda *_: None), 100.0
        monkeypatch.setattr(admission, "monotonic", lambda: self.now)

    def arrive(self, count, url=b"/v1/eligibility"):
        """So many calls at once; those that are let in."""
        found = []
        for _ in range(count):
            if not self.line.is_closed_to(url):
                found.append(Arrival(self.line))
                found[-1].whole()
        return found

    def begin(self, arrivals):
        for one in arrivals:
            one.begin()


@pytest.fixture
def calls(monkeypatch):
    return Calls(monkeypatch)


class TestLine:
    def test_a_burst_is_let_in_whole(self, calls):
        assert len(calls.arrive(100)) == 100

    def test_while_the_line_stays_long_those_that_come_next_are_turned_away(self, calls):
        calls.begin(calls.arrive(100))
        calls.now += 0.2
        calls.begin(calls.arrive(100))
        calls.now += 0.2
        assert len(calls.arrive(100)) == 10

    def test_a_moment_of_short_lines_ends_it(self, calls):
        calls.begin(calls.arrive(100))
        calls.now += 0.3
        assert len(calls.arrive(100)) == 100

    @pytest.mark.parametrize("url", [b"/healthz", b"/readyz", b"/metrics"])
    def test_who_watches_is_always_let_in(self, calls, url):
        for _ in range(3):
            calls.begin(calls.arrive(100))
            calls.now += 0.2
        calls.arrive(100)
        assert (len(calls.arrive(5)), len(calls.arrive(5, url))) == (0, 5)

    def test_whoever_leaves_or_never_was_whole_is_not_counted(self, calls):
        left, half = calls.arrive(50), [Arrival(calls.line) for _ in range(50)]
        assert calls.line.waiting == 50
        for one in (*left, *left, *half):
            one.begin()
            one.whole()
        assert calls.line.waiting == 0


def test_no_more_than_so_many_are_inside():
    found = Admission(settings(max_calls_in_flight=2))
    with found.inside({}), found.inside({}), pytest.raises(ProblemError, match="overloaded"):
        found.inside({}).__enter__()
    with found.inside({}):
        pass


@pytest.fixture
def crowded(monkeypatch):
    """A service whose line is too long, and has been for a while."""
    told = settings(max_calls_waiting=1)
    app = create_app(told, make_services(told))
    with serving(app, told) as port:
        monkeypatch.setattr(admission, "_PATIENCE_SECONDS", -1.0)
        app.line.waiting = 1
        yield SimpleNamespace(app=app, port=port)


class TestTurnedAway:
    @pytest.mark.parametrize(("language", "words"), [("zh", "服务繁忙，请稍后再试"), ("en", "The service is too busy")])
    def test_is_a_problem_like_any_other(self, crowded, language, words):
        sent = {"Accept-Language": language, "X-Request-ID": "mine-1"}
        answer = post(crowded.port, "/v1/eligibility", {"facts": {}}, headers=sent)
        assert (answer.status, answer.json["code"], answer.json["title"]) == (503, "overloaded", words)
        assert answer.headers["x-request-id"] == answer.json["request_id"] == "mine-1"
        assert int(answer.headers["retry-after"]) > 0
        assert answer.headers["x-content-type-options"] == "nosniff"

    def test_keeps_its_connection_and_is_answered_on_it_afterwards(self, crowded):
        request = head("POST /v1/eligibility", {**JSON, "Content-Length": 12})
        with socket.create_connection(("127.0.0.1", crowded.port), timeout=10) as connection:
            for waiting, status in ((1, 503), (1, 503), (0, 200), (1, 503)):
                crowded.app.line.waiting = waiting
                connection.sendall(request + b'{"facts"')
                connection.sendall(b":{}}")
                assert read_answer(connection, 0).status == status

    def test_loses_the_connection_that_it_did_not_want_to_keep(self, crowded):
        sent = head("POST /v1/eligibility", {**JSON, "Content-Length": 12, "Connection": "close"})
        with socket.create_connection(("127.0.0.1", crowded.port), timeout=10) as connection:
            connection.sendall(sent + b'{"facts":{}}')
            answer = read_answer(connection, 0)
            assert (answer.status, answer.headers["connection"]) == (503, "close")
            assert connection.recv(1) == b""

    def test_gets_the_envelope_of_the_ruoyi_face(self, crowded):
        answer = post(crowded.port, "/compat/ruoyi/v1/eligibility", {"facts": {}})
        assert (answer.status, answer.json["code"]) == (200, 503)

    def test_is_counted_and_health_is_not_refused(self, crowded):
        assert post(crowded.port, "/v1/eligibility", {"facts": {}}).status == 503
        assert get(crowded.port, "/v1/measures/38").status == 503
        assert get(crowded.port, "/v1/measures/38", method="PROPFIND").status == 503
        assert get(crowded.port, "/healthz").status == 200
        told = get(crowded.port, "/metrics").body.decode()
        assert 'method="POST",route="/v1/eligibility",status="503"} 1.0' in told
        assert 'method="GET",route="unmatched",status="503"} 1.0' in told
        assert 'method="OTHER",route="unmatched",status="503"} 1.0' in told

    def test_one_that_waits_for_leave_to_send_its_body_is_let_in(self, crowded):
        sent = {**JSON, "Content-Length": 12, "Expect": "100-continue"}
        answer = exchange(crowded.port, head("POST /v1/eligibility", sent), b'{"facts":{}}')
        assert answer.status == 100


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
