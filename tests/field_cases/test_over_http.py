"""Faults that others met in the same kind of work, asked of the live service."""

import re

import pytest

from tests.api.conftest import application, client, port  # noqa: F401  the live service

GAS = "m47-water-gas-no-external-line"
POWER = "m47-power-low-voltage"
COUNTY = {"registration_division": "140722"}


@pytest.fixture
def deadline(client):  # noqa: F811  the fixture imported above
    def ask(target, started_at, **more):
        return client.post(f"/v1/approval-targets/{target}/deadline", json={"started_at": started_at, **more})

    return ask


@pytest.fixture
def decide(client):  # noqa: F811  as above
    def ask(facts, *rules, on="2023-01-01", path="/v1/eligibility", explain="full"):
        body = {"facts": facts, "on": on, "explain": explain, **({"rules": list(rules)} if rules else {})}
        return client.post(path, json=body)

    return ask


@pytest.fixture
def one(decide):
    def ask(facts, rule, **more):
        answer = decide(facts, rule, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()["results"][0]

    return ask


def pause(begins, ends):
    return {"from": begins, "to": ends, "reason": "applicant_correction"}


class TestClocks:
    @pytest.mark.parametrize(
        ("target", "started_at", "due_at"),
        [
            pytest.param(GAS, "2026-12-31T09:00:00+08:00", "2027-01-06T18:00:00+08:00", id="F01-guessed-year"),
            pytest.param(POWER, "2024-09-27T09:00:00+08:00", "2024-10-10T18:00:00+08:00", id="F02-made-up-sunday"),
            pytest.param(GAS, "2022-12-29T14:00:00+08:00", "2023-01-04T18:00:00+08:00", id="F03-new-year"),
            pytest.param(GAS, "2023-11-11T10:00:00+08:00", "2023-11-15T18:00:00+08:00", id="F05-start-on-saturday"),
            pytest.param(GAS, "2023-11-10T17:50:00+08:00", "2023-11-15T18:00:00+08:00", id="F06-before-closing"),
            pytest.param(POWER, "2023-11-06T10:00:00+08:00", "2023-11-13T18:00:00+08:00", id="F07-due-at-closing"),
            pytest.param(
                "m47-power-high-voltage-dual",
                "2025-01-20T09:00:00+08:00",
                "2025-02-28T18:00:00+08:00",
                id="F08-25-days",
            ),
            pytest.param(
                "m45-simple-deregistration",
                "2026-09-15T09:00:00+08:00",
                "2026-10-05T23:59:59+08:00",
                id="F09-publicity",
            ),
            pytest.param(
                "m40-enterprise-opening", "2023-11-10T10:30:00+08:00", "2023-11-10T17:00:00+08:00", id="F10-lunch"
            ),
            pytest.param(
                "m40-enterprise-opening", "2024-09-13T17:00:00+08:00", "2024-09-14T11:00:00+08:00", id="F11-half"
            ),
            pytest.param("m11-refund-72h", "2026-02-14T17:40:00+08:00", "2026-02-17T17:40:00+08:00", id="F12-72-hours"),
        ],
    )
    def test_due(self, deadline, target, started_at, due_at):
        answer = deadline(target, started_at).json()
        assert answer["due_at"] == due_at
        days = [day["date"] for day in answer["days"]]
        assert days == [] if answer["unit"] == "hour" else (days[0], days[-1]) == (started_at[:10], due_at[:10])

    def test_f01_a_guessed_year_says_so(self, deadline):
        assert deadline(GAS, "2026-12-31T09:00:00+08:00").json()["calendar"] == "provisional"
        assert deadline(GAS, "2026-11-02T09:00:00+08:00").json()["calendar"] == "official"

    def test_f03_the_holiday_lies_in_two_years(self, deadline):
        days = {day["date"]: day for day in deadline(GAS, "2022-12-29T14:00:00+08:00").json()["days"]}
        for day in ("2022-12-31", "2023-01-01", "2023-01-02"):
            assert (days[day]["counts"], days[day]["why"]) == (False, "holiday")

    def test_f08_the_working_proves_the_date(self, deadline):
        answer = deadline("m47-power-high-voltage-dual", "2025-01-20T09:00:00+08:00").json()
        counted = [day["date"] for day in answer["days"] if day["counts"]]
        assert (len(counted), counted[-1], answer["unit"]) == (25, "2025-02-28", "working_day")

    @pytest.mark.parametrize(
        ("started_at", "pauses", "due"),
        [
            pytest.param(
                "2023-11-08T09:00:00+08:00",
                [pause("2023-11-11T09:00:00+08:00", "2023-11-12T18:00:00+08:00")],
                "2023-11-15",
                id="F13-weekend",
            ),
            pytest.param(
                "2025-09-22T09:00:00+08:00",
                [
                    pause("2025-09-24T09:00:00+08:00", "2025-09-24T10:00:00+08:00"),
                    pause("2025-09-24T14:30:00+08:00", "2025-09-24T15:00:00+08:00"),
                ],
                "2025-09-29",
                id="F14-two-on-one-day",
            ),
        ],
    )
    def test_pauses(self, deadline, started_at, pauses, due):
        assert deadline(POWER, started_at, pauses=pauses).json()["due_at"] == f"{due}T18:00:00+08:00"

    def test_f15_a_pause_without_an_end(self, deadline):
        answer = deadline(
            POWER,
            "2023-11-06T09:00:00+08:00",
            pauses=[pause("2023-11-08T10:00:00+08:00", None)],
            now="2023-11-20T09:00:00+08:00",
        ).json()
        told = {key: answer[key] for key in ("due_at", "state", "used", "remaining", "warning")}
        assert told == {"due_at": None, "state": "paused", "used": "1", "remaining": "4", "warning": "green"}

    @pytest.mark.parametrize("name", ["started_at", "now", "finished_at"])
    def test_f16_a_time_without_an_offset(self, deadline, name):
        times = {"started_at": "2023-11-06T09:00:00+08:00", name: "2023-11-07T09:00:00"}
        answer = deadline(POWER, **times)
        assert answer.status_code == 422
        assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [(f"/{name}", "timestamp_naive")]

    def test_f17_an_offset_without_a_colon_is_never_another_time(self, deadline):
        answer = deadline(POWER, "2023-11-06T09:00:00+0800")
        assert answer.status_code == 422 or answer.json()["due_at"] == "2023-11-13T18:00:00+08:00"

    def test_f18_every_timestamp_can_be_read_by_any_engine(self, deadline):
        answer = deadline(POWER, "2023-11-06T01:00:00Z").json()
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00", answer["due_at"])
        assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", day["date"]) for day in answer["days"])

    def test_f19_due_today_is_not_late(self, deadline):
        answer = deadline(POWER, "2023-11-06T09:00:00+08:00", now="2023-11-13T17:59:00+08:00").json()
        told = [answer[key] for key in ("state", "warning", "used", "remaining")]
        assert told == ["running", "red", "5", "0"]


class TestCodes:
    @pytest.mark.parametrize("code", ["91140722MA0KX7Y867", "92140722MA0KX7Y94Y", "93140722MA0KX8A19Q"])
    def test_f20_f22_good_codes_pass_without_a_word(self, decide, code):
        assert decide({"uscc": code}).json()["warnings"] == []

    @pytest.mark.parametrize("letter", "OZSVI")
    def test_f20_an_impossible_character_is_named(self, decide, letter):
        answer = decide({"uscc": f"9114{letter}722MA0KX7Y867"})
        error = answer.json()["errors"][0]
        assert (answer.status_code, error["pointer"], error["code"]) == (422, "/facts/uscc", "code_format")
        assert letter in error["message"]

    def test_f21_the_right_shape_is_not_enough(self, decide):
        answer = decide({"uscc": "1" * 18}).json()
        assert [(w["code"], w["facts"]) for w in answer["warnings"]] == [("code_check_digit", ["uscc"])]
        assert answer["results"] == decide({}).json()["results"]

    @pytest.mark.parametrize("code", ["\u00a091140722ma0kx7y867\u3000", "９１140722MA0KX7Y867"])
    def test_f23_other_spellings_are_refused_never_a_second_company(self, decide, code):
        error = decide({"uscc": code}).json()["errors"][0]
        assert (error["pointer"], error["code"]) == ("/facts/uscc", "code_format")


class TestDecisions:
    def test_f25_three_different_smalls(self, one):
        vat = {"enterprise_size": "micro", "vat_taxpayer_type": "general"}
        assert one(vat, "m09-vat-small-scale-exemption")["status"] == "ineligible"
        tax = {
            "entity_type": "enterprise",
            "enterprise_size": "medium",
            "is_restricted_industry": False,
            "annual_taxable_income": 3000000,
            "employees_avg": 300,
            "total_assets_avg": 50000000,
        }
        assert one(tax, "m09-small-profit-income-tax", on="2024-12-31")["status"] == "eligible"

    def test_f31_the_working_shows_bracket_deduction_and_halving(self, one):
        facts = {
            "entity_type": "individual_business",
            "annual_taxable_income": "240000",
            "other_tax_relief_amount": "0",
        }
        amount = one(facts, "m09-individual-business-income-tax", on="2024-12-31")["amount"]
        assert amount["value"] == "18750.00"
        working = " ".join(f"{step['label']} {step['expression']} {step['value']}" for step in amount["steps"])
        assert {"0.2", "10500", "37500", "18750"} <= set(re.findall(r"[\d.]+", working))

    def test_f32_the_borrower_is_told_who_receives(self, one):
        facts = {"entity_type": "enterprise", "enterprise_size": "small", "guarantor_is_policy_based": False}
        result = one(facts, "m19-guarantee-fee-subsidy")
        assert result["status"] == "ineligible"
        assert "担保公司" in " ".join(reason["text"] for reason in result["reasons"] if reason["truth"] == "false")

    def test_f33_a_total_that_is_not_all_says_so(self, decide):
        facts = {
            **COUNTY,
            "entity_type": "enterprise",
            "industry_code": "E4710",
            "annual_output_value": "1000000000",
            "highest_output_tier_before": "none",
            "hnte_application_accepted": True,
            "hnte_application_grant_received": False,
        }
        rules = ("m38-hnte-application-grant", "m12-construction-output-tier")
        answer = decide(facts, *rules, on="2023-03-01", path="/v1/subsidies/calculations").json()
        assert answer["total"] == {
            "value": "60000.00",
            "currency": "CNY",
            "complete": False,
            "excludes": ["m12-construction-output-tier"],
            "separate": [],
        }
        assert answer["results"][0]["amount"]["parameter"] == "m12_award_tier_1"

    def test_f35_null_and_absent_give_the_same_bytes(self, decide):
        facts = {"eia_catalogue_listed": True, "project_sector": "photovoltaic"}
        absent, null = decide(facts), decide({**facts, "pv_capacity_kw": None})
        assert absent.content == null.content
        result = decide(facts, "m33-eia-exempt").json()["results"][0]
        assert (result["status"], result["missing_facts"]) == ("undetermined", ["pv_capacity_kw"])

    def test_f36_not_answered_is_not_no(self, one):
        rule = "m49-commitment-licence"
        assert one({"involves_public_safety": False}, rule)["status"] == "undetermined"
        decided = one({"involves_public_safety": False, "involves_ecology": True}, rule)
        assert (decided["status"], decided["missing_facts"]) == ("ineligible", [])

    def test_f37_two_unknowns_are_not_equal(self, one):
        facts = {"bank_type": "local_legal_person"}
        rule = "m04-local-bank-inclusive-loan-growth"
        rates = ["bank_inclusive_loan_growth_rate", "large_state_bank_growth_rate"]
        assert one(facts, rule)["missing_facts"] == rates
        assert one({**facts, rates[0]: "0.3"}, rule)["missing_facts"] == rates[1:]

    def test_f38_nothing_is_asked_that_cannot_matter(self, decide):
        answer = decide({"vat_taxpayer_type": "general"}, "m09-vat-small-scale-exemption").json()
        assert answer["results"][0]["status"] == "ineligible"
        assert answer["next_question"] is None

    def test_f40_an_empty_list_disturbs_no_other_rule(self, decide):
        facts = {
            "entity_type": "enterprise",
            "tax_credit_rating": "A",
            "managed_by_general_process": True,
            "general_processes": [],
            "project_sector": "coal_mining_washing",
        }
        answer = decide(facts, "m36-registration-only", "m01-bank-tax-credit-loan").json()
        assert answer["counts"]["eligible"] == 2

    @pytest.mark.parametrize(
        ("processes", "status"), [([], "eligible"), (["water_treatment"], "ineligible"), (None, "undetermined")]
    )
    def test_f41_none_of_over_a_list(self, one, processes, status):
        facts = {
            "managed_by_general_process": True,
            "project_sector": "equipment_manufacturing",
            "general_processes": processes,
        }
        assert one(facts, "m36-registration-only")["status"] == status

    def test_f43_money_leaves_plain(self, decide):
        facts = {
            "entity_type": "individual_business",
            "annual_taxable_income": "999999999999999.99",
            "other_tax_relief_amount": "0",
            "converted_from_individual_business": True,
            "transfer_of_land_or_house_on_conversion": True,
            "transfer_between_same_investor": True,
            "transfer_value": "999999999999999.99",
        }
        answer = decide(facts, on="2024-06-01", path="/v1/subsidies/calculations").json()
        values = [r["amount"]["value"] for r in answer["results"]] + [answer["total"]["value"]]
        assert all(value is None or re.fullmatch(r"-?\d+\.\d{2}", value) for value in values)
        assert "30000000000000.00" in values

    @pytest.mark.parametrize(
        ("body", "nearest"),
        [
            (b'{"facts":{"anual_revenue":"100"}}', "annual_revenue"),
            (b'{"facts":{},"rule":["m01-bank-tax-credit-loan"]}', "rules"),
        ],
    )
    def test_f46_a_misspelt_name_is_an_error(self, client, body, nearest):  # noqa: F811  the fixture imported above
        answer = client.post("/v1/eligibility", content=body, headers={"content-type": "application/json"})
        assert answer.status_code == 422
        assert nearest in answer.json()["errors"][0]["suggestions"]

    def test_f55_one_shape_of_error_everywhere(self, client):  # noqa: F811  as above
        json = {"content-type": "application/json"}
        answers = [
            client.post("/v1/eligibility", content=b"{", headers=json),
            client.post("/v1/eligibility", json={"facts": {"employees": "x"}}),
            client.post("/v1/eligibility", json={"facts": {}, "rules": ["m99"]}),
            client.get("/v1/eligibility"),
            client.get("/v1/nothing"),
        ]
        assert [answer.status_code for answer in answers] == [400, 422, 422, 405, 404]
        for answer in answers:
            assert answer.headers["content-type"] == "application/problem+json"
            assert {"type", "title", "status", "detail", "instance"} <= answer.json().keys()
        assert answers[1].json()["errors"][0]["pointer"] == "/facts/employees"
