"""Whatever comes over the wire: never a 5xx, always a problem, soon."""

from __future__ import annotations

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.conftest import registry
from tests.api.wire import JSON, exchange, head, post

VOCABULARY = registry().get().policy.vocabulary
NAMES = [fact.id for fact in VOCABULARY.facts]
BOUNDED = settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
POSTS = st.sampled_from(
    [
        "/v1/eligibility",
        "/v1/subsidies/calculations",
        "/v1/assessments",
        "/v1/approval-targets/match",
        "/v1/approval-targets/m40-enterprise-opening/deadline",
    ]
)
TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
LEAF = st.none() | st.booleans() | st.integers() | st.floats() | TEXT | st.dates().map(str) | st.datetimes().map(str)
VALUE = st.recursive(LEAF, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4))
MEMBERS = st.sampled_from([member.value for fact in VOCABULARY.facts for member in fact.members])
FACTS = st.dictionaries(st.sampled_from(NAMES), LEAF | MEMBERS | st.lists(MEMBERS, max_size=3), max_size=12)
#: Pieces that JSON and its enemies are made of.
PIECES = st.sampled_from(
    [
        b"{", b"}", b"[", b"]", b",", b":", b'"', b"\\", b"\\u", b"\\ud800", b"d83d", b"null", b"true", b"NaN",
        b"-", b"0", b".5", b"9" * 50, b"\xff", b"\xef\xbb\xbf", b"\0", b"\n", b" ", b'"facts"', b'"on"', b'"rules"',
        b'"measures"', b'"skip"', b'"employees"', b'"2022-02-30"', b'"uscc"', b"\xe4\xbc\x81", b"/*",
        b"Infinity", b"1e999",
    ]
)  # fmt: skip


def is_fair(answer):
    assert answer.status < 500
    assert answer.seconds < 5
    if answer.status == 200:
        assert answer.json if answer.headers["content-type"] == "application/json" else answer.body
        return
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json
    assert problem["status"] == answer.status
    assert answer.body.decode("utf-8")
    for entry in problem["errors"]:
        assert entry["pointer"] == "" or entry["pointer"].startswith("/")
        assert entry["message"].isprintable()


@BOUNDED
@given(path=POSTS, body=st.binary(max_size=200))
def test_any_bytes(port, path, body):
    is_fair(post(port, path, body))


@BOUNDED
@given(path=POSTS, pieces=st.lists(PIECES, max_size=30))
def test_bytes_that_look_like_json(port, path, pieces):
    is_fair(post(port, path, b"".join(pieces)))


@BOUNDED
@given(path=POSTS, body=VALUE)
def test_any_json(port, path, body):
    is_fair(post(port, path, json.dumps(body).encode()))


@BOUNDED
@given(
    path=POSTS,
    facts=FACTS,
    others=st.dictionaries(
        st.sampled_from(
            ["on", "rules", "measures", "subjects", "skip", "explain", "policy", "started_at", "pauses", "now"]
        ),
        VALUE,
        max_size=4,
    ),
)
def test_bodies_of_the_right_shape(port, path, facts, others):
    is_fair(post(port, path, json.dumps({"facts": facts, **others}).encode()))


@BOUNDED
@given(
    pause=st.dictionaries(
        st.sampled_from(["from", "to", "reason", "x"]), LEAF | st.sampled_from(["hearing"]), max_size=4
    ),
    started=st.datetimes(timezones=st.timezones()),
    now=st.datetimes(timezones=st.timezones()) | st.none(),
)
def test_clocks(port, pause, started, now):
    body = {"started_at": str(started).replace(" ", "T"), "pauses": [pause], "now": now and now.isoformat()}
    is_fair(post(port, "/v1/approval-targets/m47-power-low-voltage/deadline", json.dumps(body).encode()))


@BOUNDED
@given(facts=st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES[:20], LEAF)))
def test_null_is_absent(port, facts):
    nulls = {**facts, **dict.fromkeys(NAMES[20:30])}
    body = {"on": "2023-06-01", "measures": [38], "explain": "none"}
    one = post(port, "/v1/eligibility", json.dumps({**body, "facts": facts}).encode())
    other = post(port, "/v1/eligibility", json.dumps({**body, "facts": nulls}).encode())
    assert one.status == other.status
    if one.status == 200:
        assert one.body == other.body


@BOUNDED
@given(target=st.binary(max_size=60), query=st.binary(max_size=60))
def test_any_address(port, target, query):
    line = b"GET /" + target.translate(None, b" \r\n\t#") + b"?" + query.translate(None, b" \r\n\t#")
    is_fair(exchange(port, line + b" HTTP/1.1\r\nHost: x\r\n\r\n"))


@BOUNDED
@given(
    name=st.sampled_from(
        ["Content-Type", "Content-Encoding", "Accept-Language", "X-Request-ID", "Accept", "Origin", "Cookie"]
    ),
    value=st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=80),
)
def test_any_header(port, name, value):
    start = head("POST /v1/eligibility", {**JSON, "Content-Length": 12, name: value})
    is_fair(exchange(port, start, b'{"facts":{}}'))
