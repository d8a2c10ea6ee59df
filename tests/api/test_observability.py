"""Metrics by route template, one log entry for each call, and nothing personal in either."""

from __future__ import annotations

import json
import re
import time

import pytest
import structlog
from structlog.testing import capture_logs

from app.main import create_app
from app.settings import Settings
from tests.api.conftest import make_services, serving
from tests.api.wire import get, post


class TestMetrics:
    def test_are_counted_by_template(self, serve):
        port = serve()
        get(port, "/v1/measures/38")
        get(port, "/v1/measures/39")
        get(port, "/v1/rules/m99-secret")
        get(port, "/secret-path")
        post(port, "/v1/eligibility", {"facts": {}})
        get(port, "/v1/facts", method="HEAD")
        answer = get(port, "/metrics")
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
        text = answer.body.decode()
        for line in (
            'beizeng_http_requests_total{method="GET",route="/v1/measures/{clause}",status="200"} 2.0',
            'beizeng_http_requests_total{method="GET",route="/v1/rules/{rule_id}",status="404"} 1.0',
            'beizeng_http_requests_total{method="GET",route="unmatched",status="404"} 1.0',
            'beizeng_http_requests_total{method="POST",route="/v1/eligibility",status="200"} 1.0',
            'beizeng_http_requests_total{method="HEAD",route="/v1/facts",status="200"} 1.0',
            'beizeng_http_request_seconds_count{method="POST",route="/v1/eligibility"} 1.0',
        ):
            assert line in text
        assert "secret" not in text

    def test_invented_methods_make_no_series(self, serve):
        port = serve()
        get(port, "/v1/facts", method="PROPFIND")
        assert "PROPFIND" not in get(port, "/metrics").body.decode()


class TestLog:
    @pytest.fixture
    def entries(self, capfd):
        """The entries written since the last look."""

        def read():
            time.sleep(0.1)
            written = capfd.readouterr()
            return [json.loads(line) for line in written.err.splitlines() if '"request"' in line], written.err

        read()
        return read

    def test_one_entry_for_each_call_without_facts(self, port, entries):
        post(port, "/v1/eligibility", {"facts": {"name": "秘密企业", "personal_income_tax_paid": "1"}})
        get(port, "/v1/measures/38")
        (first, second), text = entries()
        assert first.keys() == {"event", "level", "logger", "time", "request_id", "method", "route", "status", "ms"}
        assert (first["route"], first["method"], first["status"]) == ("/v1/eligibility", "POST", 200)
        assert second["route"] == "/v1/measures/{clause}"
        assert re.fullmatch("[0-9a-f]{32}", first["request_id"])
        assert first["time"].endswith("+08:00")
        assert first["ms"] > 0
        assert "秘密" not in text

    def test_neither_path_nor_query_is_written(self, port, entries):
        get(port, "/secret/91140722MA0K0001XR")
        get(port, "/v1/measures?q=secret")
        found, text = entries()
        assert [entry["route"] for entry in found] == ["unmatched", "/v1/measures"]
        assert "secret" not in text

    def test_is_silent_above_its_level(self, serve, entries):
        port = serve(log_level="warning")
        get(port, "/healthz")
        assert entries()[0] == []

    def test_on_a_terminal_it_is_an_entry_like_any_other(self, serve):
        structlog.reset_defaults()  # whatever another test set up in this process
        port = serve(log_format="console")
        with capture_logs() as found:
            get(port, "/healthz")
            until = time.monotonic() + 5
            while not found and time.monotonic() < until:  # the entry is made once the answer has left
                time.sleep(0.01)
        assert [(entry["event"], entry["route"]) for entry in found] == [("request", "/healthz")]

    def test_what_is_noted_at_the_end_is_written(self, entries):
        settings = Settings(auth="open")
        with serving(create_app(settings, make_services(settings)), settings) as port:
            get(port, "/healthz")
        assert [entry["route"] for entry in entries()[0]] == ["/healthz"]

    def test_an_unexpected_failure_is_written_with_its_request_id(self, serve):
        class Broken:
            def get(self, _policy_id=None):
                raise LookupError

        port = serve({"registry": Broken()})
        with capture_logs() as found:
            answer = get(port, "/v1/facts")
        (entry,) = [entry for entry in found if entry["event"] == "unexpected"]
        assert entry["request_id"] == answer.json["request_id"]
        assert isinstance(entry["exc_info"], LookupError)
