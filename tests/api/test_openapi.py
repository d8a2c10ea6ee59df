"""The two OpenAPI files: valid, stable, and made so that client generators keep working."""

from __future__ import annotations

import json
import re
from functools import cache

import jsonschema_rs
import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

from app.api.openapi_convert import to_3_0
from tests.api.conftest import registry
from tests.api.wire import post

OPERATIONS = {
    "decideEligibility": ("post", "/v1/eligibility"),
    "calculateSubsidies": ("post", "/v1/subsidies/calculations"),
    "assess": ("post", "/v1/assessments"),
    "listDecisions": ("get", "/v1/decisions"),
    "getDecision": ("get", "/v1/decisions/{id}"),
    "replayDecision": ("post", "/v1/decisions/{id}/replay"),
    "listApprovalTargets": ("get", "/v1/approval-targets"),
    "matchApprovalTargets": ("post", "/v1/approval-targets/match"),
    "getApprovalTarget": ("get", "/v1/approval-targets/{id}"),
    "computeDeadline": ("post", "/v1/approval-targets/{id}/deadline"),
    "listMeasures": ("get", "/v1/measures"),
    "getMeasure": ("get", "/v1/measures/{clause}"),
    "getRuleVocabulary": ("get", "/v1/rules/vocabulary"),
    "getRule": ("get", "/v1/rules/{rule_id}"),
    "listFacts": ("get", "/v1/facts"),
    "listIndicators": ("get", "/v1/indicators"),
    "listSources": ("get", "/v1/sources"),
    "createScreening": ("post", "/v1/screenings"),
    "listScreenings": ("get", "/v1/screenings"),
    "getScreening": ("get", "/v1/screenings/{id}"),
    "cancelScreening": ("post", "/v1/screenings/{id}/cancel"),
    "deleteScreening": ("delete", "/v1/screenings/{id}"),
    "getScreeningSummary": ("get", "/v1/screenings/{id}/summary"),
    "listScreeningResults": ("get", "/v1/screenings/{id}/results"),
    "explainScreeningResult": ("get", "/v1/screenings/{id}/results/{entity}"),
    "listScreeningCandidates": ("get", "/v1/screenings/{id}/candidates"),
    "getHealth": ("get", "/healthz"),
    "getReadiness": ("get", "/readyz"),
}
DECIDES = {"decideEligibility", "calculateSubsidies", "assess", "matchApprovalTargets", "computeDeadline"}
FACTS = registry().get().policy.vocabulary.facts
#: What needs a database, and has tests of its own.
STORED = ("/v1/decisions", "/v1/screenings")
#: Statuses of single operations.
RESULTS = ("getScreeningSummary", "listScreeningResults", "explainScreeningResult", "listScreeningCandidates")
SCREENING = {"createScreening": {"409", "202", "404"}, **{name: {"409"} for name in ("cancelScreening", *RESULTS)}}
LISTS = [path for method, path in OPERATIONS.values() if method == "get" and not path.startswith(STORED)]
LISTS = [path for path in LISTS if "{" not in path]
KINDS = ["power", "heat", "tax_refund"]
ALWAYS = {"200", "400", "414", "422", "431", "500", "503"}


@pytest.fixture(scope="module")
def document(client):
    return client.get("/openapi.json").json()


@pytest.fixture(scope="module")
def older(client):
    return client.get("/openapi-3.0.json").json()


@pytest.fixture(scope="module")
def fits(document):
    """Check an answer against the model that the file gives for its operation and status."""

    @cache
    def validator(method, template, status, media_type):
        content = document["paths"][template][method]["responses"][status]["content"]
        return jsonschema_rs.validator_for({**content[media_type]["schema"], "components": document["components"]})

    def check(answer, method, template):
        model = validator(method, template, str(answer.status_code), answer.headers["content-type"])
        assert [error.message for error in model.iter_errors(answer.json())] == []

    return check


def walk(node):
    """Every object of a document."""
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from walk(value)
    elif isinstance(node, list):
        for item in node:
            yield from walk(item)


def operations(document):
    return [(m, p, op) for p, methods in document["paths"].items() for m, op in methods.items()]


class TestFiles:
    def test_both_are_valid(self, document, older):
        OpenAPIV31SpecValidator(document).validate()
        OpenAPIV30SpecValidator(older).validate()
        assert (document["openapi"], older["openapi"]) == ("3.1.0", "3.0.3")

    def test_the_application_describes_itself_the_same(self, application, document):
        assert application.openapi() == document

    def test_operation_ids_are_frozen(self, document, older):
        for file in (document, older):
            assert {op["operationId"]: (m, p) for m, p, op in operations(file)} == OPERATIONS

    def test_tags_are_ascii_and_explained_in_chinese(self, document):
        tags = {tag["name"]: tag for tag in document["tags"]}
        used = {tag for _, _, op in operations(document) for tag in op["tags"]}
        assert used == tags.keys()
        for name, tag in tags.items():
            assert re.fullmatch("[A-Za-z]+", name)
            assert re.search("[一-鿿]", tag["x-displayName"])
            assert re.search("[一-鿿]", tag["description"])

    def test_every_status_has_the_one_problem_model(self, document):
        for _, path, op in operations(document):
            expected = set(ALWAYS)
            expected |= {"413", "415"} if "requestBody" in op else set()
            expected |= SCREENING.get(op["operationId"], set())
            expected -= {"200"} if op["operationId"] == "createScreening" else set()
            expected |= {"404"} if "{" in path else set()
            expected |= {"401", "403", "429"} if path.startswith("/v1/") else set()
            assert op["responses"].keys() == expected, path
            for status, response in op["responses"].items():
                decided = status == "200" and op["operationId"] in DECIDES
                assert response["headers"].keys() == {"X-Request-ID"} | ({"X-Decision-ID"} if decided else set())
                if status not in {"200", "202"}:
                    content = response["content"]
                    assert content == {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}

    def test_no_trace_of_the_frameworks_own_errors(self, document):
        assert "ValidationError" not in json.dumps(document)

    @pytest.mark.parametrize("word", ["prefixItems", "discriminator", "itemSchema", "$defs", "const"])
    def test_nothing_that_breaks_generators(self, document, word):
        assert not any(word in node for node in walk(document))

    def test_no_property_that_may_be_left_out_has_a_default(self, document):
        schemas = [node for node in walk(document["components"]["schemas"]) if node.keys() & {"type", "anyOf", "$ref"}]
        assert not any("default" in node for node in schemas)

    def test_money_is_decimal_text_and_integers_are_64_bits(self, document):
        schemas = document["components"]["schemas"]
        money = schemas["Total"]["properties"]["value"]
        assert (money["type"], money["format"], money["pattern"]) == ("string", "decimal", r"^-?\d+\.\d{2}$")
        integers = [node for node in walk(document) if node.get("type") == "integer"]
        assert integers
        assert {node.get("format") for node in integers} <= {"int64", "int32"}
        assert not any(node.get("type") == "number" for node in walk(document))

    def test_enumerations_are_ascii_with_words(self, document):
        found = [node for node in walk(document) if isinstance(node.get("enum"), list)]
        assert len(found) > 40
        for node in found:
            assert all(re.fullmatch("[A-Za-z0-9_]+", member) for member in node["enum"])
            assert len(node["x-enum-descriptions"]) == len(node["enum"])

    def test_every_fact_is_an_optional_property(self, document):
        facts = document["components"]["schemas"]["Facts"]
        assert list(facts["properties"]) == [fact.id for fact in registry().get().policy.vocabulary.facts]
        assert "required" not in facts
        assert all({"type": "null"} in schema["anyOf"] for schema in facts["properties"].values())

    def test_the_documentation_itself_and_metrics_are_no_operations(self, document):
        assert document["paths"].keys().isdisjoint({"/docs", "/redoc", "/openapi.json", "/metrics"})


class TestOlderFile:
    def test_no_property_is_lost(self, document, older):
        for name, schema in document["components"]["schemas"].items():
            other = older["components"]["schemas"][name]
            assert schema.get("properties", {}).keys() == other.get("properties", {}).keys(), name
            assert schema.get("required", []) == other.get("required", []), name

    def test_unions_with_null_are_nullable(self, older):
        assert not any(node.get("type") == "null" or isinstance(node.get("type"), list) for node in walk(older))
        facts = older["components"]["schemas"]["Facts"]["properties"]
        assert all(schema["nullable"] is True for schema in facts.values())
        assert facts["employees"]["format"] == "int64"
        assert facts["annual_revenue"]["type"] == "string"
        assert older["components"]["schemas"]["DecisionAnswer"]["properties"]["next_question"] == {
            "allOf": [{"$ref": "#/components/schemas/NextQuestion"}],
            "nullable": True,
        }

    def test_no_word_of_3_1_is_left(self, older):
        schemas = list(walk(older["components"]["schemas"]))
        assert not any(isinstance(node.get("examples"), list) or "const" in node for node in schemas)

    def test_conversion(self):
        found = to_3_0(
            {
                "properties": {
                    "a": {"anyOf": [{"type": "string"}, {"type": "integer"}, {"type": "null"}], "description": "d"},
                    "anyOf": {"type": "string", "examples": ["x", "y"]},
                    "b": {"$ref": "#/x", "description": "d"},
                    "c": {"const": "k"},
                }
            }
        )
        assert found["properties"] == {
            "a": {"anyOf": [{"type": "string"}, {"type": "integer"}], "nullable": True, "description": "d"},
            "anyOf": {"type": "string", "example": "x"},
            "b": {"allOf": [{"$ref": "#/x"}], "description": "d"},
            "c": {"enum": ["k"]},
        }


class TestExamples:
    def test_every_example_works(self, document, port):
        sent = 0
        for method, path, op in operations(document):
            if method == "post" and not path.startswith(STORED):
                example = op["requestBody"]["content"]["application/json"]["example"]
                assert post(port, path.replace("{id}", "m47-power-low-voltage"), example).status == 200, path
                sent += 1
        assert sent == 5

    def test_every_documented_parameter_works(self, document, client):
        for method, path, op in operations(document):
            parameters = op.get("parameters", [])
            if method != "get" or not parameters or path.startswith(STORED):
                continue
            query = {p["name"]: p["example"] for p in parameters if p["in"] == "query" and "example" in p}
            there = {p["name"]: p["example"] for p in parameters if p["in"] == "path"}
            for name, value in query.items():
                assert client.get(path, params={name: value}).status_code == 200
            assert client.get(path.format(**there)).status_code == 200


class TestAnswersFitTheirModels:
    @pytest.mark.parametrize("language", ["zh", "en"])
    @pytest.mark.parametrize(
        "path",
        [
            "/v1/measures",
            "/v1/facts",
            "/v1/indicators",
            "/v1/sources",
            "/v1/approval-targets",
            "/v1/rules/vocabulary",
            "/healthz",
            "/readyz",
        ],
    )
    def test_lists(self, client, fits, path, language):
        fits(client.get(path, headers={"Accept-Language": language}), "get", path)

    def test_every_measure(self, client, fits):
        for item in client.get("/v1/measures").json()["items"]:
            fits(client.get(f"/v1/measures/{item['clause']}"), "get", "/v1/measures/{clause}")

    def test_every_rule(self, client, fits):
        for rule in registry().get().policy.rules:
            fits(client.get(f"/v1/rules/{rule.id}"), "get", "/v1/rules/{rule_id}")

    @pytest.mark.parametrize("explain", ["none", "summary", "full"])
    @pytest.mark.parametrize("path", ["/v1/eligibility", "/v1/subsidies/calculations"])
    @pytest.mark.parametrize("on", ["2021-01-01", "2022-06-01", "2023-06-01", "2026-11-24", "2099-01-01"])
    @pytest.mark.parametrize(
        "facts",
        [
            {},
            {"entity_type": "enterprise", "registration_division": "140722", "industry_code": "C3311", "employees": 10},
            {
                fact.id: fact.members[0].value
                for fact in registry().get().policy.vocabulary.facts
                if fact.type == "enum"
            },
            {fact.id: False for fact in registry().get().policy.vocabulary.facts if fact.type == "bool"},
        ],
        ids=["nothing", "a few", "every enum", "every boolean"],
    )
    def test_decisions(self, client, fits, path, explain, on, facts):
        fits(client.post(path, json={"facts": facts, "on": on, "explain": explain}), "post", path)

    @pytest.mark.parametrize("started_at", [None, "2026-09-30T16:00:00+08:00"])
    @pytest.mark.parametrize("facts", [{}, {"request_kind": "power", "power_voltage": "high"}])
    def test_assessments(self, client, fits, facts, started_at):
        path = "/v1/assessments"
        fits(client.post(path, json={"facts": facts, "started_at": started_at}), "post", path)

    @pytest.mark.parametrize(
        "facts", [{}, {"request_kind": "power"}, {"request_kind": "heat"}, {"request_kind": "tax_refund"}]
    )
    def test_matches(self, client, fits, facts):
        path = "/v1/approval-targets/match"
        fits(client.post(path, json={"facts": facts}), "post", path)

    def test_deadlines(self, client, fits):
        template = "/v1/approval-targets/{id}/deadline"
        for target in registry().get().policy.targets:
            fits(client.get(f"/v1/approval-targets/{target.id}"), "get", "/v1/approval-targets/{id}")
            body = {"started_at": "2026-09-30T16:00:00+08:00"}
            fits(client.post(f"/v1/approval-targets/{target.id}/deadline", json=body), "post", template)

    @pytest.mark.parametrize(
        ("path", "body"),
        [
            ("/v1/eligibility", b"{"),
            ("/v1/eligibility", b'{"facts":{"employes":1}}'),
            ("/v1/approval-targets/match", b"null"),
            ("/v1/subsidies/calculations", b" " * 300_000),
        ],
    )
    def test_problems(self, client, fits, path, body):
        fits(client.post(path, content=body, headers={"Content-Type": "application/json"}), "post", path)
