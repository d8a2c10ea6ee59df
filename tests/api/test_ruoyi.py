"""The face for the RuoYi family: the same operations, always HTTP 200, one envelope."""

from __future__ import annotations

import asyncio
import gzip
import json

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openapi_spec_validator import OpenAPIV31SpecValidator

from app.api.ruoyi.face import PREFIX, RuoYi
from app.main import create_app
from app.services.registry import Registry
from app.settings import Settings
from bench.subject import FACTS
from tests.api.conftest import registry, serving
from tests.api.test_assessments import CLOCK
from tests.api.test_decisions import FIRST
from tests.api.test_fuzz import BOUNDED, POSTS, VALUE
from tests.api.wire import exchange, get, head, post

CALCULATION = f"{PREFIX}/v1/subsidies/calculations"
LISTS = ["/v1/measures", "/v1/facts", "/v1/indicators", "/v1/sources", "/v1/approval-targets"]
LISTS = [*LISTS, "/v1/measures?kind=benefit"]
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def envelope(answer):
    """The body, which stands in the same frame whatever it says."""
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-request-id"]
    assert "etag" not in answer.headers
    body = answer.json
    assert list(body)[:2] == ["code", "msg"]
    return body


def refused(answer, code, problem):
    """The problem in the envelope, and what it says to people."""
    body = envelope(answer)
    assert (body["code"], body["data"]["status"], body["data"]["code"]) == (code, code, problem)
    assert body["msg"] == f"{body['data']['title']}：{body['data']['detail']}"
    return body


class TestSuccess:
    @pytest.mark.parametrize(
        ("path", "body"),
        [
            ("/v1/eligibility", FIRST),
            ("/v1/subsidies/calculations", FIRST),
            ("/v1/assessments", {"facts": FACTS, "on": "2023-06-01", **CLOCK}),
            ("/v1/approval-targets/match", {"facts": {"request_kind": "power"}}),
            ("/v1/approval-targets/m47-power-low-voltage/deadline", CLOCK),
        ],
    )
    def test_data_is_the_native_answer(self, port, path, body):
        native, answer = post(port, path, body), post(port, PREFIX + path, body)
        assert envelope(answer) == {"code": 200, "msg": "操作成功", "data": native.json}
        assert native.body in answer.body

    @pytest.mark.parametrize("path", ["/v1/measures/38", "/v1/rules/vocabulary", "/v1/rules/m38-cultivation-pool"])
    def test_reads_too(self, port, path):
        assert envelope(get(port, PREFIX + path))["data"] == get(port, path).json

    def test_a_byte_order_mark_is_accepted(self, port):
        body = b"\xef\xbb\xbf" + json.dumps(FIRST).encode()
        assert envelope(post(port, CALCULATION, body))["data"]["total"]["value"] == "210000.00"

    def test_in_english_where_that_is_wanted(self, port):
        english = {"Accept-Language": "en"}
        answer = envelope(get(port, f"{PREFIX}/v1/measures/38", english))
        assert (answer["msg"], answer["data"]) == ("Success", get(port, "/v1/measures/38", english).json)
        assert envelope(get(port, f"{PREFIX}/v1/measures/99", english))["msg"] == (
            "There is nothing here: Check the address and the id."
        )

    def test_whole_and_plain_whatever_a_caller_holds(self, port):
        path = f"{PREFIX}/v1/facts"
        plain = get(port, path)
        for more in ({"If-None-Match": "*"}, {"Range": "bytes=0-10"}):
            assert get(port, path, more).body == plain.body
        packed = get(port, path, {"Accept-Encoding": "gzip"})
        assert packed.headers["content-encoding"] == "gzip"
        assert gzip.decompress(packed.body) == plain.body

    def test_metrics_tell_the_faces_apart(self, port):
        post(port, CALCULATION, b"{")
        get(port, f"{PREFIX}/v1/measures?pageNum=0")
        text = get(port, "/metrics").body.decode()
        assert f'route="{CALCULATION}",status="400"' in text
        assert f'route="{PREFIX}/v1/measures",status="422"' in text


class TestLists:
    @pytest.mark.parametrize("path", LISTS)
    def test_all_rows_without_a_page(self, port, path):
        native = get(port, path).json
        assert envelope(get(port, PREFIX + path)) == {
            "code": 200,
            "msg": "操作成功",
            "rows": native["items"],
            "total": native["total"],
        }

    @pytest.mark.parametrize("path", LISTS)
    def test_pages_come_one_after_another(self, port, path):
        join = "&" if "?" in path else "?"
        native = get(port, path).json
        pages = [
            envelope(get(port, f"{PREFIX}{path}{join}pageNum={number}&pageSize=23"))
            for number in range(1, native["total"] // 23 + 3)
        ]
        assert [row for page in pages for row in page["rows"]] == native["items"]
        assert {page["total"] for page in pages} == {native["total"]}
        assert pages[-1]["rows"] == []

    def test_ten_rows_where_only_the_page_is_named(self, port):
        native = get(port, "/v1/measures").json["items"]
        assert envelope(get(port, f"{PREFIX}/v1/measures?pageNum=2"))["rows"] == native[10:20]
        assert envelope(get(port, f"{PREFIX}/v1/measures?pageSize=3"))["rows"] == native[:3]

    @pytest.mark.parametrize("value", ["0", "-1", "x", "", "1.0", "999999999999", "%EF%BC%91", "201"])
    def test_a_page_that_cannot_be(self, port, value):
        body = refused(get(port, f"{PREFIX}/v1/measures?pageSize={value}&pageNum=0"), 422, "validation_failed")
        assert {entry["pointer"]: entry["code"] for entry in body["data"]["errors"]} == {
            "/query/pageNum": "out_of_range",
            "/query/pageSize": "out_of_range",
        }

    def test_a_page_named_twice(self, port):
        body = refused(get(port, f"{PREFIX}/v1/measures?pageNum=1&pageNum=1"), 422, "validation_failed")
        assert body["data"]["errors"][0]["code"] == "duplicate_parameter"

    @pytest.mark.parametrize("path", ["/v1/measures/38", "/v1/rules/vocabulary"])
    def test_what_is_no_list_has_no_pages(self, port, path):
        body = refused(get(port, f"{PREFIX}{path}?pageNum=1"), 422, "validation_failed")
        assert body["data"]["errors"][0]["code"] == "unknown_parameter"

    def test_pages_are_the_faces_own(self, port):
        assert get(port, "/v1/measures?pageNum=1").codes == {"/query/pageNum": "unknown_parameter"}


class TestRefused:
    def test_a_bad_value_in_chinese(self, port):
        body = refused(post(port, CALCULATION, {"facts": {"employees": "很多"}}), 422, "validation_failed")
        native = post(port, "/v1/subsidies/calculations", {"facts": {"employees": "很多"}}).json
        assert body["data"]["errors"] == native["errors"]
        assert body["data"]["instance"] == CALCULATION
        assert native["errors"][0]["message"] in body["msg"]

    def test_a_form(self, port):
        body = refused(post(port, CALCULATION, b"facts=%7B%7D", FORM), 415, "unsupported_content_type")
        assert "application/json" in body["msg"]
        assert "不要用表单" in body["msg"]

    @pytest.mark.parametrize("charset", ["", "; charset=GBK"])
    def test_gbk(self, port, charset):
        content = json.dumps({"facts": {"name": "左权县电商"}}, ensure_ascii=False).encode("gbk")
        answer = post(port, CALCULATION, content, {"Content-Type": f"application/json{charset}"})
        if charset:
            refused(answer, 415, "unsupported_content_type")
        else:
            assert "GBK" in refused(answer, 400, "body_not_utf8")["msg"]

    @pytest.mark.parametrize(
        ("method", "path", "code", "problem"),
        [
            ("GET", "/v1/nothing", 404, "not_found"),
            ("GET", "", 404, "not_found"),
            ("GET", "/", 404, "not_found"),
            ("GET", "/healthz", 404, "not_found"),
            ("GET", "/openapi-3.0.json", 404, "not_found"),
            ("GET", "/compat/ruoyi/v1/facts", 404, "not_found"),
            ("GET", "/v1/eligibility", 405, "method_not_allowed"),
            ("PATCH", "/v1/measures/38", 405, "method_not_allowed"),
        ],
    )
    def test_what_is_not_there(self, port, method, path, code, problem):
        refused(exchange(port, head(f"{method} {PREFIX}{path}", {"Content-Length": "0"})), code, problem)

    @pytest.mark.parametrize(("body", "problem"), [(b"", "empty_body"), (b"{", "malformed_json"), (b"[]", None)])
    def test_what_is_no_json_object(self, port, body, problem):
        answer = post(port, CALCULATION, body)
        refused(answer, 400 if problem else 422, problem or "validation_failed")

    def test_what_is_too_large(self, port):
        refused(post(port, CALCULATION, b" " * 300_000), 413, "body_too_large")
        refused(get(port, f"{PREFIX}/v1/measures?q={'a' * 8_200}"), 414, "uri_too_long")
        refused(get(port, f"{PREFIX}/v1/facts", {"X-Long": "a" * 17_000}), 431, "headers_too_large")

    def test_what_the_protocol_refuses_before_the_request_is_whole(self, port):
        """Neither the head nor the address ever ends."""
        endless = f"GET {PREFIX}/v1/facts HTTP/1.1\r\nHost: a\r\n".encode() + b"X-A: " + b"a" * 40_000
        refused(exchange(port, endless), 431, "headers_too_large")
        refused(exchange(port, f"GET {PREFIX}/v1/measures?q=".encode() + b"a" * 20_000), 414, "uri_too_long")

    def test_what_the_protocol_refuses_elsewhere_stays_native(self, port):
        endless = b"GET /v1/facts HTTP/1.1\r\nHost: a\r\nX-A: " + b"a" * 40_000
        assert exchange(port, endless).status == 431

    def test_a_service_that_cannot_answer(self, serve):
        port = serve({"registry": Registry({}, "zuoquan-2022", registry().calendar)})
        answer = post(port, CALCULATION, FIRST)
        refused(answer, 503, "not_ready")
        assert answer.headers["retry-after"]


class TestCursors:
    @pytest.fixture
    def kept(self, tmp_path):
        url = f"sqlite:///{tmp_path / 'b.db'}"
        own = Settings(_env_file=None, auth="open", database_url=url, data_dir=tmp_path / "var")
        with serving(create_app(own), own) as port:
            yield port

    def test_receipts_go_on_with_a_cursor_and_have_no_total(self, kept):
        ids = [post(kept, CALCULATION, FIRST).headers["x-decision-id"] for _ in range(5)]
        seen, cursor = [], ""
        while cursor is not None:
            page = envelope(get(kept, f"{PREFIX}/v1/decisions?pageSize=2{cursor and f'&cursor={cursor}'}"))
            assert (len(page["rows"]) <= 2, page["total"]) == (True, None)
            seen += [row["id"] for row in page["rows"]]
            cursor = page["next_cursor"]
        assert seen == ids[::-1]
        assert envelope(get(kept, f"{PREFIX}/v1/decisions?pageNum=1"))["rows"][0]["id"] == ids[-1]
        refused(get(kept, f"{PREFIX}/v1/decisions?pageNum=2"), 422, "validation_failed")
        again = envelope(post(kept, f"{PREFIX}/v1/decisions/{ids[0]}/replay", {}))["data"]
        assert again["identical"] is True


def through(status, headers, *parts):
    """What the face makes of an answer that comes in parts: status, headers, and the parts that leave."""
    sent = []

    async def app(_scope, _receive, send):
        await send({"type": "http.response.start", "status": status, "headers": headers})
        for part in parts:
            await send({"type": "http.response.body", "body": part, "more_body": part is not parts[-1]})

    async def keep(message):
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": f"{PREFIX}/v1/screenings", "headers": []}
    asyncio.run(RuoYi(app)(scope, None, keep))
    return sent[0]["status"], dict(sent[0]["headers"]), [message["body"] for message in sent[1:]]


class TestParts:
    @pytest.mark.parametrize(
        "header",
        [(b"content-type", b"text/csv"), (b"content-disposition", b'attachment; filename="manifest.json"')],
        ids=["by type", "by name"],
    )
    def test_files_are_handed_on_as_they_come(self, header):
        status, headers, parts = through(206, [header, (b"content-length", b"4")], b"a,", b"b\n")
        assert (status, headers[header[0]], parts) == (200, header[1], [b"a,", b"b\n"])

    def test_what_was_made_is_found_below_the_prefix(self):
        native = [(b"content-type", b"application/json"), (b"location", b"/v1/screenings/s-1")]
        status, headers, parts = through(202, native, b'{"id":', b'"s-1"}')
        assert (status, headers[b"location"]) == (200, b"/compat/ruoyi/v1/screenings/s-1")
        assert json.loads(b"".join(parts)) == {"code": 200, "msg": "操作成功", "data": {"id": "s-1"}}

    def test_nothing_is_null(self):
        assert json.loads(through(204, [], b"")[2][0])["data"] is None


class TestWhateverComes:
    @settings(BOUNDED, max_examples=50)
    @given(path=POSTS, body=st.binary(max_size=60) | VALUE.map(lambda value: json.dumps(value).encode()))
    def test_bodies(self, port, path, body):
        envelope(post(port, PREFIX + path, body))

    @settings(BOUNDED, max_examples=50)
    @given(
        path=st.sampled_from(["/v1/measures", "/v1/decisions", "/v1/rules/vocabulary"]),
        query=st.binary(max_size=40) | st.sampled_from([b"pageNum=", b"pageSize=%FF", b"&&pageNum=1&"]),
    )
    def test_queries(self, port, path, query):
        line = f"GET {PREFIX}{path}?".encode() + query.translate(None, b" \r\n\t#")
        answer = exchange(port, line + b" HTTP/1.1\r\nHost: x\r\n\r\n")
        if answer.status != 400:  # what the protocol cannot read has no path
            envelope(answer)


@pytest.fixture(scope="module")
def document(client):
    return client.get(f"{PREFIX}/openapi.json").json()


class TestDocument:
    def test_is_valid_and_has_the_same_operations(self, client, document):
        OpenAPIV31SpecValidator(document).validate()
        native = client.get("/openapi.json").json()["paths"]
        assert {
            path: {method: operation["operationId"] for method, operation in operations.items()}
            for path, operations in document["paths"].items()
        } == {
            PREFIX + path: {method: operation["operationId"] for method, operation in operations.items()}
            for path, operations in native.items()
            if path.startswith("/v1/")
        }
        assert document["tags"]

    @pytest.mark.parametrize(
        ("method", "path", "body"),
        [
            ("post", "/v1/assessments", {"facts": {}}),
            ("post", "/v1/assessments", {"facts": {"employes": 1}}),
            ("get", "/v1/measures", None),
            ("get", "/v1/facts?pageNum=2", None),
            ("get", "/v1/decisions", None),
            ("get", "/v1/decisions?pageNum=2", None),
        ],
    )
    def test_answers_fit_it(self, port, document, method, path, body):
        answer = get(port, PREFIX + path) if body is None else post(port, PREFIX + path, body)
        operation = document["paths"][PREFIX + path.partition("?")[0]][method]
        assert operation["responses"].keys() == {"200"}
        schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
        model = jsonschema_rs.validator_for({**schema, "components": document["components"]})
        assert [error.message for error in model.iter_errors(answer.json)] == []

    def test_rows_have_the_model_of_the_native_items(self, client, document):
        native = client.get("/openapi.json").json()["components"]["schemas"]
        for path, model in (("/v1/measures", "MeasureList"), ("/v1/decisions", "ReceiptList")):
            content = document["paths"][PREFIX + path]["get"]["responses"]["200"]["content"]
            good = content["application/json"]["schema"]["oneOf"][0]["properties"]
            assert good["rows"] == native[model]["properties"]["items"]

    def test_pages_are_documented(self, document):
        def names(path):
            return {one["name"] for one in document["paths"][PREFIX + path]["get"]["parameters"]}

        assert names("/v1/facts") == {"pageNum", "pageSize"}
        assert names("/v1/measures") >= {"pageNum", "pageSize", "clause"}
        assert {"pageSize", "cursor"} <= names("/v1/decisions")
        assert "limit" not in names("/v1/decisions")
