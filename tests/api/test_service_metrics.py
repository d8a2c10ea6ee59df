"""A service with a database and callers: what its metrics, log and traces say, and that none tells about anybody."""

from __future__ import annotations

import json
import re
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from app.main import create_app
from app.services.calendars import build_calendar
from app.services.database import open_database
from app.services.master_key import load_master_key
from app.settings import Settings, SettingsError
from app.storage.migrating import migrate
from tests.api.callers import enter
from tests.api.collector import attributes, collecting
from tests.api.conftest import make_services, serving
from tests.api.wire import get, post

ROOT = Path(__file__).parents[2]
ASKED = {"facts": {"name": "秘密企业", "entity_type": "enterprise"}, "on": "2023-06-01"}
#: It is away; what its metric says is tested where offices are.
OFFICE = {
    "id": "away",
    "name": {"zh": "外出的部门", "en": "Office away"},
    "address": "http://127.0.0.1:9/{uscc}",
    "applications": "all",
    "facts": {"employees": "/staff"},
}


def read(port):
    """(name, labels) → value of every sample."""
    families = text_string_to_metric_families(get(port, "/metrics").body.decode())
    return {(s.name, *s.labels.values()): s.value for family in families for s in family.samples}


class Service:
    def __init__(self, collector, database, key):
        self.collector, self.port = collector, 0
        self.decider, self.screener = enter(database, key, "decide"), enter(database, key, "screen")


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    folder = tmp_path_factory.mktemp("observed")
    url = f"sqlite:///{folder / 'beizeng.db'}"
    (folder / "sources.yaml").write_text(json.dumps({"sources": [OFFICE]}), encoding="utf-8")
    with collecting() as collector:
        settings = Settings(
            _env_file=None,
            database_url=url,
            data_dir=folder / "var",
            otel_endpoint=f"{collector.endpoint}/",
            sources_file=folder / "sources.yaml",
        )
        database = open_database(settings)
        migrate(database)
        service = Service(collector, database, load_master_key(settings))
        database.close()
        with serving(create_app(settings), settings) as service.port:
            yield service


@pytest.fixture
def entries(capfd):
    """The entries of calls since the last look."""

    def read_log():
        time.sleep(0.1)
        return [json.loads(line) for line in capfd.readouterr().err.splitlines() if '"request"' in line]

    read_log()
    return read_log


class TestLog:
    def test_names_application_and_decision(self, service, entries):
        answer = service.decider.call(service.port, "POST", "/v1/eligibility", ASKED)
        (entry,) = entries()
        assert (entry["application"], entry["decision"]) == (service.decider.app_id, answer.headers["x-decision-id"])
        assert entry["request_id"] == answer.headers["x-request-id"]
        assert "秘密" not in json.dumps(entry, ensure_ascii=False)

    def test_names_an_application_that_is_refused_what_it_asks(self, service, entries):
        assert service.screener.call(service.port, "POST", "/v1/eligibility", ASKED).status == 403
        (entry,) = entries()
        assert entry["application"] == service.screener.app_id
        assert "decision" not in entry

    def test_names_none_that_has_not_proved_itself(self, service, entries):
        forged = {"X-Signature": "0" * 64}
        answer = service.decider.call(service.port, "POST", "/v1/eligibility", ASKED, headers=forged)
        assert answer.json["code"] == "bad_signature"
        assert post(service.port, "/v1/eligibility", ASKED).status == 401
        assert all(entry.keys().isdisjoint({"application", "decision"}) for entry in entries())


class TestMetrics:
    def test_count_rules_by_status_and_receipts_by_outcome(self, service):
        before = read(service.port)
        answer = service.decider.call(service.port, "POST", "/v1/eligibility", ASKED)
        service.decider.call(service.port, "POST", "/v1/eligibility", {"facts": {"employes": 1}})
        after = read(service.port)
        grown = {key: value - before.get(key, 0) for key, value in after.items() if value != before.get(key, 0)}
        results = {key[2:]: value for key, value in grown.items() if key[0] == "beizeng_rule_results_total"}
        assert results == {(item["rule_id"], item["status"]): 1 for item in answer.json["results"]}
        assert grown["beizeng_receipts_total", "kept"] == 1
        assert ("beizeng_receipts_total", "failed") not in grown
        assert after["beizeng_receipts_waiting",] == 0
        assert after["beizeng_calls_in_flight",] == 1

    def test_tell_the_policy_and_the_parts(self, service):
        found = read(service.port)
        ready = {key[1]: value for key, value in found.items() if key[0] == "beizeng_ready"}
        assert ready == dict.fromkeys(("database", "rule_set", "calendar", "receipts"), 1)
        (policy,) = [set(key) for key in found if key[0] == "beizeng_policy"]
        (digest,) = policy - {"beizeng_policy", "zuoquan-2022", "1.0.0"}
        assert re.fullmatch("[0-9a-f]{64}", digest)

    def test_the_horizon_is_the_last_day_of_the_last_notice(self, serve):
        assert build_calendar().official_until.isoformat() == "2026-12-31"
        assert read(serve())["beizeng_calendar_horizon_days",] == 37  # the services' clock stands at 2026-11-24

    def test_a_part_that_is_missing_is_0(self, serve):
        found = read(serve({"missing": lambda: ("database",)}))
        assert (found["beizeng_ready", "database"], found["beizeng_ready", "rule_set"]) == (0, 1)
        assert ("beizeng_receipts_waiting",) not in found

    def test_a_receipt_that_cannot_be_kept_is_counted(self, tmp_path):
        file = tmp_path / "beizeng.db"
        settings = Settings(_env_file=None, auth="open", database_url=f"sqlite:///{file}", database_lock_seconds=0.2)
        with (
            serving(create_app(settings), settings) as port,
            closing(sqlite3.connect(file, isolation_level=None)) as holder,
        ):
            holder.execute("BEGIN IMMEDIATE")
            assert post(port, "/v1/eligibility", ASKED).status == 503
            found = read(port)
        assert found["beizeng_receipts_total", "failed"] == 1
        assert found["beizeng_ready", "receipts"] == 0
        assert not any(key[0] == "beizeng_rule_results_total" for key in found)

    def test_are_there_before_the_services_are(self):
        text = create_app(Settings(_env_file=None, auth="open")).metrics.text().decode()
        assert "beizeng_calls_in_flight 0.0" in text
        assert "beizeng_ready" not in text


class TestAlerts:
    RULES = yaml.safe_load((ROOT / "docs" / "alerts.yaml").read_text(encoding="utf-8"))["groups"][0]["rules"]

    def test_every_metric_and_route_that_they_name_is_there(self, service):
        service.decider.call(service.port, "POST", "/v1/eligibility", ASKED)
        shown = read(service.port)
        expressions = " ".join(rule["expr"] for rule in self.RULES)
        named = set(re.findall(r"\b(?:beizeng|process)_[a-z_]+", expressions))
        assert len(named) >= 10
        assert named <= {key[0] for key in shown}
        for value in re.findall(r'(?:route|outcome)="([^"]+)"', expressions):
            assert any(value in key[1:] for key in shown), value

    @pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
    def test_each_says_in_both_languages_what_is_seen_and_done(self, rule):
        assert rule["labels"]["severity"] in ("critical", "warning", "info")
        for words in (rule["annotations"]["summary"], rule["annotations"]["description"]):
            chinese, _, english = words.partition(" · ")
            assert re.search("[\u4e00-\u9fff]", chinese)
            assert english
            assert not re.search("[\u4e00-\u9fff]", english)


class TestTraces:
    def test_a_span_for_each_call_with_its_ids_and_no_fact(self, service):
        parent = {"traceparent": f"00-{'ab' * 16}-{'cd' * 8}-01", "tracestate": "a=secret"}
        answer = service.decider.call(service.port, "POST", "/v1/eligibility", ASKED, headers=parent)
        name, told, span = service.collector.wait_for(answer.headers["x-request-id"])
        assert name == "POST /v1/eligibility"
        assert told == {
            "http.request.method": "POST",
            "http.route": "/v1/eligibility",
            "http.response.status_code": 200,
            "beizeng.request_id": answer.headers["x-request-id"],
            "beizeng.application": service.decider.app_id,
            "beizeng.decision": answer.headers["x-decision-id"],
        }
        assert (span.trace_id.hex(), span.parent_span_id.hex()) == ("ab" * 16, "cd" * 8)
        assert 0 < span.end_time_unix_nano - span.start_time_unix_nano < 60_000_000_000
        sent = b"".join(service.collector.bodies)
        assert "秘密".encode() not in sent
        assert b"secret" not in sent

    def test_neither_path_nor_query_is_told(self, service):
        for target in ("/91140722MA0K0001XR", "/v1/measures?q=91140722MA0K0001XR"):
            _, told, span = service.collector.wait_for(get(service.port, target).headers["x-request-id"])
            assert told.keys() == {
                *("http.request.method", "http.route", "http.response.status_code", "beizeng.request_id")
            }
            assert span.parent_span_id == b""
        assert b"91140722MA0K0001XR" not in b"".join(service.collector.bodies)

    def test_say_which_service_and_process(self, service):
        get(service.port, "/healthz")
        told = attributes(service.collector.resources()[0].resource.attributes)
        assert told["service.name"] == "beizeng"
        assert told["service.instance.id"]

    def test_a_failure_of_ours_is_marked_and_a_collector_that_is_away_disturbs_nobody(self):
        with collecting() as collector:
            endpoint = collector.endpoint
            settings = Settings(_env_file=None, auth="open", otel_endpoint=endpoint)
            with serving(
                create_app(settings, make_services(settings, missing=lambda: ("database",))), settings
            ) as port:
                answer = get(port, "/readyz")
                assert answer.status == 503
                _, _, span = collector.wait_for(answer.headers["x-request-id"])
                assert span.status.code == 2  # error
        settings = Settings(_env_file=None, auth="open", otel_endpoint=endpoint)
        app = create_app(settings, make_services(settings))
        with serving(app, settings) as port:
            assert {get(port, "/healthz").status for _ in range(20)} == {200}

    def test_are_refused_at_start_without_their_libraries(self, command, monkeypatch):
        monkeypatch.setenv("BEIZENG_OTEL_ENDPOINT", "http://127.0.0.1:4318")
        monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
        done = command("serve")
        assert (done.code, done.out) == (1, "")
        assert done.err == (
            "BEIZENG_OTEL_ENDPOINT is set, but beizeng[otel] is not installed. Install it, or leave the setting out.\n"
        )
        with pytest.raises(SettingsError):
            create_app(Settings(_env_file=None, otel_endpoint="http://127.0.0.1:4318"))
