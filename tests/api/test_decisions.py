"""Decisions over HTTP: the worked examples of the contract, and that nothing depends on the call."""

from __future__ import annotations

import json

import pytest

from tests.api.conftest import registry
from tests.firms import FIRST_CERTIFIED

FIRST = {
    "facts": FIRST_CERTIFIED,
    "on": "2023-06-01",
    "measures": [38],
    "explain": "none",
}
SECOND = {
    "facts": {"registration_division": "140722", "has_bank_loan_history": False},
    "on": "2023-06-01",
    "rules": ["m03-first-loan-list", "m38-hnte-application-grant"],
    "subjects": ["enterprise"],
    "explain": "none",
}
COUNTY = {"fact": "registered_in_county", "value": True, "from": {"registration_division": "140722"}}
OPEN = {"from": "2022-04-18", "to": None, "basis": "open_ended"}


def grant(rule_id, title, value):
    amount = {
        "status": "computed",
        "value": value,
        "currency": "CNY",
        "nature": "grant",
        "certainty": "stated",
        "steps": [],
        "parameter": None,
        "missing_facts": [],
    }
    return {
        "rule_id": rule_id,
        "clause": "38",
        "kind": "benefit",
        "title": title,
        "subjects": ["enterprise"],
        "status": "eligible",
        "missing_facts": [],
        "reasons": [],
        "near_miss": [],
        "amount": amount,
        "validity": OPEN,
        "caveats": [],
        "units": ["县发改局"],
        "citations": [],
        "interpretations": [],
    }


def within(shown, given):
    """Whether the answer holds what is shown; answers may carry more fields."""
    if isinstance(shown, dict):
        return all(key in given and within(value, given[key]) for key, value in shown.items())
    if isinstance(shown, list):
        return len(shown) == len(given) and all(map(within, shown, given))
    return shown == given


class TestWorkedExamples:
    def test_a_first_time_high_tech_enterprise(self, client):
        answer = client.post("/v1/subsidies/calculations", json=FIRST).json()
        assert len(answer["policy"].pop("sha256")) == 64
        assert within(
            {
                "on": "2023-06-01",
                "policy": {"id": "zuoquan-2022", "version": "1.0.0"},
                "counts": {"eligible": 2, "ineligible": 0, "undetermined": 0, "not_in_force": 0},
                "derived": [
                    {"fact": "registered_in_county", "value": True, "from": {"registration_division": "140722"}}
                ],
                "warnings": [],
                "results": [
                    grant("m38-hnte-application-grant", "高新技术企业申报资助", "60000.00"),
                    grant("m38-hnte-certification-award", "高新技术企业认定奖励", "150000.00"),
                ],
                "total": {"value": "210000.00", "currency": "CNY", "complete": True, "excludes": [], "separate": []},
                "next_question": None,
            },
            answer,
        )

    def test_not_enough_facts_yet(self, client):
        answer = client.post("/v1/eligibility", json=SECOND).json()
        assert answer["counts"] == {"eligible": 0, "ineligible": 0, "undetermined": 2, "not_in_force": 0}
        assert [result["missing_facts"] for result in answer["results"]] == [
            ["entity_type", "industry_code", "employees", "annual_revenue", "total_assets"],
            ["entity_type", "hnte_application_accepted", "hnte_application_grant_received"],
        ]
        assert within(
            {
                "fact": "entity_type",
                "question": "请问您是哪一类经营主体?",
                "type": "enum",
                "settles": 2,
                "options": [
                    {"value": "enterprise", "label": "企业"},
                    {"value": "individual_business", "label": "个体工商户"},
                    {"value": "farmer_cooperative", "label": "农民专业合作社"},
                    {"value": "other", "label": "其他"},
                ],
            },
            answer["next_question"],
        )


class TestSameRequestSameBytes:
    @pytest.mark.parametrize("path", ["/v1/eligibility", "/v1/subsidies/calculations"])
    def test_byte_for_byte(self, client, path):
        bodies = {client.post(path, json={"facts": {}, "on": "2023-06-01"}).content for _ in range(3)}
        assert len(bodies) == 1

    def test_the_order_and_writing_of_the_body_do_not_matter(self, client):
        headers = {"Content-Type": "application/json"}
        turned = dict(reversed(FIRST.items()))
        plain = client.post("/v1/subsidies/calculations", json=FIRST).content
        indented = json.dumps(turned, indent=3, ensure_ascii=True).encode()
        assert client.post("/v1/subsidies/calculations", content=indented, headers=headers).content == plain

    def test_the_language_is_that_of_the_caller(self, client):
        answer = client.post("/v1/subsidies/calculations", json=FIRST, headers={"Accept-Language": "en"})
        assert answer.headers["content-language"] == "en"
        assert answer.json()["results"][0]["title"] == "High-tech enterprise application grant"


class TestSelection:
    def test_an_empty_intersection_is_no_error(self, client):
        body = {"facts": {}, "rules": ["m38-hnte-application-grant"], "measures": [1]}
        answer = client.post("/v1/eligibility", json=body).json()
        assert (answer["results"], answer["next_question"]) == ([], None)
        assert set(answer["counts"].values()) == {0}

    def test_all_rules_with_a_decision_in_the_order_of_the_table(self, client):
        answer = client.post("/v1/eligibility", json={"facts": {}, "explain": "none"}).json()
        decidable = [rule.id for rule in registry().get().policy.decidable]
        assert [result["rule_id"] for result in answer["results"]] == decidable
        assert sum(answer["counts"].values()) == len(decidable)

    def test_left_out_the_date_is_today_in_the_county(self, client):
        assert client.post("/v1/eligibility", json={"facts": {}, "measures": [1]}).json()["on"] == "2026-11-24"

    def test_what_is_skipped_is_not_asked(self, client):
        body = {**SECOND, "skip": ["entity_type"]}
        assert client.post("/v1/eligibility", json=body).json()["next_question"]["fact"] != "entity_type"

    def test_a_future_date_is_answered_with_a_warning(self, client):
        answer = client.post("/v1/eligibility", json={"facts": {}, "on": "2027-01-01", "measures": [1]}).json()
        assert [warning["code"] for warning in answer["warnings"]] == ["date_in_future"]


class TestMatch:
    @pytest.mark.parametrize(
        ("facts", "status", "targets"),
        [
            ({}, "undetermined", 11),
            ({"request_kind": "tax_refund"}, "matched", 1),
            ({"request_kind": "heat"}, "none", 0),
            ({"request_kind": "power", "power_voltage": "high"}, "undetermined", 2),
        ],
    )
    def test_by_facts(self, client, facts, status, targets):
        answer = client.post("/v1/approval-targets/match", json={"facts": facts}).json()
        assert (answer["status"], len(answer["targets"])) == (status, targets)

    def test_ranges_and_missing_facts(self, client):
        facts = {"request_kind": "power", "power_voltage": "high"}
        answer = client.post("/v1/approval-targets/match", json={"facts": facts}).json()
        assert answer["missing_facts"] == ["power_sources"]
        assert answer["ranges"] == [{"unit": "working_day", "min": "15", "max": "25"}]
