"""Group A: the body and its JSON, and the whole kind behind each row."""

from __future__ import annotations

import json

import pytest

from tests.api.wire import JSON, chunked, exchange, head, post

PATH = "/v1/eligibility"


def refused(answer, status, code):
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status, answer.json["code"]) == (status, code)
    assert answer.json["status"] == status
    assert answer.json["type"].rpartition("/")[2] == code
    return answer.json


class TestMalformed:
    @pytest.mark.parametrize(
        "body",
        [
            b'{"facts":{"employees":5},}',
            b'{"facts":{}} x',
            b'{"facts":{"name":"a\x01b"}}',
            b'{"facts":{"name":"a\nb"}}',
            b'{"facts":{"annual_revenue":NaN}}',
            b'{"facts":{"annual_revenue":Infinity}}',
            b'{"facts":{"annual_revenue":-Infinity}}',
            b'{"facts":{"annual_revenue":nan}}',
            b"{'facts':{}}",
            b'{"facts":{}',
            b'{"facts"}',
            b'{"facts":{"employees":05}}',
            b'{"facts":{"employees":+5}}',
            b'{"facts":{"employees":5.}}',
            b'{"facts":{"employees":.5}}',
            b'{"facts":{"employees":0x10}}',
            b'{"facts":{"employees":1_000}}',
            b'{"facts":{"name":"\\x41"}}',
            b'{"facts":{"name":"\\u00g0"}}',
            b'{"facts":{}}{}',
            b'{"facts":{}} // why not',
            b'{"facts":{"is_ecommerce":True}}',
            b'{"facts":{"is_ecommerce":undefined}}',
            b"\x0c{}",
            "\u00a0{}".encode(),
            "{“facts”:{}}".encode(),
            b"[" * 20,
            b'"' + b'\\"' * 100_000,
            b"facts=1",
        ],
    )
    def test_is_400_malformed_json(self, port, body):
        answer = post(port, PATH, body)
        refused(answer, 400, "malformed_json")
        assert answer.quickest() < 0.15

    def test_the_detail_says_where(self, port):
        problem = refused(post(port, PATH, b'{"facts":\n {"employees":5,}}'), 400, "malformed_json")
        assert "2" in problem["detail"]


class TestEmptyBody:
    @pytest.mark.parametrize("body", [b"", b" ", b"\r\n\t ", b"\xef\xbb\xbf"])
    def test_is_400_empty_body(self, port, body):
        refused(post(port, PATH, body), 400, "empty_body")


class TestRootIsNoObject:
    @pytest.mark.parametrize("body", [b"null", b"[]", b'"x"', b"1", b"true", b"[{}]"])
    @pytest.mark.parametrize("path", [PATH, "/v1/subsidies/calculations", "/v1/approval-targets/match"])
    def test_is_422_wrong_type_at_the_root(self, port, body, path):
        answer = post(port, path, body)
        refused(answer, 422, "validation_failed")
        assert answer.codes == {"": "wrong_type"}


class TestRepeatedKeys:
    @pytest.mark.parametrize(
        "body",
        [
            b'{"facts":{"employees":5,"employees":50}}',
            b'{"facts":{"employees":5,"employees":5}}',
            b'{"facts":{},"facts":{}}',
            b'{"facts":{"general_processes":[{"a":1,"a":2}]}}',
            b'{"facts":{"employees":5,"\\u0065mployees":50}}',
            b'{"facts":{"employees":null,"employees":null}}',
        ],
    )
    def test_are_400_duplicate_key(self, port, body):
        refused(post(port, PATH, body), 400, "duplicate_key")

    def test_a_repeated_surrogate_key_is_named_without_it(self, port):
        answer = post(port, PATH, b'{"\\ud800":1,"\\ud800":2}')
        refused(answer, 400, "duplicate_key")


class TestDepth:
    @pytest.mark.parametrize("levels", [33, 200, 900, 100_000])
    def test_nested_arrays_are_400_too_deep_at_once(self, port, levels):
        answer = post(port, PATH, b'{"facts":{"name":' + b"[" * levels + b"]" * levels + b"}}")
        refused(answer, 400, "too_deep")
        assert answer.quickest() < 0.1

    def test_nested_objects_too(self, port):
        refused(post(port, PATH, b'{"facts":' * 100 + b"1" + b"}" * 100), 400, "too_deep")

    def test_unclosed_arrays_too(self, port):
        refused(post(port, PATH, b"[" * 100_000), 400, "too_deep")

    def test_thirty_two_levels_are_read(self, port):
        answer = post(port, PATH, b'{"facts":{"name":' + b"[" * 30 + b"]" * 30 + b"}}")
        assert answer.codes == {"/facts/name": "wrong_type"}

    def test_brackets_in_text_are_no_levels(self, port):
        answer = post(port, PATH, {"facts": {"name": "[" * 60 + '\\"' + "{" * 60}, "rules": ["m36-registration-only"]})
        assert answer.status == 200

    def test_many_arrays_side_by_side_are_no_levels(self, port):
        answer = post(port, PATH, b'{"facts":{"name":[' + b",".join([b"[]"] * 50_000) + b"]}}")
        assert answer.codes == {"/facts/name": "wrong_type"}
        assert answer.quickest() < 0.15


class TestSize:
    def test_declared_too_large_is_413_before_it_is_sent(self, port):
        answer = exchange(port, head(f"POST {PATH}", {**JSON, "Content-Length": 300_000}))
        refused(answer, 413, "body_too_large")

    def test_declared_too_large_and_sent_is_413(self, port):
        refused(post(port, PATH, b" " * 300_000), 413, "body_too_large")

    def test_chunked_is_413_as_soon_as_the_limit_is_passed(self, port):
        start = head(f"POST {PATH}", {**JSON, "Transfer-Encoding": "chunked"})
        answer = exchange(port, start, *chunked(*[b" " * 10_000] * 27))
        refused(answer, 413, "body_too_large")

    def test_exactly_the_limit_is_read(self, port):
        body = b'{"facts":{}}'
        assert post(port, PATH, body + b" " * (262_144 - len(body))).status == 200
        refused(post(port, PATH, body + b" " * (262_145 - len(body))), 413, "body_too_large")

    def test_a_connection_goes_on_after_a_refused_body(self, client):
        refusal = client.post(PATH, content=b" " * 300_000, headers=JSON)
        assert refusal.status_code == 413
        assert client.post(PATH, json={"facts": {}}).status_code == 200


class TestText:
    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            (rb'{"facts":{"name":"\ud800"}}', "/facts/name"),
            (rb'{"facts":{"name":"\udc00a"}}', "/facts/name"),
            (rb'{"facts":{"name":"\uD83D x \uDE00"}}', "/facts/name"),
            (rb'{"facts":{"name":"\ude00\ud83d"}}', "/facts/name"),
            (rb'{"facts":{"entity_type":"\ud800"}}', "/facts/entity_type"),
            (rb'{"facts":{"general_processes":["boiler","\ud800"]}}', "/facts/general_processes/1"),
            (rb'{"facts":{},"policy":"\ud800"}', "/policy"),
            (rb'{"facts":{},"rules":["\ud800"]}', "/rules/0"),
            (rb'{"facts":{},"on":"\udfff"}', "/on"),
            (rb'{"facts":{"\ud800":1}}', "/facts/�"),
            (rb'{"facts":{},"\udabc":1}', "/�"),
        ],
    )
    def test_unpaired_surrogates_are_422_text_invalid(self, port, body, pointer):
        answer = post(port, PATH, body)
        refused(answer, 422, "validation_failed")
        assert answer.codes[pointer] == "text_invalid"

    def test_a_surrogate_pair_is_one_character(self, port):
        assert post(port, PATH, rb'{"facts":{"name":"\ud83d\ude00"},"measures":[1]}').status == 200

    def test_other_faults_are_named_beside_it(self, port):
        answer = post(port, PATH, rb'{"facts":{"name":"\ud800","employees":"x"}}')
        assert answer.codes == {"/facts/name": "text_invalid", "/facts/employees": "number_format"}

    def test_a_body_full_of_them_is_answered_in_time(self, port):
        answer = post(port, PATH, b'{"facts":{"name":[' + rb'"\ud800",' * 25_000 + b"1]}}")
        refused(answer, 422, "validation_failed")
        assert len(answer.json["errors"]) == 50
        assert answer.quickest() < 0.15


class TestEncoding:
    @pytest.mark.parametrize(
        "body",
        [
            json.dumps({"facts": {"name": "左权县企业"}}, ensure_ascii=False).encode("gbk"),
            json.dumps({"facts": {"name": "左权"}}, ensure_ascii=False).encode("gb18030"),
            json.dumps({"facts": {}}).encode("utf-16"),
            json.dumps({"facts": {}}).encode("utf-16-le"),
            json.dumps({"facts": {}}).encode("utf-16-be"),
            json.dumps({"facts": {}}).encode("utf-32"),
            json.dumps({"facts": {}}).encode("utf-32-le"),
            b'{"facts":{"name":"\xff"}}',
            b'{"facts":{"name":"\xc0\x80"}}',
            b'{"facts":{"name":"\xed\xa0\x80"}}',
            b'{"facts":{"name":"\xf5\x80\x80\x80"}}',
            b'{"facts":{"name":"\xe4\xb8"}}',
        ],
    )
    def test_other_than_utf_8_is_400(self, port, body):
        refused(post(port, PATH, body), 400, "body_not_utf8")

    def test_a_byte_order_mark_is_accepted(self, port):
        assert post(port, PATH, b'\xef\xbb\xbf{"facts":{},"measures":[1]}').status == 200


class TestContentType:
    @pytest.mark.parametrize(
        "headers",
        [
            {"Content-Type": "application/x-www-form-urlencoded"},
            {"Content-Type": "text/plain"},
            {"Content-Type": "text/json"},
            {"Content-Type": "application/problem+json"},
            {"Content-Type": "application/jsonp"},
            {"Content-Type": "multipart/form-data; boundary=x"},
            {"Content-Type": "application/json; charset=gbk"},
            {"Content-Type": 'application/json; charset="GB18030"'},
            {"Content-Type": "application/json;charset=iso-8859-1"},
            {"Content-Type": "application/json; charset="},
            {"Content-Type": ""},
            {},
        ],
    )
    def test_other_than_json_in_utf_8_is_415(self, port, headers):
        refused(post(port, PATH, b'{"facts":{}}', headers), 415, "unsupported_content_type")

    @pytest.mark.parametrize(
        "content_type",
        [
            "application/json",
            "Application/JSON",
            "application/json; charset=utf-8",
            "application/json;charset=UTF-8",
            'application/json ; charset="utf-8"',
            "application/json; version=1",
        ],
    )
    def test_json_in_utf_8_is_read(self, port, content_type):
        assert post(port, PATH, b'{"facts":{}}', {"Content-Type": content_type}).status == 200

    @pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "zstd", "x", "gzip, identity"])
    def test_a_compressed_body_is_415(self, port, encoding):
        headers = {**JSON, "Content-Encoding": encoding}
        refused(post(port, PATH, b'{"facts":{}}', headers), 415, "unsupported_encoding")

    def test_identity_is_no_compression(self, port):
        assert post(port, PATH, b'{"facts":{}}', {**JSON, "Content-Encoding": "identity"}).status == 200
