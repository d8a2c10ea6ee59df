"""Rows H6 to H11, framing, and one shape of error everywhere (F46, F55)."""

from __future__ import annotations

import contextlib
import socket
import time

import pytest

from tests.api.wire import JSON, exchange, get, head, post, read_answer

ELIGIBILITY = "/v1/eligibility"


def is_problem(answer, status, code):
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status, answer.json["code"]) == (status, code)
    assert answer.json.keys() >= {"type", "title", "status", "detail", "instance", "code", "errors"}
    assert answer.headers["x-request-id"] == answer.json["request_id"]
    return True


class TestSizeOfTheHead:
    @pytest.mark.parametrize("size", [17_000, 30_000, 100_000])
    def test_too_many_header_bytes_are_431(self, port, size):
        assert is_problem(get(port, "/v1/facts", {"X-Padding": "a" * size}), 431, "headers_too_large")

    def test_many_small_headers_too(self, port):
        assert is_problem(get(port, "/v1/facts", {f"X-{i}": "a" * 20 for i in range(800)}), 431, "headers_too_large")

    def test_a_head_that_never_ends_is_cut_off(self, port):
        answer = exchange(port, b"GET /v1/facts HTTP/1.1\r\nHost: x\r\nX-Padding: " + b"a" * 100_000)
        assert is_problem(answer, 431, "headers_too_large")
        assert answer.headers["connection"] == "close"

    def test_a_head_that_comes_in_small_pieces_is_cut_off(self, port):
        pieces = [b"X-Padding-%d: %b\r\n" % (i, b"a" * 1000) for i in range(60)]
        answer = exchange(port, b"GET /v1/facts HTTP/1.1\r\nHost: x\r\n", *pieces)
        assert is_problem(answer, 431, "headers_too_large")

    @pytest.mark.parametrize("size", [8_200, 9_000, 80_000, 200_000])
    @pytest.mark.parametrize("target", ["/v1/facts?q=", "/v1/rules/", "/"])
    def test_a_long_address_is_414(self, port, size, target):
        assert is_problem(get(port, target + "a" * size), 414, "uri_too_long")

    def test_an_address_that_never_ends_is_cut_off(self, port):
        assert is_problem(exchange(port, b"GET /" + b"a" * 50_000), 414, "uri_too_long")

    def test_up_to_the_limits_is_read(self, port):
        assert get(port, "/v1/facts", {"X-Padding": "a" * 16_000}).status == 200
        assert get(port, "/v1/measures?q=" + "a" * 150).status == 200
        assert get(port, "/v1/rules/" + "a" * 8_000).status == 404

    def test_nothing_long_is_repeated(self, port):
        assert b"a" * 61 not in get(port, "/v1/rules/" + "a" * 8_000).body


class TestFraming:
    @pytest.mark.parametrize(
        "request_bytes",
        [
            b"\0\1\2 hello\r\n\r\n",
            b"GET\r\n\r\n",
            b"FOO /v1/facts HTTP/1.1\r\nHost: x\r\n\r\n",
            b"GET /v1/facts HTTP/9.9\r\nHost: x\r\n\r\n",
            b"GET /v1/facts HTTP/1.1\r\nHost x\r\n\r\n",
            b"GET /v1/facts HTTP/1.1\r\nHost: x\r\nX-A: a\0b\r\n\r\n",
            b"GET /v1/\xe4\xbc\x81 HTTP/1.1\r\nHost: x\r\n\r\n",
            b"GET /v1/measures?q=\xff HTTP/1.1\r\nHost: x\r\n\r\n",
            b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1" + b"\0" * 100,
            b"POST /v1/eligibility HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
            b"POST /v1/eligibility HTTP/1.1\r\nHost: x\r\nContent-Length: -2\r\n\r\n{}",
            b"POST /v1/eligibility HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n{}",
            b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            head("POST /v1/eligibility", {**JSON, "Transfer-Encoding": "chunked"}) + b"zz\r\n\r\n",
        ],
    )
    def test_what_is_no_http_is_400_bad_request(self, port, request_bytes):
        assert is_problem(exchange(port, request_bytes), 400, "bad_request")

    @pytest.mark.parametrize("name", ["Host", "Content-Type", "Content-Encoding", "Authorization", "Idempotency-Key"])
    def test_headers_that_must_be_single(self, port, name):
        start = head(f"POST {ELIGIBILITY}", {"Content-Length": 12})
        doubled = start.replace(b"\r\n\r\n", f"\r\n{name}: a\r\n{name.lower()}: b\r\n\r\n".encode())
        assert is_problem(exchange(port, doubled, b'{"facts":{}}'), 400, "bad_request")

    @pytest.mark.parametrize("coding", ["gzip, chunked", "gzip", "identity"])
    def test_another_transfer_coding_is_refused(self, port, coding):
        start = head(f"POST {ELIGIBILITY}", {**JSON, "Transfer-Encoding": coding})
        assert is_problem(exchange(port, start, b"0\r\n\r\n"), 400, "bad_request")

    def test_what_follows_a_refusal_is_thrown_away(self, port):
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            connection.sendall(b"nonsense\r\n\r\n")
            assert read_answer(connection, 0).status == 400
            with contextlib.suppress(OSError):
                for _ in range(100):
                    connection.sendall(b"x" * 65536)
                    time.sleep(0.001)
            with contextlib.suppress(OSError):
                assert connection.recv(1) == b""

    def test_nonsense_behind_a_good_call_does_not_spoil_its_answer(self, port):
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(head("GET /healthz", {}) + b"\0\0\0\r\n\r\n")
            data = b""
            while chunk := connection.recv(65536):
                data += chunk
        assert data.startswith((b"HTTP/1.1 200", b"HTTP/1.1 400"))

    def test_pipelined_calls_are_answered_in_order(self, port):
        one = head(f"POST {ELIGIBILITY}", {**JSON, "Content-Length": 4}) + b"null"
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(one + head("GET /healthz", {}) + one)
            data = b""
            while data.count(b"HTTP/1.1") < 3 or not data.endswith(b"}"):
                data += connection.recv(65536)
        statuses = [int(part[1:4]) for part in data.split(b"HTTP/1.1")[1:]]
        assert statuses == [422, 200, 422]

    def test_a_call_that_offers_another_protocol_works(self, port):
        offer = {
            "Connection": "Upgrade, HTTP2-Settings",
            "Upgrade": "h2c",
            "HTTP2-Settings": "AAMAAABkAARAAAAAAAIAAAAA",
        }
        assert get(port, "/healthz", offer).status == 200
        assert post(port, ELIGIBILITY, {"facts": {}, "measures": [1]}, {**JSON, **offer}).status == 200
        start = head(f"POST {ELIGIBILITY}", {**JSON, **offer, "Transfer-Encoding": "chunked"})
        assert exchange(port, start, b"c\r\n", b'{"facts":{}}', b"\r\n0\r\n\r\n").status == 200

    def test_a_connection_with_such_an_offer_goes_on(self, port):
        offer = {"Connection": "Upgrade, HTTP2-Settings", "Upgrade": "h2c", "HTTP2-Settings": "AAMA"}
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            for _ in range(3):
                connection.sendall(head(f"POST {ELIGIBILITY}", {**JSON, **offer, "Content-Length": 4}) + b"null")
                assert read_answer(connection, 0).codes == {"": "wrong_type"}

    def test_an_announced_body_is_asked_for(self, port):
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(head(f"POST {ELIGIBILITY}", {**JSON, "Content-Length": 4, "Expect": "100-continue"}))
            assert connection.recv(100).startswith(b"HTTP/1.1 100")
            connection.sendall(b"null")
            assert read_answer(connection, 0).status == 422


class TestSlowCallers:
    @pytest.mark.parametrize(
        "sent",
        [
            b"",
            b"GET /v1/facts HT",
            b"POST /v1/eligibility HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{",
            b"\r\n",
        ],
    )
    def test_lose_their_connection(self, serve, sent):
        port = serve(receive_seconds=0.4)
        started = time.perf_counter()
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(sent)
            assert connection.recv(1) == b""
        assert 0.3 < time.perf_counter() - started < 2

    def test_a_caller_between_two_calls_may_wait(self, serve):
        port = serve(receive_seconds=0.4)
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            for _ in range(2):
                connection.sendall(head("GET /healthz", {}))
                assert read_answer(connection, 0).status == 200
                time.sleep(0.7)


class TestAddresses:
    @pytest.mark.parametrize(
        "target",
        [
            "/v1/measures/",
            "/v1/eligibility/",
            "/v1",
            "/v1/measures/99",
            "/v1/measures/0",
            "/v1/measures/T1",
            "/v1/rules/..%2f..%2fetc%2fpasswd",
            "/v1/rules/%00",
            "/v1/rules/%ff",
            "/v1/rules/m99",
            "/v2/facts",
            "//v1/facts",
            "/v1/measures/38/",
            "/v1/measures/%33%38%20",
            "/v1/approval-targets/none",
            "/docs/assets/..%2f..%2fmain.py",
            "/docs/assets/README.md",
            "/v1/facts/../facts",
            "/.env",
            "/V1/facts",
            "/v1/rules/m38-hnte-certification-award/x",
        ],
    )
    def test_unknown_is_404_and_never_a_redirect(self, port, target):
        answer = get(port, target, {"Host": "evil.example"})
        assert is_problem(answer, 404, "not_found")
        assert b"evil" not in answer.body
        assert "location" not in answer.headers

    @pytest.mark.parametrize(
        ("method", "target", "allow"),
        [
            ("PATCH", "/v1/facts", {"GET", "HEAD"}),
            ("DELETE", "/v1/measures/38", {"GET", "HEAD"}),
            ("POST", "/v1/measures", {"GET", "HEAD"}),
            ("OPTIONS", "/v1/facts", {"GET", "HEAD"}),
            ("TRACE", "/v1/facts", {"GET", "HEAD"}),
            ("GET", "/v1/eligibility", {"POST"}),
            ("HEAD", "/v1/eligibility", {"POST"}),
            ("GET", "/v1/approval-targets/match", {"POST"}),
            ("GET", "/v1/approval-targets/m47-power-low-voltage/deadline", {"POST"}),
            ("PUT", "/v1/subsidies/calculations", {"POST"}),
        ],
    )
    def test_another_method_is_405_with_those_allowed(self, port, method, target, allow):
        answer = get(port, target, method=method)
        assert answer.status == 405
        assert {name.strip() for name in answer.headers["allow"].split(",")} == allow
        assert method == "HEAD" or is_problem(answer, 405, "method_not_allowed")

    def test_head_is_get_without_the_body(self, port):
        answer = get(port, "/v1/measures?clause=38", method="HEAD")
        assert (answer.status, answer.body) == (200, b"")
        assert int(answer.headers["content-length"]) == len(get(port, "/v1/measures?clause=38").body)


class TestQueries:
    @pytest.mark.parametrize(
        ("query", "pointer", "code"),
        [
            ("clause=abc", "/query/clause", "wrong_type"),
            ("clause=", "/query/clause", "wrong_type"),
            ("clause=038", "/query/clause", "wrong_type"),
            ("clause=38.0", "/query/clause", "wrong_type"),
            ("clause=57", "/query/clause", "unknown_measure"),
            ("clause=t9", "/query/clause", "unknown_measure"),
            ("on=2022-02-30", "/query/on", "date_invalid"),
            ("on=2022-2-3", "/query/on", "date_format"),
            ("on=1949-09-30", "/query/on", "out_of_range"),
            ("claus=38", "/query/claus", "unknown_parameter"),
            ("Clause=38", "/query/Clause", "unknown_parameter"),
            ("clause=38&clause=39", "/query/clause", "duplicate_parameter"),
            ("clause=38&clause=38", "/query/clause", "duplicate_parameter"),
            ("kind=Benefit", "/query/kind", "not_in_enum"),
            ("subject=firm", "/query/subject", "unknown_subject"),
            ("q=", "/query/q", "text_empty"),
            ("q=a%00b", "/query/q", "text_invalid"),
            ("q=" + "a" * 201, "/query/q", "text_too_long"),
            ("unit=%20", "/query/unit", "text_empty"),
            ("=38", "/query/", "unknown_parameter"),
        ],
    )
    def test_bad_parameters(self, port, query, pointer, code):
        answer = get(port, f"/v1/measures?{query}")
        assert is_problem(answer, 422, "validation_failed")
        assert answer.codes == {pointer: code}

    @pytest.mark.parametrize(
        "target",
        ["/v1/facts", "/v1/measures/38", "/v1/rules/vocabulary", "/healthz", "/openapi.json", "/v1/approval-targets"],
    )
    def test_operations_without_parameters_take_none(self, port, target):
        assert get(port, f"{target}?x=1").codes == {"/query/x": "unknown_parameter"}

    def test_a_post_takes_none_either(self, port):
        assert post(port, f"{ELIGIBILITY}?explain=full", {"facts": {}}).codes == {"/query/explain": "unknown_parameter"}

    @pytest.mark.parametrize("query", ["q=%ff", "q=%e4%b8", "q=%zz", "q=%", "q=100%", "q=%c0%80", "%ff=1"])
    def test_what_is_no_percent_encoded_utf_8(self, port, query):
        answer = exchange(port, f"GET /v1/measures?{query} HTTP/1.1\r\nHost: x\r\n\r\n".encode("latin-1"))
        assert is_problem(answer, 400, "bad_query_encoding")

    def test_an_empty_query_is_none(self, port):
        assert get(port, "/v1/measures?").json["total"] == 64
        assert get(port, "/v1/measures?&").json["total"] == 64


class TestRequestId:
    @pytest.mark.parametrize("sent", ["a", "A-z_0.9", "x" * 64, "267a8a0c-fe3d-4630-97be-601998905704"])
    def test_a_good_one_is_kept(self, port, sent):
        assert get(port, "/healthz", {"X-Request-ID": sent}).headers["x-request-id"] == sent

    @pytest.mark.parametrize(
        "sent", ["", "x" * 65, "a b", "a/b", "企".encode().decode("latin-1"), "<x>", "a;b", "x" * 15_000]
    )
    def test_another_is_replaced(self, port, sent):
        answer = get(port, "/v1/nothing", {"X-Request-ID": sent})
        own = answer.headers["x-request-id"]
        assert own != sent
        assert len(own) == 32
        assert not sent or sent.encode("latin-1", "replace") not in answer.body

    def test_twenty_thousand_characters_are_neither_echoed_nor_logged(self, port, capfd):
        answer = get(port, "/healthz", {"X-Request-ID": "x" * 20_000})
        assert answer.headers["x-request-id"] == answer.json["request_id"]
        assert b"xxxx" not in answer.body
        written = capfd.readouterr()
        assert "xxxx" not in written.out + written.err

    def test_sent_twice_it_is_replaced(self, port):
        start = head("GET /healthz", {}).replace(b"\r\n\r\n", b"\r\nX-Request-ID: one\r\nX-Request-ID: two\r\n\r\n")
        assert exchange(port, start).headers["x-request-id"] not in ("one", "two")


class TestHeaders:
    @pytest.mark.parametrize(
        ("method", "target"), [("GET", "/v1/facts"), ("GET", "/nothing"), ("GET", "/docs"), ("POST", "/v1/eligibility")]
    )
    def test_every_answer_is_hardened(self, port, method, target):
        answer = post(port, target, {"facts": {}}) if method == "POST" else get(port, target)
        assert answer.headers["content-security-policy"].startswith("default-src 'self'")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-frame-options"] == "DENY"
        assert "camera=()" in answer.headers["permissions-policy"]
        assert "strict-transport-security" not in answer.headers  # the proxy's, which knows whether it speaks TLS
        assert answer.headers["x-request-id"]
        assert "server" not in answer.headers
        assert not any(name.startswith("access-control") for name in answer.headers)

    def test_answers_to_a_post_are_not_kept(self, port):
        assert post(port, ELIGIBILITY, {"facts": {}}).headers["cache-control"] == "no-store"
        assert post(port, ELIGIBILITY, {"facts": 1}).headers["cache-control"] == "no-store"
