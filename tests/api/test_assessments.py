"""One call home: its parts are what the single operations answer, and it is small enough for a phone."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from fractions import Fraction

import pytest

from bench.subject import FACTS
from tests.api.conftest import registry
from tests.api.test_decisions import FIRST
from tests.api.wire import JSON, post

PATH = "/v1/assessments"
CLOCK = {"started_at": "2026-09-30T16:00:00+08:00", "now": "2026-10-09T09:00:00+08:00"}
#: What is asked: nothing, much, something narrowed, something about a request for a service.
QUESTIONS = {
    "nothing": {"facts": {}, "on": "2023-06-01"},
    "a firm": {"facts": FACTS, "on": "2023-06-01", **CLOCK},
    "a firm, in full": {"facts": FACTS, "on": "2026-11-24", "explain": "full"},
    "one measure": {**FIRST, **CLOCK},
    "one subject": {"facts": {"registration_division": "140722"}, "on": "2023-06-01", "subjects": ["enterprise"]},
    "skipped": {"facts": {}, "on": "2023-06-01", "measures": [3, 19], "skip": ["entity_type"], "explain": "none"},
    "no rule": {"facts": {}, "on": "2023-06-01", "measures": [38], "subjects": ["guarantor"]},
    "power": {"facts": {"request_kind": "power"}, "on": "2023-06-01", "explain": "none", **CLOCK},
    "high voltage": {"facts": {"request_kind": "power", "power_voltage": "high"}, "on": "2023-06-01", **CLOCK},
    "a tax refund": {"facts": {"request_kind": "tax_refund"}, "on": "2023-06-01", "explain": "none", **CLOCK},
}


def alone(question):
    """The same question as the single operations take it."""
    return {name: value for name, value in question.items() if name not in CLOCK}


@pytest.fixture(params=QUESTIONS.values(), ids=QUESTIONS)
def question(request):
    return request.param


class TestParts:
    def test_results_are_those_of_eligibility(self, client, question):
        given = client.post(PATH, json=question).json()
        shown = client.post("/v1/eligibility", json=alone(question)).json()
        for name in ("on", "policy", "counts", "derived", "warnings", "results"):
            assert given[name] == shown[name], name
        assert given.keys() == {*shown, "total", "targets"}

    def test_the_total_is_that_of_a_calculation(self, client, question):
        given = client.post(PATH, json=question).json()
        shown = client.post("/v1/subsidies/calculations", json=alone(question)).json()
        assert given["total"] == shown["total"]
        with_amount = {result["rule_id"]: result for result in shown["results"]}
        assert [result for result in given["results"] if result["rule_id"] in with_amount] == shown["results"]

    def test_time_limits_are_those_that_match(self, client, question):
        targets = client.post(PATH, json=question).json()["targets"]
        shown = client.post("/v1/approval-targets/match", json={"facts": question["facts"]}).json()
        assert [item["id"] for item in targets["items"]] == shown["targets"]
        assert {name: targets[name] for name in ("status", "missing_facts", "ranges")} == {
            name: shown[name] for name in ("status", "missing_facts", "ranges")
        }
        clock = {name: question[name] for name in CLOCK if name in question}
        for item in targets["items"]:
            deadline = item.pop("deadline")
            assert item == client.get(f"/v1/approval-targets/{item['id']}").json()
            path = f"/v1/approval-targets/{item['id']}/deadline"
            assert deadline == (client.post(path, json=clock).json() if clock else None)

    def test_the_question_is_of_everything_that_is_open(self, client, question):
        """Each open result gives each fact that it or its amount still needs an equal part of one point."""
        given = client.post(PATH, json=question).json()
        order = [fact.id for fact in registry().get().policy.vocabulary.facts]
        points: Counter[str] = Counter()
        listed: Counter[str] = Counter()
        for result in given["results"]:
            wanted = {*result["missing_facts"], *result["amount"]["missing_facts"]} - set(question.get("skip", ()))
            for fact in wanted:
                points[fact] += Fraction(1, len(wanted))
                listed[fact] += 1
        asked = given["next_question"]
        if not points:
            assert asked is None
            return
        best = min(points, key=lambda fact: (-points[fact], order.index(fact)))
        assert (asked["fact"], asked["settles"]) == (best, listed[best])

    def test_asking_on_settles_every_status_and_every_amount(self, client):
        """The hundred facts or so of an asker who always gives the first answer that comes to mind."""
        facts, values = {}, {"bool": True, "int": 1, "money": "1000", "rate": "0.01", "number": "1", "text": "甲"}
        codes = {"industry_code": "C3670", "registration_division": "140722", "uscc": "91140722581200000X"}
        for _ in range(150):
            answer = client.post(PATH, json={"facts": facts, "measures": [3, 19, 38], "explain": "none"}).json()
            asked = answer["next_question"]
            if asked is None:
                break
            option = asked["options"] and asked["options"][0]["value"]
            value = codes.get(asked["fact"], values.get(asked["type"], option))
            facts[asked["fact"]] = [option] if asked["type"] == "set" else value
        assert answer["counts"]["undetermined"] == 0
        assert {result["amount"]["status"] for result in answer["results"]} <= {
            *("computed", "not_applicable", "not_published")
        }
        assert answer["total"]["complete"] is not any(
            result["amount"]["status"] == "not_published" for result in answer["results"]
        )


class TestAnswer:
    @pytest.mark.parametrize("language", ["zh-CN", "en"])
    def test_is_the_same_byte_for_byte(self, client, question, language):
        answers = {client.post(PATH, json=question, headers={"Accept-Language": language}).content for _ in range(3)}
        assert len(answers) == 1

    def test_speaks_the_language_that_is_wanted(self, client):
        body = {"facts": {"request_kind": "power", "power_voltage": "high"}}
        words = [
            client.post(PATH, json=body, headers={"Accept-Language": language}).json()["targets"]["items"][0]["what"]
            for language in ("zh-CN", "en")
        ]
        assert words[0] != words[1]

    @pytest.mark.parametrize("facts", [{}, FACTS], ids=["an empty request", "forty-one facts"])
    def test_is_small_enough_for_a_phone(self, port, facts):
        assert len(FACTS) == 41
        answer = post(port, PATH, {"facts": facts, **CLOCK}, {**JSON, "Accept-Encoding": "gzip, deflate, br"})
        assert (answer.status, answer.headers["content-encoding"]) == (200, "gzip")
        assert len(answer.body) <= 60_000
        assert len(json.loads(gzip.decompress(answer.body))["results"]) > 50
        assert answer.quickest() < 1


class TestRefused:
    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"{",
            b"[]",
            b"{}",
            b'{"facts":{"employes":1}}',
            b'{"facts":{},"on":"2023-02-30","rules":["m99"],"measures":[],"explian":"full"}',
            b'{"facts":{},"policy":"zuoquan-2023"}',
        ],
    )
    def test_as_eligibility_refuses(self, port, body):
        mine, other = post(port, PATH, body), post(port, "/v1/eligibility", body)
        assert mine.status == other.status
        unlike = ("request_id", "instance")
        assert {k: v for k, v in mine.json.items() if k not in unlike} == {
            k: v for k, v in other.json.items() if k not in unlike
        }

    @pytest.mark.parametrize(
        ("started_at", "code"),
        [
            ("2026-09-30T16:00:00", "timestamp_naive"),
            ("2026-09-30", "timestamp_format"),
            (20260930, "wrong_type"),
            ("1990-01-01T09:00:00+08:00", "before_calendar"),
            ("9999-12-31T09:00:00+08:00", "after_calendar"),
        ],
    )
    def test_a_start_that_cannot_be_counted_from_beside_every_other_fault(self, port, started_at, code):
        body = {"facts": {"request_kind": "power", "employees": "many"}, "started_at": started_at}
        answer = post(port, PATH, body)
        assert answer.status == 422
        assert answer.codes == {"/facts/employees": "number_format", "/started_at": code}

    def test_a_bad_present(self, port):
        body = {"facts": {}, "started_at": CLOCK["started_at"], "now": "today"}
        assert post(port, PATH, body).codes == {"/now": "timestamp_format"}

    @pytest.mark.parametrize("name", ["pauses", "finished_at"])
    def test_what_only_a_single_clock_takes(self, port, name):
        assert post(port, PATH, {"facts": {}, name: None}).codes == {f"/{name}": "unknown_field"}
