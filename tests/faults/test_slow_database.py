"""F06, F07, F10, F11: a database that hangs, is slow, breaks off, or is asked by callers who leave."""

from __future__ import annotations

import json
import random
import socket
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from sqlalchemy import text

from app.main import create_app
from app.services.database import open_database
from app.settings import Settings
from app.storage.migrating import migrate
from tests.api.conftest import make_services, serving
from tests.api.wire import JSON, head
from tests.faults.load import call, connect, decide, soon, watching_health
from tests.faults.rounds import rounds
from tests.postgres import behind_proxy

pytestmark = pytest.mark.postgres

#: How much longer than promised a call may take on a machine that does other things as well.
SLACK = 1.5


def at_once(port, *kinds):
    """One call of each kind, on connections of their own."""

    def go(kind):
        with connect(port) as connection:
            return kind(connection)

    with ThreadPoolExecutor(len(kinds)) as pool:
        return list(pool.map(go, kinds))


def receipts(connection):
    return call(connection, "GET", "/v1/decisions?limit=1")


def median(values):
    return sorted(values)[len(values) // 2]


def test_f06_each_call_of_a_database_that_hangs_ends_in_time_and_the_pool_is_whole_afterwards(service):
    service.proxy.hang()
    with watching_health(service.port) as health:
        found = at_once(service.port, *[decide] * 5, *[receipts] * 5)
    assert {one.word for one in found} == {"database_timeout"}
    assert max(one.seconds for one in found) < 3 + SLACK
    assert median(health) < 0.1
    service.proxy.flow()
    with connect(service.port) as connection:
        soon(lambda: decide(connection).status == 200)
    assert {one.word for one in at_once(service.port, *[decide] * 10, *[receipts] * 10)} == {"200"}


def test_f07_of_a_slow_database_whoever_finds_no_connection_is_told_so_early(service):
    settings = service.settings.model_copy(update={"database_statement_seconds": 10.0})
    with behind_proxy(service.direct) as (proxy, url):
        database = open_database(settings.model_copy(update={"database_url": url}))
        app = create_app(settings, make_services(settings, database=database))
        with serving(app, settings) as port:
            assert {one.word for one in at_once(port, *[receipts] * 5)} == {"200"}
            proxy.delay(0.5)
            with watching_health(port) as health:
                found = at_once(port, *[receipts] * 100)
        database.close()
    words = Counter(one.word for one in found)
    assert words.keys() <= {"200", "database_timeout", "database_unavailable"}
    assert words["200"] > 0
    assert words["database_timeout"] > 80
    refused = [one.seconds for one in found if one.status != 200]
    assert median(refused) < 1.5
    assert max(refused) < 1.5 + SLACK
    assert median(health) < 0.1


def test_f07_a_decision_whose_receipt_cannot_be_kept_in_time_is_refused_early(service):
    service.proxy.delay(0.5)
    with watching_health(service.port) as health:
        found = at_once(service.port, *[decide] * 20)
    assert {one.word for one in found} <= {"200", "database_timeout", "database_unavailable"}
    refused = [one.seconds for one in found if one.status != 200]
    assert refused
    assert median(refused) < 1.5
    assert max(refused) < 1.5 + SLACK
    assert median(health) < 0.1


def test_f11_connections_come_back_from_callers_who_left(service):
    pool = service.app.state.services.database.engine.pool
    with psycopg.connect(service.direct) as other:
        other.execute("LOCK TABLE receipts IN ACCESS EXCLUSIVE MODE")
        leaving = [socket.create_connection(("127.0.0.1", service.port)) for _ in range(30)]
        for connection in leaving:
            connection.sendall(head("GET /v1/decisions", {}))
        soon(lambda: pool.checkedout() >= 5)
        time.sleep(0.5)
        for connection in leaving:
            connection.close()
        soon(lambda: pool.checkedout() <= 1, 5 + SLACK)  # one may be looking for news
        other.rollback()
    with connect(service.port) as connection:
        assert call(connection, "GET", "/readyz").status == 200
    assert {one.word for one in at_once(service.port, *[receipts] * 10)} == {"200"}


class TestF10:
    """The connection breaks at any byte of a COMMIT or of its answer."""

    #: ``COMMIT`` and its zero, and what the server answers to it.
    BYTES = 7 + 18

    @pytest.fixture
    def submitting(self, proxied, tmp_path):
        """A service that takes jobs and does none; a key is free again soon after whoever held it has gone."""
        (tmp_path / "r.csv").write_text("entity,entity_type\nE1,enterprise\n")
        told = {
            "log_level": "warning",
            "answer_seconds": 0.75,
            "data_dir": tmp_path / "data",
            "screening_source_dir": tmp_path,
        }
        settings = Settings(_env_file=None, auth="open", database_url=proxied[1], **told)
        database = open_database(settings)
        migrate(database)
        app = create_app(settings, make_services(settings, database=database))
        with serving(app, settings) as port, connect(port) as connection:
            yield connection, database
        database.close()

    def test_f10_the_retry_finds_the_outcome_and_there_are_never_two(self, proxied, submitting):
        connection, database = submitting
        chance = random.Random(10)  # noqa: S311 - where to cut, no secret
        broken = 0
        for turn in range(rounds(6, 50)):
            proxied[0].cut_in(b"COMMIT", chance.randrange(self.BYTES), skip=chance.randrange(3))
            seen = {self.submit(connection, turn).word}
            assert not proxied[0].armed
            broken += seen != {"202"}
            while "202" not in seen:
                again = self.submit(connection, turn)
                assert again.word in {"202", "idempotency_in_progress"}
                seen.add(again.word)
                time.sleep(0.05)
            assert seen <= {"202", "database_unavailable", "idempotency_in_progress"}
            with database.reading() as session:
                assert session.execute(text("SELECT count(*) FROM screening_jobs")).scalar_one() == turn + 1
        assert broken > 0

    def submit(self, connection, turn):
        body = json.dumps({"source": "r.csv"})
        return call(connection, "POST", "/v1/screenings", body, {**JSON, "Idempotency-Key": f"k-{turn}"})
