"""Metrics by route template, one log entry for each call, and nothing personal in either."""

from __future__ import annotations

import re

from structlog.testing import capture_logs

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
    def test_one_entry_for_each_call_without_facts(self, port):
        with capture_logs() as entries:
            post(port, "/v1/eligibility", {"facts": {"name": "秘密企业", "personal_income_tax_paid": "1"}})
        (entry,) = [entry for entry in entries if entry["event"] == "request"]
        assert entry["route"] == "/v1/eligibility"
        assert (entry["method"], entry["status"], entry["log_level"]) == ("POST", 200, "info")
        assert re.fullmatch("[0-9a-f]{32}", entry["request_id"])
        assert entry["ms"] > 0
        assert "秘密" not in str(entries)

    def test_a_path_that_leads_nowhere_is_cut_and_cleaned(self, port):
        with capture_logs() as entries:
            get(port, "/nothing%00%e2%80%ae" + "a" * 200)
        path = next(entry["path"] for entry in entries if entry["event"] == "request")
        assert len(path) == 60
        assert path.isprintable()

    def test_a_query_is_not_written(self, port):
        with capture_logs() as entries:
            get(port, "/v1/measures?q=secret")
        assert "secret" not in str(entries)

    def test_an_unexpected_failure_is_written_with_its_request_id(self, serve):
        class Broken:
            def get(self, _policy_id=None):
                raise LookupError

        port = serve({"registry": Broken()})
        with capture_logs() as entries:
            answer = get(port, "/v1/facts")
        (entry,) = [entry for entry in entries if entry["event"] == "unexpected"]
        assert entry["request_id"] == answer.json["request_id"]
        assert isinstance(entry["exc_info"], LookupError)
