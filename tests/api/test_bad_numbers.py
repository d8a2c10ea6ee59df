"""Group B: numbers and money, on every route that reads facts; F43 and F44."""

from __future__ import annotations

import json
import re

import pytest

from tests.api.wire import post

PATHS = ("/v1/eligibility", "/v1/subsidies/calculations", "/v1/approval-targets/match")
LONG = "9" * 5_000


def facts(port, literal, fact="annual_revenue", path="/v1/eligibility", language="zh-CN"):
    """One fact, its value written literally into the body."""
    body = f'{{"facts":{{"{fact}":{literal}}}}}'.encode()
    return post(port, path, body, {"Content-Type": "application/json", "Accept-Language": language})


class TestNumberFormat:
    @pytest.mark.parametrize(
        "text",
        [
            "1e1000000",
            "NaN",
            "Infinity",
            "sNaN",
            "-Infinity",
            "nan",
            "1e5",
            "1E5",
            "1,000",
            "１２３．４５",
            "15万元",
            "1_000",
            " 1",
            "1 ",
            "+1",
            "01",
            "1.",
            ".5",
            "-",
            "",
            "0x10",
            "¥100",
            "100%",
            "一百",
            "1.2.3",
            "٣",
            "1\u00a0000",
            "--1",
        ],
    )
    @pytest.mark.parametrize("path", PATHS)
    def test_is_refused(self, port, text, path):
        answer = facts(port, json.dumps(text), path=path)
        assert answer.status == 422
        assert answer.codes == {"/facts/annual_revenue": "number_format"}

    @pytest.mark.parametrize("fact", ["employees", "guarantee_fee_rate", "pv_capacity_kw", "annual_revenue"])
    def test_for_every_numeric_type(self, port, fact):
        assert facts(port, '"1,000"', fact).codes == {f"/facts/{fact}": "number_format"}

    @pytest.mark.parametrize("language", ["zh-CN", "en"])
    def test_the_message_shows_the_right_form(self, port, language):
        (entry,) = facts(port, '"15万元"', language=language).json["errors"]
        assert "1234.56" in entry["message"]


class TestOutOfRange:
    @pytest.mark.parametrize(
        "literal",
        [
            "1e1000000",
            "1e400",
            "-1e400",
            "1e-400",
            "1e21",
            LONG,
            f'"{LONG}"',
            f"0.{LONG}",
            '"12345678901234567.89"',
            "-0.01",
            '"-0.01"',
            "-1",
            "1000000000000000.01",
            '"1000000000000001"',
            "1" + "0" * 41,
            "1e" + "0" * 50 + "999",
        ],
    )
    def test_is_refused_at_once(self, port, literal):
        answer = facts(port, literal)
        assert answer.codes == {"/facts/annual_revenue": "out_of_range"}
        assert answer.quickest() < 0.1

    @pytest.mark.parametrize("literal", ["-1", '"-1"', "1000000000000001", "1e16"])
    def test_whole_numbers_too(self, port, literal):
        assert facts(port, literal, "employees").codes == {"/facts/employees": "out_of_range"}

    @pytest.mark.parametrize("literal", ['"1.8"', "1.8", "2", '"50"'])
    def test_a_percentage_sent_as_a_fraction(self, port, literal):
        answer = facts(port, literal, "guarantee_fee_rate")
        assert answer.codes == {"/facts/guarantee_fee_rate": "out_of_range"}

    @pytest.mark.parametrize("language", ["zh-CN", "en"])
    def test_the_message_says_the_fraction(self, port, language):
        (entry,) = facts(port, '"1.8"', "guarantee_fee_rate", language=language).json["errors"]
        assert "0.018" in entry["message"]

    @pytest.mark.parametrize(("literal", "status"), [("-1", 200), ("100", 200), ("-1.01", 422), ("100.01", 422)])
    def test_growth_rates_have_bounds_of_their_own(self, port, literal, status):
        assert facts(port, literal, "bank_inclusive_loan_growth_rate").status == status

    def test_no_more_than_sixty_characters_are_repeated(self, port):
        assert b"9" * 61 not in facts(port, f'"{LONG}"').body


class TestDecimals:
    @pytest.mark.parametrize(
        ("fact", "literal"),
        [
            ("annual_revenue", '"100.005"'),
            ("annual_revenue", "100.005"),
            ("annual_revenue", "12.345"),
            ("annual_revenue", "1e-3"),
            ("guarantee_fee_rate", '"0.01234567891"'),
            ("pv_capacity_kw", "0.0000001"),
        ],
    )
    def test_too_many_are_refused(self, port, fact, literal):
        assert facts(port, literal, fact).codes == {f"/facts/{fact}": "too_many_decimals"}

    @pytest.mark.parametrize(
        ("fact", "literal"),
        [
            ("annual_revenue", '"100.0000"'),
            ("annual_revenue", "100.500"),
            ("guarantee_fee_rate", '"0.012345678900000"'),
            ("pv_capacity_kw", "5999.999000"),
        ],
    )
    def test_trailing_zeros_do_not_count(self, port, fact, literal):
        assert facts(port, literal, fact).status == 200


class TestType:
    @pytest.mark.parametrize("literal", ["true", "false", "[]", "{}", "[1]", '{"value":1}'])
    @pytest.mark.parametrize("fact", ["annual_revenue", "employees", "guarantee_fee_rate", "pv_capacity_kw"])
    def test_other_than_a_number_is_a_wrong_type(self, port, literal, fact):
        assert facts(port, literal, fact).codes == {f"/facts/{fact}": "wrong_type"}

    @pytest.mark.parametrize("literal", ["5.5", '"5.5"', "0.1", "1e-1"])
    def test_a_fraction_is_no_integer(self, port, literal):
        assert facts(port, literal, "employees").codes == {"/facts/employees": "wrong_type"}


class TestAccepted:
    @pytest.mark.parametrize(
        ("fact", "literal"),
        [
            ("annual_revenue", "1000000000000000"),
            ("annual_revenue", '"1000000000000000"'),
            ("annual_revenue", '"1000000000000000.00"'),
            ("annual_revenue", "1.0E7"),
            ("annual_revenue", "1e+7"),
            ("annual_revenue", "-0"),
            ("annual_revenue", '"-0.00"'),
            ("annual_revenue", "null"),
            ("employees", "5.0"),
            ("employees", '"5"'),
            ("employees", '"5.00"'),
            ("employees", "1.2E1"),
            ("guarantee_fee_rate", "0"),
            ("guarantee_fee_rate", "1"),
        ],
    )
    @pytest.mark.parametrize("path", PATHS)
    def test_is_answered(self, port, fact, literal, path):
        assert facts(port, literal, fact, path).status == 200

    @pytest.mark.parametrize(
        ("literal", "shown"),
        [
            ("1000000000000000", "1000000000000000.00"),
            ("1.0E7", "10000000.00"),
            ('"999999999999999.99"', "999999999999999.99"),
            ("9007199254740993", "9007199254740993.00"),
            ("0.1", "0.10"),
            ("-0", "0.00"),
        ],
    )
    def test_exactly(self, port, literal, shown):
        body = (
            f'{{"facts":{{"entity_type":"enterprise","registration_division":"140722","annual_output_value":{literal}}},'
            '"measures":[12],"explain":"full","on":"2023-06-01"}'
        )
        if literal == "9007199254740993":
            body = body.replace(literal, "907199254740993")
            shown = "907199254740993.00"
        answer = post(port, "/v1/eligibility", body.encode())
        actual = [
            reason["actual"]
            for result in answer.json["results"]
            for reason in result["reasons"]
            if reason["fact"] == "annual_output_value"
        ]
        assert actual
        assert set(actual) == {shown}


class TestMoneyLeavesPlain:
    def test_every_amount_matches_the_published_pattern(self, port, client):
        pattern = client.get("/openapi.json").json()["components"]["schemas"]["Total"]["properties"]["value"]["pattern"]
        assert pattern == r"^-?\d+\.\d{2}$"
        facts = {
            "entity_type": "enterprise",
            "registration_division": "140722",
            "hnte_application_accepted": True,
            "hnte_application_grant_received": False,
            "guarantor_is_policy_based": True,
            "guarantee_fee_rate": "0.02",
            "guarantee_client_kind": "small_micro",
            "guaranteed_amount": "999999999999999.99",
            "guarantee_months": 12,
            "rural_inbound_parcels": 0,
            "is_parcel_operator": True,
        }
        answer = post(port, "/v1/subsidies/calculations", {"facts": facts, "on": "2023-06-01"}).json
        values = [result["amount"]["value"] for result in answer["results"]] + [answer["total"]["value"]]
        assert "10000000000000.00" in values
        assert all(value is None or re.fullmatch(pattern, value) for value in values)
