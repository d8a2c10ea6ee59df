"""Groups F and G: enumerations, sets, ids, contradictions; field cases F45 to F48."""

from __future__ import annotations

import pytest

from tests.api.conftest import registry
from tests.api.wire import JSON, post

PATHS = ("/v1/eligibility", "/v1/subsidies/calculations", "/v1/approval-targets/match")
VOCABULARY = registry().get().policy.vocabulary
BOOLEANS = [fact.id for fact in VOCABULARY.facts if fact.type == "bool"]
ENUMS = [fact for fact in VOCABULARY.facts if fact.type == "enum"]


def decide(port, path="/v1/eligibility", **body):
    return post(port, path, {"facts": {}, **body})


def suggested(answer):
    return {entry["pointer"]: entry.get("suggestions") for entry in answer.json["errors"]}


class TestFactNames:
    @pytest.mark.parametrize("path", PATHS)
    @pytest.mark.parametrize(
        ("name", "nearest"),
        [
            ("employes", "employees"),
            ("anual_revenue", "annual_revenue"),
            ("Entity_type", "entity_type"),
            ("entitytype", "entity_type"),
            ("revenue", "annual_revenue"),
        ],
    )
    def test_a_slip_names_the_nearest(self, port, path, name, nearest):
        answer = post(port, path, {"facts": {name: 5}})
        assert answer.codes == {f"/facts/{name}": "unknown_fact"}
        assert suggested(answer)[f"/facts/{name}"][0] == nearest
        assert nearest in answer.json["errors"][0]["message"]

    def test_an_unknown_name_is_an_error_even_when_it_is_null(self, port):
        assert decide(port, facts={"employes": None}).codes == {"/facts/employes": "unknown_fact"}

    @pytest.mark.parametrize(
        ("name", "pointer"), [("a/b", "/facts/a~1b"), ("a~b", "/facts/a~0b"), ("", "/facts/"), ("企业", "/facts/企业")]
    )
    def test_pointers_are_escaped(self, port, name, pointer):
        assert decide(port, facts={name: 1}).codes == {pointer: "unknown_fact"}

    def test_a_name_of_ten_thousand_letters_is_not_repeated(self, port):
        answer = decide(port, facts={"x" * 10_000: 1})
        assert answer.status == 422
        assert b"x" * 61 not in answer.body
        assert answer.quickest() < 0.15

    def test_fifty_faults_at_most(self, port):
        answer = decide(port, facts={f"unknown_{i}": 1 for i in range(400)})
        assert len(answer.json["errors"]) == 50
        assert answer.quickest() < 0.15

    def test_more_than_five_hundred_facts(self, port):
        assert decide(port, facts={f"f{i}": 1 for i in range(501)}).codes == {"/facts": "too_many_items"}


class TestEnums:
    @pytest.mark.parametrize("value", ["Enterprise", "企业", "enterprise ", "ENTERPRISE", "", "null", "enterprise\n"])
    @pytest.mark.parametrize("path", PATHS)
    def test_members_are_exact(self, port, path, value):
        answer = post(port, path, {"facts": {"entity_type": value}})
        assert answer.codes == {"/facts/entity_type": "not_in_enum"}
        for member in ("enterprise", "individual_business", "farmer_cooperative", "other"):
            assert member in answer.json["errors"][0]["message"]

    @pytest.mark.parametrize("value", [1, True, [], {}, ["enterprise"]])
    def test_other_than_text_is_a_wrong_type(self, port, value):
        assert decide(port, facts={"entity_type": value}).codes == {"/facts/entity_type": "wrong_type"}

    def test_another_case_is_refused_for_every_enum(self, port):
        given = {fact.id: fact.members[0].value.upper() + "x" for fact in ENUMS[:50]}
        answer = decide(port, facts=given)
        assert answer.codes == {f"/facts/{name}": "not_in_enum" for name in given}


class TestSets:
    @pytest.mark.parametrize("value", ["boiler", 1, True, {}, {"boiler": True}])
    def test_other_than_a_list_is_a_wrong_type(self, port, value):
        assert decide(port, facts={"general_processes": value}).codes == {"/facts/general_processes": "wrong_type"}

    def test_every_bad_item_has_its_pointer(self, port):
        answer = decide(port, facts={"general_processes": ["boiler", "kiln", 5, None, "Boiler", ["boiler"]]})
        prefix = "/facts/general_processes"
        assert answer.codes == {
            f"{prefix}/1": "not_in_enum",
            f"{prefix}/2": "wrong_type",
            f"{prefix}/3": "wrong_type",
            f"{prefix}/4": "not_in_enum",
            f"{prefix}/5": "wrong_type",
        }

    def test_order_and_repeats_do_not_matter(self, port):
        one = decide(port, facts={"general_processes": ["boiler", "furnace"]}, on="2023-06-01")
        other = decide(port, facts={"general_processes": ["furnace", "boiler", "boiler"] * 30}, on="2023-06-01")
        assert (one.status, one.body) == (200, other.body)

    def test_an_empty_set_is_a_known_none(self, port):
        assert decide(port, facts={"general_processes": []}).status == 200

    def test_more_than_fifty_different_items(self, port):
        answer = decide(port, facts={"general_processes": [f"x{i}" for i in range(51)]})
        assert answer.codes == {"/facts/general_processes": "too_many_items"}


class TestBooleans:
    @pytest.mark.parametrize("value", ["yes", 1, 0, "是", "否", "NO", "false", "true", "True", "", [], {}, 1.0])
    @pytest.mark.parametrize("path", PATHS)
    def test_only_true_and_false(self, port, path, value):
        answer = post(port, path, {"facts": {"is_ecommerce": value}})
        assert answer.codes == {"/facts/is_ecommerce": "wrong_type"}

    @pytest.mark.parametrize("value", ["false", "否", 0, 1])
    def test_every_boolean_fact(self, port, value):
        for start in range(0, len(BOOLEANS), 50):
            names = BOOLEANS[start : start + 50]
            answer = decide(port, facts=dict.fromkeys(names, value))
            assert answer.codes == {f"/facts/{name}": "wrong_type" for name in names}


class TestRequestFields:
    def test_a_misspelt_field_is_named(self, port):
        answer = decide(port, explian="full")
        assert answer.codes == {"/explian": "unknown_field"}
        assert suggested(answer) == {"/explian": ["explain"]}

    @pytest.mark.parametrize("field", ["rule", "Facts", "facts ", "as_of", "", "explain\u0000"])
    def test_other_fields_are_refused(self, port, field):
        assert list(decide(port, **{field: 1}).codes.values()) == ["unknown_field"]

    @pytest.mark.parametrize("path", PATHS)
    @pytest.mark.parametrize("body", [b"{}", b'{"facts":null}'])
    def test_facts_are_required(self, port, path, body):
        assert post(port, path, body).codes == {"/facts": "missing_field"}

    @pytest.mark.parametrize("path", PATHS)
    @pytest.mark.parametrize("facts", [[], "x", 1, True, [{}]])
    def test_facts_are_an_object(self, port, path, facts):
        assert post(port, path, {"facts": facts}).codes == {"/facts": "wrong_type"}

    @pytest.mark.parametrize(
        ("field", "value", "pointer", "code"),
        [
            ("rules", ["m99-nothing"], "/rules/0", "unknown_rule"),
            ("rules", ["m47-power-low-voltage"], "/rules/0", "rule_not_decidable"),
            ("rules", ["t1-market-entities"], "/rules/0", "rule_not_decidable"),
            ("rules", ["m04-bank-incentives"], "/rules/0", "rule_not_decidable"),
            ("rules", [38], "/rules/0", "wrong_type"),
            ("rules", [None], "/rules/0", "wrong_type"),
            ("rules", "m38-hnte-application-grant", "/rules", "wrong_type"),
            ("rules", [], "/rules", "empty_list"),
            ("rules", ["m38-hnte-application-grant"] * 201, "/rules", "too_many_items"),
            ("measures", [57], "/measures/0", "unknown_measure"),
            ("measures", [0], "/measures/0", "unknown_measure"),
            ("measures", [-1], "/measures/0", "unknown_measure"),
            ("measures", [38, "38"], "/measures/1", "wrong_type"),
            ("measures", [38, 38.5], "/measures/1", "wrong_type"),
            ("measures", [True], "/measures/0", "wrong_type"),
            ("measures", ["t1"], "/measures/0", "wrong_type"),
            ("measures", 38, "/measures", "wrong_type"),
            ("measures", [], "/measures", "empty_list"),
            ("measures", [1] * 201, "/measures", "too_many_items"),
            ("subjects", ["company"], "/subjects/0", "unknown_subject"),
            ("subjects", ["Enterprise"], "/subjects/0", "unknown_subject"),
            ("subjects", [1], "/subjects/0", "wrong_type"),
            ("subjects", [], "/subjects", "empty_list"),
            ("subjects", {}, "/subjects", "wrong_type"),
            ("skip", ["employes"], "/skip/0", "unknown_fact"),
            ("skip", [1], "/skip/0", "wrong_type"),
            ("skip", "employees", "/skip", "wrong_type"),
            ("explain", "FULL", "/explain", "not_in_enum"),
            ("explain", "", "/explain", "not_in_enum"),
            ("explain", True, "/explain", "wrong_type"),
            ("explain", ["full"], "/explain", "wrong_type"),
            ("policy", "zuoquan-2023", "/policy", "unknown_policy"),
            ("policy", "../../etc/passwd", "/policy", "unknown_policy"),
            ("policy", 2022, "/policy", "wrong_type"),
        ],
    )
    @pytest.mark.parametrize("path", PATHS[:2])
    def test_bad_values(self, port, path, field, value, pointer, code):
        assert decide(port, path, **{field: value}).codes == {pointer: code}

    @pytest.mark.parametrize("literal", ["1e400", "1e1000000", "9" * 5000, "38.00000000000000000001"])
    def test_numbers_that_are_no_measure(self, port, literal):
        answer = post(port, PATHS[0], b'{"facts":{},"measures":[%b]}' % literal.encode())
        assert answer.status == 422
        assert answer.quickest() < 0.1

    @pytest.mark.parametrize("literal", ["38", "38.0", "3.8e1"])
    def test_a_measure_as_any_writer_of_json_puts_it(self, port, literal):
        answer = post(port, PATHS[0], b'{"facts":{},"measures":[%b],"explain":"none"}' % literal.encode())
        assert {result["clause"] for result in answer.json["results"]} == {"38"}

    def test_nearest_rule_and_policy_are_suggested(self, port):
        answer = decide(port, rules=["m38-hnte-certification-awrd"])
        assert suggested(answer)["/rules/0"][0] == "m38-hnte-certification-award"
        assert suggested(decide(port, rules=["m38-hnte"]))["/rules/0"] == [
            "m38-hnte-application-grant",
            "m38-hnte-certification-award",
        ]
        assert suggested(decide(port, policy="zuoquan-2023"))["/policy"] == ["zuoquan-2022"]
        assert suggested(decide(port, subjects=["entreprise"]))["/subjects/0"] == ["enterprise"]

    def test_null_is_the_same_as_absent(self, port):
        nulls = dict.fromkeys(("rules", "measures", "subjects", "skip", "explain", "policy"))
        plain = decide(port, facts={"employees": 5}, on="2023-06-01")
        assert plain.status == 200
        assert decide(port, facts={"employees": 5, "name": None}, on="2023-06-01", **nulls).body == plain.body

    def test_every_fault_at_once(self, port):
        answer = decide(
            port,
            facts={"employees": "x", "uscc": 1},
            on=5,
            rules=[],
            measures=["1"],
            subjects=["x"],
            explain="?",
            more=1,
        )
        assert answer.codes == {
            "/more": "unknown_field",
            "/facts/employees": "number_format",
            "/facts/uscc": "wrong_type",
            "/on": "wrong_type",
            "/rules": "empty_list",
            "/measures/0": "wrong_type",
            "/subjects/0": "unknown_subject",
            "/explain": "not_in_enum",
        }

    def test_one_error_means_no_result(self, port):
        answer = decide(port, facts={"entity_type": "enterprise", "employees": -1})
        assert "results" not in answer.json

    def test_match_takes_facts_alone(self, port):
        assert decide(port, PATHS[2], on="2023-06-01").codes == {"/on": "unknown_field"}

    def test_repeated_keys_are_refused(self, port):
        assert post(port, PATHS[0], b'{"facts":{"employees":5,"employees":5000}}', JSON).status == 400


class TestContradictions:
    @pytest.mark.parametrize(
        ("facts", "named"),
        [
            (
                {"hnte_times_certified": 1, "hnte_consecutive_certifications": 3},
                {"hnte_times_certified", "hnte_consecutive_certifications"},
            ),
            (
                {"vat_period_sales": "100", "vat_period_real_estate_sales": "100.01"},
                {"vat_period_sales", "vat_period_real_estate_sales"},
            ),
            ({"established_on": "2023-06-02"}, {"established_on"}),
        ],
    )
    def test_are_warnings(self, port, facts, named):
        answer = decide(port, facts=facts, on="2023-06-01")
        assert answer.status == 200
        (warning,) = answer.json["warnings"]
        assert (warning["code"], set(warning["facts"])) == ("inconsistent_facts", named)

    def test_the_given_size_wins(self, port):
        facts = {
            "entity_type": "enterprise",
            "enterprise_size": "micro",
            "employees": 5000,
            "annual_revenue": "1000000000",
            "industry_code": "C3311",
            "registration_division": "140722",
            "has_bank_loan_history": False,
        }
        answer = decide(port, facts=facts, on="2023-06-01", rules=["m03-first-loan-list"])
        assert [warning["code"] for warning in answer.json["warnings"]] == ["derived_conflict"]
        assert answer.json["results"][0]["status"] == "eligible"
