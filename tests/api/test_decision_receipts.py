"""Decisions over HTTP with their receipts: found again, made again, seen by those who may."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from app.api.receipting import DECISION_ID
from app.main import create_app
from app.services.figures import FigureEntry, enter_figure
from app.services.knowledge import Knowledge
from app.settings import Settings
from app.storage.session import Database
from tests.api.conftest import serving
from tests.api.wire import get, post

NAME = DECISION_ID.decode()
FACTS = {"entity_type": "individual_business", "registration_division": "140722", "name": "王小二家电维修"}
ASKED = {"facts": FACTS, "on": "2023-06-01", "measures": [38]}
CLOCK = "/v1/approval-targets/m47-power-low-voltage/deadline"
PLACES = {
    "/v1/eligibility": ASKED,
    "/v1/subsidies/calculations": ASKED,
    "/v1/assessments": {**ASKED, "started_at": "2026-09-30T16:00:00+08:00"},
    "/v1/approval-targets/match": {"facts": {"request_kind": "power"}},
    CLOCK: {"started_at": "2026-09-30T16:00:00+08:00"},
}


@pytest.fixture
def settings(database_url, tmp_path):
    return Settings(
        auth="open", database_url=database_url, key_file=tmp_path / "k" / "key", anchor_file=tmp_path / "k" / "anchors"
    )


@pytest.fixture
def port(settings):
    with serving(create_app(settings), settings) as port:
        yield port


def replayed(port, decision):
    return post(port, f"/v1/decisions/{decision}/replay", {}).json


class TestEveryDecision:
    def test_has_an_id_and_a_receipt_that_replays_to_the_same_bytes(self, port):
        for number, (path, asked) in enumerate(PLACES.items(), start=1):
            answer = post(port, path, asked)
            assert answer.status == 200, answer.body
            receipt = get(port, f"/v1/decisions/{answer.headers[NAME]}").json
            assert receipt["request"] == asked
            assert (receipt["number"], receipt["genuine"], receipt["application"]) == (number, True, "open")
            assert receipt["request_id"] == answer.headers["x-request-id"]
            again = replayed(port, receipt["id"])
            assert (again["identical"], again["differs"], again["now"]["identical"]) == (True, [], True)

    def test_ids_differ_and_bodies_do_not(self, port):
        answers = [post(port, "/v1/eligibility", ASKED) for _ in range(3)]
        assert len({answer.headers[NAME] for answer in answers}) == 3
        assert len({answer.body for answer in answers}) == 1

    def test_what_is_no_decision_has_none(self, port):
        assert NAME not in post(port, "/v1/eligibility", {"facts": {"employes": 5}}).headers
        assert NAME not in get(port, "/v1/facts").headers
        assert get(port, "/v1/decisions").json["items"] == []

    def test_facts_are_nowhere_in_plain_text(self, port, settings):
        post(port, "/v1/eligibility", ASKED)
        if settings.sqlite_path is None:
            database = Database(settings.database_url)
            with database.engine.connect() as connection:
                rows = connection.exec_driver_sql("SELECT r::text, encode(sealed, 'escape') FROM receipts r").all()
            database.close()
            kept = str(rows).encode()
        else:
            with sqlite3.connect(settings.sqlite_path) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.close()
            kept = settings.sqlite_path.read_bytes()
        assert FACTS["name"].encode() not in kept


class TestPages:
    def test_go_down_the_chain_without_overlap(self, port):
        ids = [post(port, "/v1/eligibility", ASKED).headers[NAME] for _ in range(5)]
        seen, cursor = [], ""
        while cursor is not None:
            page = get(port, f"/v1/decisions?limit=2{cursor and f'&cursor={cursor}'}").json
            seen += [item["id"] for item in page["items"]]
            cursor = page["next_cursor"]
        assert seen == ids[::-1]

    def test_are_narrowed(self, port):
        post(port, "/v1/eligibility", ASKED)
        today = (datetime.now(UTC) + timedelta(hours=8)).date()
        assert len(get(port, f"/v1/decisions?from={today}&to={today}&policy=zuoquan-2022").json["items"]) == 1
        for query in ("to=2020-01-01", "from=2099-01-01", "policy=other", "application=other"):
            assert get(port, f"/v1/decisions?{query}").json["items"] == []

    def test_refuse_bad_values(self, port):
        for query, status, code in (
            ("cursor=abc", 400, "bad_cursor"),
            ("cursor=%E4%BD%A0", 400, "bad_cursor"),
            ("limit=0", 422, "out_of_range"),
            ("limit=201", 422, "out_of_range"),
            ("from=2022-02-30", 422, "date_invalid"),
            ("policies=x", 422, "unknown_parameter"),
        ):
            answer = get(port, f"/v1/decisions?{query}")
            assert answer.status == status
            assert code in (answer.json["code"], *answer.codes.values())

    def test_an_unknown_id_is_not_there(self, port):
        assert get(port, "/v1/decisions/d-00").status == 404
        assert post(port, "/v1/decisions/d-00/replay", {}).status == 404


class TestKnownAt:
    def test_a_figure_is_not_known_before_it_was_entered(self, port, settings):
        asked = {"facts": {}, "measures": [38], "explain": "none"}
        before = post(port, "/v1/eligibility", asked)
        database = Database(settings.database_url)
        try:
            policy = Knowledge(database, settings).at(datetime.now(UTC)).get().policy
            name = next(iter(policy.parameters))
            moment = datetime.now(UTC).isoformat()
            enter_figure(database, policy, FigureEntry(name, "1", "2023-01-01", None, "test"), _clock())
            then = post(port, "/v1/eligibility", {**asked, "known_at": moment})
            now = post(port, "/v1/eligibility", {**asked, "known_at": datetime.now(UTC).isoformat()})
        finally:
            database.close()
        receipts = [get(port, f"/v1/decisions/{answer.headers[NAME]}").json for answer in (before, then, now)]
        assert receipts[0]["figures"] == receipts[1]["figures"] != receipts[2]["figures"]
        assert before.body == then.body
        for receipt in receipts:
            assert replayed(port, receipt["id"])["identical"]

    def test_refuses_what_was_never_known(self, port):
        values = {
            "2020-01-01": "out_of_range",
            "2099-01-01T00:00:00+08:00": "out_of_range",
            "2023-01-01T00:00:00": "timestamp_naive",
            "2023-02-30": "date_invalid",
            5: "wrong_type",
        }
        for path, asked in PLACES.items():
            answers = {value: post(port, path, {**asked, "known_at": value}) for value in values}
            assert {answer.status for answer in answers.values()} == {422}
            assert {value: answer.codes["/known_at"] for value, answer in answers.items()} == values

    def test_the_present_day_is_the_present(self, port):
        today = (datetime.now(UTC) + timedelta(hours=8)).date().isoformat()
        assert (
            post(port, "/v1/eligibility", {**ASKED, "known_at": today}).body
            == post(port, "/v1/eligibility", ASKED).body
        )


class TestHashed:
    def test_personal_facts_cannot_be_read_again(self, settings):
        hashed = Settings(**{**settings.model_dump(), "receipt_personal": "hash"})
        with serving(create_app(hashed), hashed) as port:
            decision = post(port, "/v1/eligibility", ASKED).headers[NAME]
            receipt = get(port, f"/v1/decisions/{decision}").json
            assert receipt["request"]["facts"]["name"].startswith("hash:")
            assert receipt["request"]["facts"]["registration_division"] == "140722"
            assert receipt["request"]["measures"] == [38]
            again = replayed(port, decision)
            assert (again["identical"], [item["part"] for item in again["differs"]]) == (None, ["request"])


class TestOff:
    def test_decisions_go_on_and_say_so(self, settings):
        off = Settings(**{**settings.model_dump(), "receipts": "off"})
        with serving(create_app(off), off) as port:
            answer = post(port, "/v1/eligibility", ASKED)
            assert (answer.status, answer.headers["x-receipts"]) == (200, "off")
            assert NAME not in answer.headers
            ready = get(port, "/readyz").json
            assert (ready["receipts"], ready["parts"]) == ("off", ["database", "rule_set", "calendar"])


class TestLost:
    def test_no_decision_leaves_without_its_receipt_and_it_heals(self, sqlite_url, tmp_path):
        settings = Settings(auth="open", database_url=sqlite_url, key_file=tmp_path / "key", database_lock_seconds=0.3)
        with serving(create_app(settings), settings) as port:
            holder = sqlite3.connect(settings.sqlite_path, isolation_level=None)
            holder.execute("BEGIN IMMEDIATE")
            answer = post(port, "/v1/eligibility", ASKED)
            assert (answer.status, answer.json["code"]) == (503, "database_timeout")
            assert answer.headers["retry-after"]
            assert "receipts" in get(port, "/readyz").json["detail"]
            assert get(port, "/healthz").status == 200
            holder.execute("ROLLBACK")
            holder.close()
            assert post(port, "/v1/eligibility", ASKED).status == 200
            assert get(port, "/readyz").status == 200
            assert len(get(port, "/v1/decisions").json["items"]) == 1


def _clock():
    from app.clock import system_clock  # noqa: PLC0415

    return system_clock
