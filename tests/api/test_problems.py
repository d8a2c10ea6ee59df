"""The one table of problems, and how a problem is written."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

import app
from app.api import facts
from app.api.deps import Services
from app.api.problems import MAX_ERRORS, PROBLEMS, ProblemError, problem_body
from app.rules.errors import Fault
from app.rules.messages import MESSAGES, fault_message
from app.services.registry import ActivePolicy, Registry
from tests.api.conftest import make_services, registry
from tests.api.wire import get, post

ROOT = Path(app.__file__).parent
DOCS = ROOT.parent / "docs" / "errors.md"
LITERAL_CODE = re.compile(r"""(?:Fault\(\s*|ProblemError\(\s*|\.fault\(\s*|code: ClassVar\[str\] = )"([a-z_0-9]+)\"""")
#: What callers can be told about their values and names (the faults of packs and notices are for their authors).
VALUE_CODES = [
    "wrong_type",
    "number_format",
    "out_of_range",
    "too_many_decimals",
    "date_format",
    "date_invalid",
    "timestamp_format",
    "timestamp_naive",
    "time_order",
    "before_calendar",
    "after_calendar",
    "code_format",
    "text_empty",
    "text_too_long",
    "text_invalid",
    "not_in_enum",
    "empty_list",
    "too_many_items",
    "missing_field",
    "pauses_not_allowed",
    "unknown_field",
    "unknown_fact",
    "unknown_rule",
    "rule_not_decidable",
    "unknown_measure",
    "unknown_subject",
    "unknown_policy",
    "unknown_parameter",
    "duplicate_parameter",
]


def codes_in(paths):
    return {code for path in paths for code in LITERAL_CODE.findall(path.read_text(encoding="utf-8"))}


#: Codes that come from storage or from the reader of a file and are passed on under the same name.
PASSED_ON = {
    "database_timeout",
    "database_unavailable",
    "file_expands_too_much",
    "file_type_mismatch",
    "receipt_unavailable",
    "storage_full",
    "too_many_rows",
}


class TestTable:
    @pytest.mark.parametrize("kind", PROBLEMS.values(), ids=lambda kind: kind.code)
    def test_each_has_a_short_title_and_a_detail_in_both_languages(self, kind):
        assert kind.uri == f"/problems/{kind.code}"
        assert 400 <= kind.status <= 599
        assert 2 < len(kind.title.zh) <= 16
        assert 2 < len(kind.title.en) <= 40
        assert kind.detail.zh
        assert kind.detail.en

    def test_every_problem_raised_is_in_the_table(self):
        pattern = re.compile(r'(?:ProblemError|_refused)\("([a-z_0-9]+)"')
        sources = [path.read_text(encoding="utf-8") for path in (ROOT / "api").rglob("*.py")]
        raised = {code for source in sources for code in pattern.findall(source)}
        assert raised - PROBLEMS.keys() == set()
        assert PROBLEMS.keys() - raised - PASSED_ON == {"validation_failed"}

    @pytest.mark.parametrize("code", VALUE_CODES)
    def test_every_fault_of_a_value_has_words(self, code):
        assert code in MESSAGES

    def test_every_fault_made_by_the_readers_has_words(self):
        read = [ROOT / "rules" / "reading.py", ROOT / "rules" / "vocabulary.py", ROOT / "services" / "calendars.py"]
        made = codes_in([*read, *(ROOT / "api").rglob("*.py"), *(ROOT / "deadlines").rglob("*.py")])
        assert made - MESSAGES.keys() - PROBLEMS.keys() == set()


class TestDocumentation:
    @pytest.mark.parametrize("kind", PROBLEMS.values(), ids=lambda kind: kind.code)
    def test_every_problem_is_documented_with_its_status_and_titles(self, kind):
        row = f"| {kind.status} | `{kind.code}` | {kind.title.zh} | {kind.title.en} |"
        assert row in DOCS.read_text(encoding="utf-8")

    @pytest.mark.parametrize("code", VALUE_CODES)
    def test_every_fault_of_a_value_is_documented(self, code):
        assert f"\n| `{code}` |" in DOCS.read_text(encoding="utf-8")


class TestBody:
    def test_has_every_member(self):
        fault = Fault("out_of_range", ("facts", "a/b~c", 3), {"value": "5", "minimum": 0, "maximum": 1}, ("near",))
        found = problem_body(ProblemError.invalid([fault]), "en", "/v1/eligibility", "id")
        assert found == (
            b'{"type":"/problems/validation_failed","code":"validation_failed","title":"Some values need correction",'
            b'"status":422,"detail":"5 is out of range; it must lie between 0 and 1.","instance":"/v1/eligibility",'
            b'"request_id":"id","errors":[{"pointer":"/facts/a~1b~0c/3","code":"out_of_range",'
            b'"message":"5 is out of range; it must lie between 0 and 1.","suggestions":["near"]}]}'
        )

    def test_reports_fifty_faults_at_most_and_each_place_once(self):
        faults = [Fault("missing_field", (f"f{i // 2}",)) for i in range(400)]
        problem = ProblemError.invalid(faults)
        assert len(problem.faults) == MAX_ERRORS
        assert len({fault.path for fault in problem.faults}) == MAX_ERRORS

    @pytest.mark.parametrize(
        ("path", "shown"),
        [("/v1/x", "/v1/x"), ("/" + "a" * 100, "/" + "a" * 59), ("/" + "a" * 58 + "%ff", "/" + "a" * 58)],
    )
    def test_the_instance_is_short_and_whole(self, path, shown):
        assert f'"instance":"{shown}"'.encode() in problem_body(ProblemError("not_found"), "zh", path, "id")

    def test_an_unknown_code_still_has_words(self):
        assert fault_message(Fault("brand_new"), "en") == "There is a fault here (brand_new)."


class TestUnexpectedFailure:
    @pytest.fixture
    def failing_port(self, serve):
        class Broken:
            default = "zuoquan-2022"
            ids = (default,)

            def get(self, _policy_id=None):
                message = "secret /var/lib/x.db SELECT 1"
                raise RuntimeError(message)

        return serve({"registry": Broken()})

    @pytest.mark.parametrize("path", ["/v1/eligibility", "/v1/subsidies/calculations"])
    def test_is_500_with_a_fixed_text_and_the_request_id(self, failing_port, path):
        answer = post(failing_port, path, {"facts": {}})
        assert (answer.status, answer.json["code"]) == (500, "internal_error")
        assert answer.json["request_id"] == answer.headers["x-request-id"]
        assert b"secret" not in answer.body
        assert b"Traceback" not in answer.body
        assert get(failing_port, "/healthz").status == 200

    def test_of_one_rule_is_no_refusal_of_the_asker(self, serve, monkeypatch):
        class Failing(ActivePolicy):
            def renderer(self, on, language):
                message = "one rule fails"
                raise ZeroDivisionError(message)

        active = Failing(registry().get().policy)

        class Holder:
            default, ids, ready = "zuoquan-2022", ("zuoquan-2022",), True

            def get(self, _policy_id=None):
                return active

        answer = post(serve({"registry": Holder()}), "/v1/subsidies/calculations", {"facts": {}})
        assert answer.status == 500
        assert answer.json.keys().isdisjoint({"results", "total", "counts"})


class TestTimeLimit:
    def test_an_answer_that_takes_too_long_is_503(self, serve, monkeypatch):
        async def slow(_call):
            await asyncio.sleep(5)

        slow.needed_scope = facts.list_facts.needed_scope
        route = next(route for route in facts.router.routes if route.path == "/v1/facts")
        monkeypatch.setattr(route, "endpoint", slow)
        answer = get(serve(answer_seconds=0.05), "/v1/facts")
        assert (answer.status, answer.json["code"], answer.headers["retry-after"]) == (503, "overloaded", "2")


class TestNotReady:
    def test_without_a_rule_set(self, serve):
        empty = Registry({}, "zuoquan-2022", registry().calendar)
        port = serve({"registry": empty, "missing": lambda: ("rule_set",)})
        for answer in (post(port, "/v1/eligibility", {"facts": {}}), get(port, "/v1/facts"), get(port, "/readyz")):
            assert (answer.status, answer.json["code"]) == (503, "not_ready")
            assert "rule_set" in answer.json["detail"]
            assert int(answer.headers["retry-after"]) > 0
        assert get(port, "/healthz").status == 200

    def test_without_one_because_the_database_is_away(self, serve):
        empty = Registry({}, "zuoquan-2022", registry().calendar)
        port = serve({"registry": empty, "missing": lambda: ("database", "rule_set")})
        for answer in (post(port, "/v1/eligibility", {"facts": {}}), get(port, "/v1/facts")):
            assert (answer.status, answer.json["code"]) == (503, "database_unavailable")
        assert "database" in get(port, "/readyz").json["detail"]


class TestServices:
    def test_a_new_registry_answers_at_once(self, application):
        services = make_services(application.state.services.settings)
        assert isinstance(services, Services)
        other = object()
        services.replace(other)
        assert services.registry is other
