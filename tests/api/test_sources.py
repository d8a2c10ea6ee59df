"""Facts from another office, asked over real HTTP: taken, refused, missed, told of, and replayed without asking."""

from __future__ import annotations

import json
import re

import pytest

from app.main import create_app
from app.services.packs import load_policy
from app.services.sources import load_sources, refuse_unknown_facts
from app.settings import Settings, SettingsError
from tests.api.conftest import serving
from tests.api.offices import CODE, SECRET, open_office
from tests.api.wire import get, post

FACTS = {
    "employees": "/data/staff",
    "annual_revenue": {"at": "/data/revenue", "unit": "万元"},
    "total_assets": "/data/assets",
    "entity_type": {"at": "/data/form", "values": {"1130": "enterprise", "9500": "individual_business"}},
    "business_state": {"at": "/data/state", "values": {"存续": "operating", "吊销": "revoked"}},
    "registration_division": "/data/division",
    "industry_code": "/data/industry",
    "is_technology_enterprise": {"at": "/data/hightech", "values": {"是": "true", "否": "false"}},
    "hnte_times_certified": "/data/certified",
    "tax_credit_rating": "/data/rating",
}
WAYS = ("ok", "wrong", "slow", "failing", "unknown", "refusing", "garbage", "repeated", "packed", "huge", "elsewhere")
WAYS = (*WAYS, "losing", "sometimes")
ASKED = {"facts": {"uscc": CODE}, "on": "2023-06-01", "measures": [3, 38], "explain": "none"}
PLACES = ("/v1/eligibility", "/v1/subsidies/calculations", "/v1/assessments")


def source(way, address, **changes):
    return {
        "id": way,
        "name": {"zh": f"来源{way}", "en": f"Source {way}"},
        "address": f"{address}/{way}/{{uscc}}",
        "applications": "all",
        "found": "/data",
        "as_of": "/data/updatedOn",
        "seconds": 0.6 if way == "slow" else 2,
        "facts": FACTS,
        **changes,
    }


@pytest.fixture(scope="module")
def office():
    with open_office() as opened:
        yield opened


@pytest.fixture(scope="module")
def settings(office, tmp_path_factory):
    folder = tmp_path_factory.mktemp("sources")
    (folder / "token").write_text(SECRET + "\n", encoding="utf-8")
    special = {
        "ok": {"headers": {"Authorization": {"file": str(folder / "token")}}},
        "sometimes": {"failures": 2, "pause_seconds": 0.5, "retries": 0},
    }
    sources = [source(way, office[1], **special.get(way, {})) for way in WAYS]
    sources.append(source("reserved", office[1], applications=["another"]))
    (folder / "sources.yaml").write_text(json.dumps({"sources": sources}), encoding="utf-8")
    return Settings(
        _env_file=None,
        auth="open",
        database_url=f"sqlite:///{folder / 'beizeng.db'}",
        data_dir=folder / "var",
        sources_file=folder / "sources.yaml",
    )


@pytest.fixture(scope="module")
def port(settings):
    with serving(create_app(settings), settings) as port:
        yield port


def ask(port, *sources, path=PLACES[0], facts=(), **changes):
    body = {**ASKED, "facts": {**ASKED["facts"], **dict(facts)}, "sources": list(sources), **changes}
    answer = post(port, path, body)
    assert answer.status == 200, answer.body
    return answer.json


def report(answer):
    (found,) = answer["sources"]
    return found


class TestAnswered:
    def test_facts_are_taken_with_source_and_date(self, port):
        answer = ask(port, "ok")
        sourced = {entry["fact"]: entry["value"] for entry in answer["sourced"]}
        assert sourced == {
            "entity_type": "enterprise",
            "registration_division": "140722",
            "industry_code": "C3311",
            "employees": 120,
            "annual_revenue": "86505000.00",
            "total_assets": "120000000.50",
            "business_state": "operating",
            "is_technology_enterprise": True,
            "hnte_times_certified": 1,
        }
        assert {(entry["source"], entry["as_of"]) for entry in answer["sourced"]} == {("ok", "2026-11-21")}
        found = report(answer)
        assert (found["id"], found["name"], found["state"], found["reason"]) == ("ok", "来源ok", "ok", None)
        assert (found["unknown_facts"], found["errors"]) == (["tax_credit_rating"], [])

    @pytest.mark.parametrize("path", PLACES)
    def test_the_answer_is_that_to_the_same_facts_given(self, port, path):
        answer = ask(port, "ok", path=path)
        given = {entry["fact"]: entry["value"] for entry in answer.pop("sourced")}
        del answer["sources"]
        assert answer == post(port, path, {**ASKED, "facts": {**ASKED["facts"], **given}}).json
        assert {entry["fact"] for entry in answer["derived"]} >= {"registered_in_county"}

    def test_time_limits_are_matched_on_sourced_facts(self, port):
        answer = post(port, "/v1/approval-targets/match", {"facts": {"uscc": CODE}, "sources": ["ok"]})
        assert (answer.status, report(answer.json)["state"]) == (200, "ok")

    def test_what_the_caller_gives_wins(self, port):
        answer = ask(port, "ok", facts={"employees": 7, "tax_credit_rating": None})
        assert "employees" not in {entry["fact"] for entry in answer["sourced"]}
        assert report(answer)["unknown_facts"] == ["tax_credit_rating"]

    def test_nobody_is_asked_for_what_is_given(self, port, office):
        given = {"employees": 7, "annual_revenue": 1, "total_assets": 1, "entity_type": "other"}
        given |= {"business_state": "operating", "registration_division": "140722", "industry_code": "C"}
        given |= {"is_technology_enterprise": False, "hnte_times_certified": 0, "tax_credit_rating": "A"}
        before = office[0].served
        assert report(ask(port, "ok", facts=given))["state"] == "not_asked"
        assert office[0].served == before

    def test_of_two_that_know_a_fact_the_first_in_the_file_counts(self, port):
        answer = ask(port, "losing", "wrong", "ok")
        assert [item["id"] for item in answer["sources"]] == ["ok", "wrong", "losing"]
        assert {entry["source"] for entry in answer["sourced"]} == {"ok"}

    def test_the_office_sees_our_key_and_the_code(self, port, office):
        ask(port, "ok")
        path, headers = office[0].asked[-1]
        assert path == f"/ok/{CODE}"
        assert headers["Authorization"] == SECRET


class TestUnanswered:
    @pytest.mark.parametrize(
        ("way", "state", "reason"),
        [
            ("slow", "down", "timeout"),
            ("failing", "down", "failing"),
            ("refusing", "down", "refused"),
            ("garbage", "down", "unreadable"),
            ("repeated", "down", "unreadable"),
            ("packed", "down", "unreadable"),
            ("huge", "down", "too_large"),
            ("elsewhere", "down", "redirected"),
            ("unknown", "not_found", None),
        ],
    )
    def test_facts_stay_unknown_and_the_answer_says_so(self, port, way, state, reason):
        answer = ask(port, way)
        found = report(answer)
        assert (found["state"], found["reason"], answer["sourced"]) == (state, reason, [])
        assert found["unknown_facts"] == list(FACTS)
        plain = post(port, PLACES[0], ASKED).json
        assert {key: answer[key] for key in plain} == plain

    def test_a_code_without_a_record_is_not_found(self, port):
        answer = ask(port, "ok", facts={"uscc": "911407220000000000"})
        assert report(answer)["state"] == "not_found"

    def test_bad_values_are_not_put_right_and_good_ones_count(self, port):
        answer = ask(port, "wrong")
        found = report(answer)
        assert found["state"] == "bad_value"
        assert {error["fact"]: error["code"] for error in found["errors"]} == {
            "employees": "number_format",
            "annual_revenue": "number_format",
            "total_assets": "wrong_type",
            "entity_type": "not_in_enum",
            "business_state": "wrong_type",
            None: "date_format",
        }
        assert all(error["message"] for error in found["errors"])
        assert answer["sourced"] == [{"fact": "industry_code", "value": "C3311", "source": "wrong", "as_of": None}]

    def test_failures_are_tried_three_times_and_refusals_once(self, port, office):
        before = {way: office[0].tries(way) for way in ("failing", "refusing", "elsewhere", "unknown")}
        for way in before:
            ask(port, way)
        assert {way: office[0].tries(way) - count for way, count in before.items()} == {
            "failing": 3,
            "refusing": 1,
            "elsewhere": 1,
            "unknown": 1,
        }

    def test_lost_connections_are_made_again(self, port):
        assert report(ask(port, "losing"))["state"] == "ok"

    def test_who_keeps_failing_is_left_alone_and_tried_again(self, port, office):
        office[0].down = True
        reasons = [report(ask(port, "sometimes"))["reason"] for _ in range(3)]
        assert reasons == ["failing", "failing", "left_alone"]
        asked = office[0].tries("sometimes")
        assert asked == 2
        office[0].down = False
        states = set()
        while "ok" not in states:
            found = report(ask(port, "sometimes"))
            assert found["state"] == "ok" or found["reason"] == "left_alone"
            states.add(found["state"])
        assert office[0].tries("sometimes") == asked + 1

    def test_words_follow_the_language(self, port):
        asked = {**ASKED, "sources": ["wrong", "failing"]}
        headers = {"Content-Type": "application/json", "Accept-Language": "en"}
        wrong, failing = post(port, PLACES[0], asked, headers).json["sources"]
        assert failing["message"] == "no answer could be had; its facts stay unknown: it reported a fault of its own"
        assert wrong["name"] == "Source wrong"


class TestListed:
    def test_names_and_facts_in_the_order_of_the_file_and_no_more(self, port):
        answer = get(port, "/v1/sources")
        assert (answer.status, answer.json["total"]) == (200, len(WAYS))
        assert answer.json["items"] == [{"id": way, "name": f"来源{way}", "facts": list(FACTS)} for way in WAYS]
        assert get(port, "/v1/sources", {"Accept-Language": "en"}).json["items"][0]["name"] == "Source ok"

    def test_can_be_held(self, port):
        tag = get(port, "/v1/sources").headers["etag"]
        assert get(port, "/v1/sources", {"If-None-Match": tag}).status == 304
        assert get(port, "/v1/sources", {"If-None-Match": tag, "Accept-Language": "en"}).status == 200

    def test_is_empty_without_a_file(self, serve):
        assert get(serve(), "/v1/sources").json == {"items": [], "total": 0}

    def test_every_name_that_is_listed_can_be_asked(self, port):
        listed = [item["id"] for item in get(port, "/v1/sources").json["items"]]
        assert post(port, PLACES[0], {**ASKED, "facts": {}, "sources": listed}).codes == {
            "/facts/uscc": "missing_field"
        }


class TestCounted:
    def outcomes(self, port):
        lines = re.findall(
            r'^beizeng_source_calls_total{outcome="(\w+)",source="(\w+)"} ([0-9.]+)$',
            get(port, "/metrics").body.decode(),
            re.MULTILINE,
        )
        return {(source, outcome): float(count) for outcome, source, count in lines}

    def test_each_call_by_source_and_outcome(self, port):
        before = self.outcomes(port)
        assert len(before) == 4 * (len(WAYS) + 1)
        ask(port, "ok", "wrong", "unknown", "failing")
        ask(port, "ok", facts={"uscc": "911407220000000000"})
        grown = {key: count - before[key] for key, count in self.outcomes(port).items() if count != before[key]}
        assert grown == {
            ("ok", "filled"): 1,
            ("wrong", "filled"): 1,
            ("unknown", "unknown"): 1,
            ("failing", "down"): 1,
            ("ok", "unknown"): 1,
        }

    def test_a_source_that_is_left_alone(self, port, office):
        office[0].down = True
        before, reasons = self.outcomes(port), []
        while "left_alone" not in reasons:
            reasons.append(report(ask(port, "sometimes"))["reason"])
        after = self.outcomes(port)
        grown = [after["sometimes", way] - before["sometimes", way] for way in ("down", "circuit_open")]
        assert grown == [len(reasons) - 1, 1]
        office[0].down = False
        assert CODE not in get(port, "/metrics").body.decode()

    def test_none_without_a_file(self, serve):
        assert b"beizeng_source_calls" not in get(serve(), "/metrics").body


class TestRequests:
    def test_every_fault_is_told_and_nobody_asked(self, port, office):
        before = office[0].served
        asked = {"facts": {"employes": 1}, "sources": ["nobody", "ok", 5], "explain": "loudly"}
        answer = post(port, PLACES[0], asked)
        assert answer.status == 422
        assert answer.codes == {
            "/facts/employes": "unknown_fact",
            "/facts/uscc": "missing_field",
            "/sources/0": "unknown_source",
            "/sources/2": "wrong_type",
            "/explain": "not_in_enum",
        }
        assert office[0].served == before

    @pytest.mark.parametrize(
        ("sources", "codes"),
        [
            ([], {"/sources": "empty_list"}),
            ("ok", {"/sources": "wrong_type"}),
            (["reserved"], {"/sources/0": "unknown_source"}),
            (["ok"] * 21, {"/sources": "too_many_items"}),
        ],
    )
    def test_bad_lists(self, port, sources, codes):
        assert post(port, PLACES[0], {**ASKED, "sources": sources}).codes == codes

    def test_a_bad_code_is_told_once(self, port):
        asked = {**ASKED, "facts": {"uscc": "123"}, "sources": ["ok"]}
        assert post(port, PLACES[0], asked).codes == {"/facts/uscc": "code_format"}

    def test_a_field_in_escapes_is_the_same_field(self, port):
        body = json.dumps({**ASKED, "sources": ["ok"]}).replace("sources", "\\u0073ources").encode()
        assert post(port, PLACES[0], body).json["sourced"]

    def test_null_asks_nobody(self, port):
        assert post(port, PLACES[0], {**ASKED, "sources": None}).body == post(port, PLACES[0], ASKED).body

    def test_a_clock_has_no_sources(self, port):
        asked = {"started_at": "2026-09-30T16:00:00+08:00", "sources": ["ok"]}
        answer = post(port, "/v1/approval-targets/m47-power-low-voltage/deadline", asked)
        assert answer.codes == {"/sources": "unknown_field"}

    def test_without_a_file_there_are_no_sources(self, serve):
        assert post(serve(), PLACES[0], {**ASKED, "sources": ["ok"]}).codes == {"/sources/0": "unknown_source"}


class TestReceipts:
    @pytest.mark.parametrize("path", PLACES)
    def test_replay_gives_the_same_bytes_and_asks_nobody(self, port, office, path):
        answer = post(port, path, {**ASKED, "sources": ["ok", "wrong", "failing"]})
        before = office[0].served
        decision = answer.headers["x-decision-id"]
        receipt = get(port, f"/v1/decisions/{decision}").json
        again = post(port, f"/v1/decisions/{decision}/replay", {}).json
        assert office[0].served == before
        assert (again["identical"], again["now"]["identical"]) == (True, True)
        assert receipt["request"] == {**ASKED, "sources": ["ok", "wrong", "failing"]}
        assert receipt["said"] == {key: answer.json[key] for key in ("sourced", "sources")}

    def test_nothing_was_said_where_nobody_was_asked(self, port):
        decision = post(port, PLACES[0], ASKED).headers["x-decision-id"]
        assert get(port, f"/v1/decisions/{decision}").json["said"] is None


class TestFile:
    """A file of sources that cannot be keeps the service from starting, and names every place but no secret."""

    @pytest.fixture
    def faults(self, tmp_path):
        def found(**changes):
            content = {"sources": [{**source("ok", "https://share.example.invalid"), **changes}]}
            path = tmp_path / "sources.yaml"
            path.write_text(json.dumps(content), encoding="utf-8")
            with pytest.raises(SettingsError) as refused:
                refuse_unknown_facts(load_sources(path), load_policy("zuoquan-2022").vocabulary)
            assert all(
                "BEIZENG_SOURCES_FILE" in fault.message(lang) for fault in refused.value.faults for lang in ("zh", "en")
            )
            return [fault.value for fault in refused.value.faults]

        return found

    @pytest.mark.parametrize(
        ("changes", "places"),
        [
            ({"address": "http://share.example.invalid/{uscc}"}, ["sources.0.address"]),
            ({"address": "https://user:secret@share.example.invalid/{uscc}"}, ["sources.0.address"]),
            ({"address": "https://share.example.invalid/"}, ["sources.0.address"]),
            ({"address": "https://{uscc}.example.invalid/"}, ["sources.0.address"]),
            ({"headers": {"Authorization": {"env": "NOWHERE_SET"}}}, ["sources.0.headers.Authorization"]),
            ({"headers": {"Host": "x"}}, ["sources.0.headers.Host"]),
            ({"applications": []}, ["sources.0.applications"]),
            ({"id": "Über", "retries": 9}, ["sources.0.id", "sources.0.retries"]),
            ({"adress": "x"}, ["sources.0.adress"]),
            ({"facts": {"employees": "staff"}}, ["sources.0.facts.employees.at"]),
            ({"facts": {"employes": "/staff"}}, ["sources.0.facts.employes"]),
            ({"facts": {"annual_revenue": {"at": "/r", "unit": "斤"}}}, ["sources.0.facts.annual_revenue.unit"]),
            ({"facts": {"entity_type": {"at": "/t", "values": {"1": "firm"}}}}, ["sources.0.facts.entity_type.values"]),
        ],
    )
    def test_names_the_place(self, faults, changes, places):
        assert faults(**changes) == places

    def test_a_secret_is_not_in_what_is_said(self, tmp_path):
        path = tmp_path / "sources.yaml"
        content = {"sources": [source("ok", "https://a.invalid", headers={"X": SECRET + "\n"}, retries=SECRET)]}
        path.write_text(json.dumps(content), encoding="utf-8")
        with pytest.raises(SettingsError) as refused:
            load_sources(path)
        assert SECRET not in str(refused.value)

    @pytest.mark.parametrize("text", ["", "sources: [", "a: &x 1\nb: *x\n", "sources: []", "\x00"])
    def test_what_is_no_such_file(self, tmp_path, text):
        path = tmp_path / "sources.yaml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(SettingsError):
            load_sources(path)

    def test_ids_stand_once(self, tmp_path):
        path = tmp_path / "sources.yaml"
        path.write_text(json.dumps({"sources": [source("ok", "https://a.invalid")] * 2}), encoding="utf-8")
        with pytest.raises(SettingsError) as refused:
            load_sources(path)
        assert [fault.value for fault in refused.value.faults] == ["sources.1.id"]

    def test_the_service_does_not_start(self, command, tmp_path, monkeypatch):
        path = tmp_path / "sources.yaml"
        path.write_text(json.dumps({"sources": [source("ok", "ftp://a.invalid")]}), encoding="utf-8")
        monkeypatch.setenv("BEIZENG_SOURCES_FILE", str(path))
        monkeypatch.setenv("BEIZENG_AUTH", "open")
        ended = command("serve", "--port", "65431")
        assert ended.code == 1
        assert "sources.0.address" in ended.err


def test_secrets_are_not_in_the_log(port, capfd):
    ask(port, "ok", "failing")
    written = "".join(capfd.readouterr())
    assert "not-for-the-log" not in written
    assert CODE not in written


class TestHashed:
    def test_personal_facts_are_hashed_and_others_stay(self, settings, tmp_path):
        hashed = Settings(
            **{
                **settings.model_dump(),
                "receipt_personal": "hash",
                "database_url": f"sqlite:///{tmp_path / 'beizeng.db'}",
            }
        )
        with serving(create_app(hashed), hashed) as port:
            asked = {**ASKED, "sources": ["ok"]}
            decision = post(port, PLACES[0], asked).headers["x-decision-id"]
            receipt = get(port, f"/v1/decisions/{decision}").json
            again = post(port, f"/v1/decisions/{decision}/replay", {}).json
        assert receipt["request"]["facts"]["uscc"].startswith("hash:")
        assert {entry["fact"]: entry["value"] for entry in receipt["said"]["sourced"]}["employees"] == 120
        assert again["identical"] is None
