"""``beizeng serve`` as an operator runs it: a process, a port, signals."""

from __future__ import annotations

import json
import signal
import socket
import time
from functools import partial

import pytest

from tests.service import running

NOTICE = {
    "year": 2027,
    "document": "国办发明电〔2026〕9号",
    "published_on": "2026-11-04",
    "days_off": ["2027-01-01", "2027-01-04"],
}
DEADLINE = "/v1/approval-targets/m47-power-low-voltage/deadline"


@pytest.fixture
def serve(tmp_path):
    """Starts a service in an empty folder; ends it when the block is left."""
    return partial(running, tmp_path)


class TestServe:
    def test_from_nothing_to_answers_then_news_while_serving_then_a_clean_end(self, serve):
        with serve() as server:
            ready = server.wait_until("/readyz", 200)
            assert ready.json()["status"] == "ready"

            started = {"started_at": "2026-12-28T09:00:00+08:00"}
            before = server.client.post(DEADLINE, json=started).json()
            assert (before["due_at"][:10], before["calendar"]) == ("2027-01-05", "provisional")

            (server.folder / "2027.json").write_text(json.dumps(NOTICE), encoding="utf-8")
            server.run("calendar", "import", "2027.json")
            until = time.monotonic() + 10
            after = before
            while after["calendar"] == "provisional" and time.monotonic() < until:
                time.sleep(0.2)
                after = server.client.post(DEADLINE, json=started).json()
            assert (after["due_at"][:10], after["calendar"]) == ("2027-01-06", "official")

            _, log = server.terminate()
            assert server.process.returncode in (0, -signal.SIGTERM)
            assert all(json.loads(line) for line in log.splitlines())

    def test_two_processes_answer_on_one_port(self, serve):
        with serve("--workers", "2") as server:
            server.wait_until("/readyz", 200)
            body = {"facts": {}, "explain": "none"}
            answers = {server.client.post("/v1/eligibility", json=body).status_code for _ in range(10)}
            assert answers == {200}

    def test_a_port_that_is_taken(self, serve, tmp_path):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            with serve("--port", str(port)) as server:
                _, error = server.process.communicate(timeout=60)
            assert server.process.returncode == 1
            assert f"Port {port} of 127.0.0.1 cannot be used" in error
        assert list(tmp_path.iterdir()) == []

    def test_a_disk_that_cannot_be_written_is_a_clear_refusal(self, serve, tmp_path):
        (tmp_path / "var").write_text("a file in the way of the folder")
        with serve() as server:
            _, error = server.process.communicate(timeout=60)
        assert server.process.returncode == 1
        assert "cannot be reached" in error
        assert "Traceback" not in error

    @pytest.mark.postgres
    def test_a_database_that_is_away_at_the_start_is_waited_for(self, serve, proxied):
        proxy, url = proxied
        proxy.reset()
        with serve(BEIZENG_DATABASE_URL=url) as server:
            server.wait_until("/healthz", 200)
            missing = server.wait_until("/readyz", 503)
            assert "database" in missing.text
            proxy.flow()
            server.wait_until("/readyz", 200, seconds=10)
            assert server.client.post("/v1/eligibility", json={"facts": {}, "explain": "none"}).status_code == 200
