"""In which form answers leave: packed or plain, and not again where the caller holds them."""

from __future__ import annotations

import gzip

import pytest

from app.api.negotiation import SMALLEST, accepts_gzip
from bench.subject import FACTS
from tests.api.test_assessments import CLOCK
from tests.api.wire import JSON, get, post

GZIP = {"Accept-Encoding": "gzip"}
CATALOGUE = [
    "/v1/measures",
    "/v1/measures?kind=benefit",
    "/v1/measures/38",
    "/v1/rules/m38-hnte-certification-award",
    "/v1/rules/vocabulary",
    "/v1/facts",
    "/v1/indicators",
    "/v1/approval-targets",
    "/v1/approval-targets/m40-enterprise-opening",
]
FILES = ["/openapi.json", "/openapi-3.0.json"]
HELD = ("etag", "cache-control", "vary")


class TestAcceptEncoding:
    @pytest.mark.parametrize(
        "header", [b"gzip", b"GZIP", b"br, gzip;q=0.1", b"deflate,gzip", b"x-gzip", b"*", b"*;q=0.5", b"gzip;q=0.001"]
    )
    def test_takes_gzip(self, header):
        assert accepts_gzip(header)

    @pytest.mark.parametrize(
        "header", [b"", b"identity", b"br", b"gzip;q=0", b"gzip ; q=0.000, *", b"*;q=0", b"gzipped", b"\xff"]
    )
    def test_does_not(self, header):
        assert not accepts_gzip(header)


class TestPacked:
    @pytest.mark.parametrize("path", ["/v1/measures", "/v1/rules/vocabulary", "/v1/facts", "/metrics", *FILES])
    def test_is_the_same_when_unpacked(self, port, path):
        plain, packed = get(port, path), get(port, path, GZIP)
        assert "content-encoding" not in plain.headers
        assert packed.headers["content-encoding"] == "gzip"
        assert int(packed.headers["content-length"]) == len(packed.body) < len(plain.body)
        if path != "/metrics":
            assert gzip.decompress(packed.body) == plain.body

    @pytest.mark.parametrize("path", ["/v1/eligibility", "/v1/subsidies/calculations", "/v1/assessments"])
    @pytest.mark.parametrize("explain", ["none", "full"])
    def test_decisions_too(self, port, path, explain):
        body = {"facts": FACTS, "on": "2023-06-01", "explain": explain}
        plain, packed = post(port, path, body), post(port, path, body, {**JSON, **GZIP})
        assert gzip.decompress(packed.body) == plain.body
        assert packed.headers["x-receipts"] == plain.headers["x-receipts"] == "off"
        assert "etag" not in packed.headers
        assert packed.headers["cache-control"] == "no-store"

    def test_the_same_each_time(self, port):
        assert len({post(port, "/v1/assessments", {"facts": {}}, {**JSON, **GZIP}).body for _ in range(3)}) == 1

    @pytest.mark.parametrize("path", ["/healthz", "/v1/approval-targets/m40-enterprise-opening", "/nothing"])
    def test_not_what_is_small(self, port, path):
        answer = get(port, path, GZIP)
        assert len(answer.body) < SMALLEST
        assert "content-encoding" not in answer.headers

    def test_problems_with_many_faults(self, port):
        body = {"facts": {f"nothing{number}": 1 for number in range(40)}}
        plain = post(port, "/v1/eligibility", body, {**JSON, "X-Request-ID": "one"})
        packed = post(port, "/v1/eligibility", body, {**JSON, "X-Request-ID": "one", **GZIP})
        assert (packed.status, packed.headers["content-encoding"]) == (422, "gzip")
        assert gzip.decompress(packed.body) == plain.body

    def test_head_tells_the_length_of_what_would_be_sent(self, port):
        told = get(port, "/v1/facts", GZIP, method="HEAD").headers
        assert (told["content-length"], told["etag"]) == tuple(
            get(port, "/v1/facts", GZIP).headers[name] for name in ("content-length", "etag")
        )

    @pytest.mark.parametrize("value", ["gzip;q=0", "br", "identity", ""])
    def test_not_where_it_is_not_wanted(self, port, value):
        assert "content-encoding" not in get(port, "/v1/facts", {"Accept-Encoding": value}).headers


class TestHeld:
    @pytest.mark.parametrize("path", [*CATALOGUE, *FILES])
    @pytest.mark.parametrize("wanted", [{}, GZIP], ids=["plain", "packed"])
    def test_is_not_sent_again(self, port, path, wanted):
        first = get(port, path, wanted)
        assert first.headers["cache-control"] == "no-cache"
        assert first.headers["etag"].startswith('"')
        for tag in (first.headers["etag"], f'"other", W/{first.headers["etag"]}', "*"):
            again = get(port, path, {**wanted, "If-None-Match": tag})
            assert (again.status, again.body) == (304, b"")
            assert {name: again.headers[name] for name in HELD} == {name: first.headers[name] for name in HELD}
            assert again.headers.keys().isdisjoint({"content-type", "content-length", "content-encoding"})
        assert get(port, path, {**wanted, "If-None-Match": '"other"'}).body == first.body

    @pytest.mark.parametrize("path", CATALOGUE)
    def test_each_language_has_a_tag_of_its_own(self, port, path):
        tags = {get(port, path, {"Accept-Language": language}).headers["etag"] for language in ("zh", "en")}
        assert len(tags) == 2
        assert get(port, path).headers["vary"] == "accept-language, accept-encoding"

    def test_each_encoding_too(self, port):
        plain, packed = (get(port, "/v1/facts", wanted).headers["etag"] for wanted in ({}, GZIP))
        assert packed == f'{plain[:-1]}-gzip"'
        assert get(port, "/v1/facts", {**GZIP, "If-None-Match": plain}).status == 200
        assert get(port, "/v1/facts", {"If-None-Match": packed}).status == 200

    def test_each_content_too(self, port):
        assert len({get(port, path).headers["etag"] for path in CATALOGUE}) == len(CATALOGUE)

    def test_an_unknown_id_is_still_unknown(self, port):
        assert get(port, "/v1/measures/99", {"If-None-Match": "*"}).status == 404

    def test_decisions_are_never_held(self, port):
        answer = post(port, "/v1/assessments", {"facts": {}, **CLOCK}, {**JSON, "If-None-Match": "*"})
        assert answer.status == 200
