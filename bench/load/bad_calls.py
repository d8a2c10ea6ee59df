"""A sample of the table of bad input, as the bytes that are sent: each with the status it has to get."""

from __future__ import annotations

from typing import NamedTuple

from bench.client import get, post
from bench.load.service import PATH


class BadCall(NamedTuple):
    """Where it stands in the table, what is sent, and the status that must come back."""

    place: str
    request: bytes
    status: int


def _fact(name: str, value: str) -> bytes:
    return b'{"facts":{"%b":%b}}' % (name.encode(), value.encode())


def _with(headers: str, body: bytes, *, kind: str = "application/json") -> bytes:
    head = f"POST {PATH} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: {kind}\r\n{headers}content-length: {len(body)}"
    return head.encode() + b"\r\n\r\n" + body


_BODIES: tuple[tuple[str, bytes, int], ...] = (
    ("A1", b'{"facts":{"employees":5},}', 400),
    ("A2", b"", 400),
    ("A3", b"[]", 422),
    ("A4", b'{"facts":{"employees":5,"employees":50}}', 400),
    ("A5", _fact("annual_revenue", "NaN"), 400),
    ("A6, 200", _fact("name", "[" * 200 + "]" * 200), 400),
    ("A6, 100,000", _fact("name", "[" * 100_000 + "]" * 100_000), 400),
    ("A8", _fact("name", '"\\ud800"'), 422),
    ("A9", '{"facts":{"name":"左权"}}'.encode("gbk"), 400),
    ("A12", b'{"facts":{},"explian":"full"}', 422),
    ("B1", _fact("annual_revenue", '"1e1000000"'), 422),
    ("B2", _fact("annual_revenue", "1e1000000"), 422),
    ("B3", _fact("annual_revenue", "9" * 5000), 422),
    ("B4", _fact("annual_revenue", '"100.005"'), 422),
    ("B6", _fact("annual_revenue", '"１２３．４５"'), 422),
    ("B7", _fact("employees", "5.5"), 422),
    ("B8", _fact("guarantee_fee_rate", '"1.8"'), 422),
    ("C1", b'{"facts":{},"on":"2023-02-29"}', 422),
    ("C3", b'{"facts":{},"on":"2022/04/18"}', 422),
    ("C4", b'{"facts":{},"on":"9999-12-31"}', 422),
    ("D2", _fact("registration_division", '"14072"'), 422),
    ("D4", _fact("uscc", "9.1140722e17"), 422),
    ("E1", _fact("name", '"a\\u202eb"'), 422),
    ("E2, letters", _fact("name", '"' + "a" * 10_001 + '"'), 422),
    ("E2, marks", _fact("name", '"a' + "\u0301" * 60_000 + '"'), 422),
    ("F1", _fact("employes", "5"), 422),
    ("F2", _fact("entity_type", '"enterprise "'), 422),
    ("F3", _fact("general_processes", '["boiler","kiln"]'), 422),
    ("F4", _fact("is_ecommerce", '"yes"'), 422),
    ("F5", b'{"facts":{},"rules":["m99-nothing"]}', 422),
)
BAD_CALLS: tuple[BadCall, ...] = (
    *(BadCall(place, post(PATH, body), status) for place, body, status in _BODIES),
    BadCall("A10", _with("", b"facts=1", kind="application/x-www-form-urlencoded"), 415),
    BadCall("A11", _with("content-encoding: gzip\r\n", b"{}"), 415),
    BadCall("H6", get("/v1/measures?clause=" + "9" * 9000), 414),
    BadCall("H7", get("/v1/measures/"), 404),
    BadCall("H8", get("/v1/facts").replace(b"GET", b"PATCH", 1), 405),
    BadCall("H9", get("/v1/measures?claus=38"), 422),
    BadCall("H10", get("/v1/measures/99"), 404),
    BadCall("H11", _with("x-request-id: " + "x" * 12_000 + "\r\n", b'{"facts":{},"on":1650240000}'), 422),
)
