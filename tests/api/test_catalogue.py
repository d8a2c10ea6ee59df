"""Measures, rules, facts and indicators over HTTP."""

from __future__ import annotations

import re

import pytest

from tests.api.conftest import registry

POLICY = registry().get().policy


def clauses(client, **filters):
    return [item["clause"] for item in client.get("/v1/measures", params=filters).json()["items"]]


class TestMeasures:
    def test_there_are_sixty_four_in_the_order_of_the_plan(self, client):
        found = clauses(client)
        assert found == ["t1", "t2", "t3", *map(str, range(1, 57)), "w1", "w2", "w3", "w4", "w5"]
        assert client.get("/v1/measures").json()["total"] == 64

    def test_one(self, client):
        answer = client.get("/v1/measures/38").json()
        assert answer.keys() >= {"clause", "group", "title", "text", "units", "kinds", "rules"}
        assert answer["rules"] == ["m38-cultivation-pool", "m38-hnte-application-grant", "m38-hnte-certification-award"]
        assert client.get("/v1/measures?clause=38").json()["items"] == [answer]

    @pytest.mark.parametrize("clause", ["t1", "w1", "1", "56"])
    def test_goals_and_requirements_too(self, client, clause):
        assert client.get(f"/v1/measures/{clause}").json()["clause"] == clause

    def test_how_it_is_come_by_where_the_plan_says_so(self, client):
        items = {item["clause"]: item["channel"] for item in client.get("/v1/measures").json()["items"]}
        assert items["11"] == {
            "code": "no_application",
            "label": "免申即享",
            "quote": "推行小规模纳税人普惠性税收减免“免申请退税”",
        }
        assert (items["49"]["code"], items["49"]["label"]) == ("fast_application", "快申快享")
        assert items["38"] == {"code": "regular", "label": "常规", "quote": None}
        assert all((channel["quote"] is None) == (channel["code"] == "regular") for channel in items.values())
        english = client.get("/v1/measures/11", headers={"Accept-Language": "en"}).json()
        assert english["channel"]["label"] == "granted without application"

    def test_by_kind(self, client):
        found = clauses(client, kind="indicator")
        assert found[:3] == ["t1", "t2", "t3"]
        assert all("indicator" in POLICY.measures_by_clause[clause].kinds for clause in found)

    def test_by_unit_in_full(self, client):
        assert "9" in clauses(client, unit="县税务局")
        assert clauses(client, unit="税务") == []

    def test_by_subject(self, client):
        assert clauses(client, subject="guarantor") == ["19"]

    def test_by_date(self, client):
        assert clauses(client, on="2022-04-17") == []
        assert len(clauses(client, on="2022-04-18")) == 64

    @pytest.mark.parametrize(("words", "clause"), [("高新技术", "38"), ("HIGH-TECH", "38"), ("担保 保费", "19")])
    def test_by_words_in_either_language(self, client, words, clause):
        assert clause in clauses(client, q=words)

    def test_words_are_joined_by_and(self, client):
        assert clauses(client, q="高新技术 不存在的词") == []

    def test_filters_are_joined_by_and(self, client):
        both = set(clauses(client, kind="benefit")) & set(clauses(client, unit="县财政局"))
        assert set(clauses(client, kind="benefit", unit="县财政局")) == both
        assert clauses(client, kind="benefit", clause="8") == []

    def test_a_date_and_a_filter_by_date_do_not_change_an_entry(self, client):
        assert client.get("/v1/measures?clause=38&on=2023-06-01").json() == client.get("/v1/measures?clause=38").json()


class TestRules:
    def test_every_id_of_the_table_is_known(self, client):
        for rule in POLICY.rules:
            answer = client.get(f"/v1/rules/{rule.id}").json()
            assert (answer["rule_id"], answer["clause"]) == (rule.id, rule.clause)
            assert answer["versions"]

    def test_versions_have_dates_conditions_amount_and_sources(self, client):
        answer = client.get("/v1/rules/m09-vat-small-scale-exemption").json()
        assert [(v["from"], v["to"]) for v in answer["versions"]] == [
            ("2022-04-18", "2022-12-31"),
            ("2023-01-01", "2025-12-31"),
            ("2026-01-01", "2027-12-31"),
        ]
        for version in answer["versions"]:
            assert version["basis"] == "national"
            assert version["conditions"].keys() <= {"all", "any"}
            assert version["amount"]["formula"]
            assert version["citations"]

    def test_conditions_are_in_the_shape_of_business_rules(self, client):
        (version,) = client.get("/v1/rules/m38-hnte-application-grant").json()["versions"]
        assert version["conditions"]["all"][0] == {"name": "entity_type", "operator": "equal_to", "value": "enterprise"}

    def test_a_formula_reads_like_one(self, client):
        (version,) = client.get("/v1/rules/m19-guarantee-fee-subsidy").json()["versions"]
        assert version["amount"]["formula"] == (
            "(0.03 - guarantee_fee_rate) * guaranteed_amount * guarantee_months / 12"
        )
        assert version["amount"]["facts"] == ["guarantee_fee_rate", "guaranteed_amount", "guarantee_months"]

    def test_a_schedule_shows_its_brackets(self, client):
        versions = client.get("/v1/rules/m09-individual-business-income-tax").json()["versions"]
        (schedule,) = versions[0]["amount"]["schedules"]
        assert schedule["brackets"][-1] == {"up_to": None, "rate": "0.35", "quick": "65500"}

    def test_tiers_show_the_condition_of_each(self, client):
        (version,) = client.get("/v1/rules/m12-construction-output-tier").json()["versions"]
        text = str(version["amount"]["parts"])
        for parameter in version["amount"]["parameters"]:
            assert parameter in text
        assert "annual_output_value" in text

    @pytest.mark.parametrize("rule_id", ["m34-eia-commitment", "m45-simple-deregistration", "m49-commitment-licence"])
    def test_three_name_a_rule_and_a_target(self, client, rule_id):
        answer = client.get(f"/v1/rules/{rule_id}").json()
        assert answer["decidable"] is True
        assert answer["target"] == client.get(f"/v1/approval-targets/{rule_id}").json()

    def test_the_other_targets_are_targets_only(self, client):
        for target in POLICY.targets:
            answer = client.get(f"/v1/rules/{target.id}").json()
            assert answer["target"]["id"] == target.id
            both = {"m34-eia-commitment", "m45-simple-deregistration", "m49-commitment-licence"}
            assert answer["decidable"] is (target.id in both)

    def test_duties_and_indicators_have_what_they_ask(self, client):
        answer = client.get("/v1/rules/t1-market-entities").json()
        assert answer["figures"] == [
            {"value": "16000", "comparison": "greater_than_or_equal_to", "unit": "household", "by": "2025-12-31"}
        ]
        assert answer["decidable"] is False

    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_the_vocabulary_of_business_rules(self, client, language):
        answer = client.get("/v1/rules/vocabulary", headers={"Accept-Language": language}).json()
        assert answer.keys() >= {"variables", "actions", "variable_type_operators"}
        assert {variable["name"] for variable in answer["variables"]} == {fact.id for fact in POLICY.vocabulary.facts}


class TestFacts:
    def test_every_fact_in_public_order_with_its_words(self, client):
        answer = client.get("/v1/facts", headers={"Accept-Language": "en"}).json()
        assert [item["id"] for item in answer["items"]] == [fact.id for fact in POLICY.vocabulary.facts]
        assert answer["total"] == len(answer["items"])
        for item in answer["items"]:
            assert item["label"] == item["labels"]["en"]
            assert re.search("[一-鿿]", item["labels"]["zh"])
            assert item["question"] == item["questions"]["en"]
            assert item["owner"] == item["owners"]["en"]
            assert bool(item["members"]) is (item["type"] in ("enum", "set"))

    def test_bounds_are_plain(self, client):
        items = {item["id"]: item for item in client.get("/v1/facts").json()["items"]}
        assert (items["annual_revenue"]["minimum"], items["annual_revenue"]["maximum"]) == ("0", "1000000000000000")
        assert (items["guarantee_fee_rate"]["minimum"], items["guarantee_fee_rate"]["maximum"]) == ("0", "1")
        assert items["name"]["minimum"] is None
        assert items["tax_credit_rating"]["actionable"] is True
        assert items["enterprise_size"]["derived"] is True
        assert items["name"]["personal"] == "always"


class TestIndicators:
    def test_of_the_county_and_of_banks(self, client):
        items = {item["rule_id"]: item for item in client.get("/v1/indicators").json()["items"]}
        assert items.keys() >= {
            "t1-market-entities",
            "t2-private-enterprises",
            "t2-private-investment-share",
            "t3-employment-share",
            "m04-large-bank-inclusive-loan-growth",
            "m04-local-bank-inclusive-loan-growth",
            "m04-ftp-discount",
            "m25-land-consolidation",
            "m49-commitment-items",
        }
        assert {rule_id for rule_id, item in items.items() if item["decidable"]} == {
            "m04-large-bank-inclusive-loan-growth",
            "m04-local-bank-inclusive-loan-growth",
            "m04-ftp-discount",
        }
        assert all(item["figures"] for item in items.values() if not item["decidable"])


class TestTargets:
    def test_in_the_order_of_the_table(self, client):
        answer = client.get("/v1/approval-targets").json()
        assert [item["id"] for item in answer["items"]] == [target.id for target in POLICY.targets]
        assert answer["total"] == 11
        half_day = next(item for item in answer["items"] if item["id"] == "m40-enterprise-opening")
        assert (half_day["limit"], half_day["unit"]) == ("0.5", "working_day")
        assert client.get("/v1/approval-targets/m40-enterprise-opening").json() == half_day
        assert half_day.keys() == {"id", "clause", "what", "limit", "unit", "runs_from", "ends_with", "units"}
