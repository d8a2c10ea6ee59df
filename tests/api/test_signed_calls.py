"""Signed calls against running services: who is let in, who is not, and what all processes know together."""

from __future__ import annotations

import contextlib
import hashlib
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.main import create_app
from app.services.applications import ApplicationKeys, disable_application, rotate_application
from app.services.database import open_database
from app.services.master_key import load_master_key
from app.settings import Settings
from app.storage.migrating import migrate
from app.storage.repositories.applications import Applications
from tests.api.callers import Credentials, enter, send
from tests.api.conftest import serving

ASK = {"facts": {}, "explain": "none"}
ELIGIBILITY = "/v1/eligibility"


class Services:
    """Two services on one database."""

    def __init__(self, database_url, folder, stack):
        self._url, self._folder, self._stack = database_url, folder, stack
        settings = self.settings()
        self.database = open_database(settings)
        migrate(self.database)
        self.key = load_master_key(settings)

    def settings(self, **options):
        files = {"key_file": self._folder / "key", "anchor_file": self._folder / "anchors"}
        return Settings(database_url=self._url, refresh_seconds=0.2, data_dir=self._folder, **files, **options)

    def start(self, **options):
        settings = self.settings(**options)
        return self._stack.enter_context(serving(create_app(settings), settings))

    def enter(self, *roles, **options):
        return enter(self.database, self.key, *roles, **options)


@pytest.fixture
def services(database_url, tmp_path):
    with contextlib.ExitStack() as stack:
        services = Services(database_url, tmp_path, stack)
        yield services
    services.database.close()


def until(attempt, seconds=10):
    """Try until it holds."""
    end = time.monotonic() + seconds
    while not attempt():
        assert time.monotonic() < end
        time.sleep(0.05)


class TestOneService:
    def test_who_is_let_in_and_who_is_not(self, services):
        decider = services.enter("decide", api_key=True)
        reader = services.enter("audit")
        port = services.start(quota_per_second=1000, quota_burst=1000)
        assert decider.call(port, "POST", ELIGIBILITY, ASK).status == 200
        assert decider.call(port, "POST", ELIGIBILITY, ASK, algorithm="sha256").status == 200
        assert decider.call(port, "GET", "/v1/measures?clause=38").status == 200
        assert decider.call(port, "HEAD", "/v1/measures").status == 200
        assert send(port, "GET", "/v1/facts", {"X-Api-Key": decider.api_key}).status == 200
        assert send(port, "GET", "/healthz", {}).status == 200

        refused = reader.call(port, "POST", ELIGIBILITY, ASK)
        assert (refused.status, refused.json["code"]) == (403, "forbidden")
        assert reader.call(port, "GET", "/v1/facts").status == 200

        unknown = Credentials("app-0000000000000000", decider.secret).call(port, "GET", "/v1/facts")
        wrong_key = send(port, "GET", "/v1/facts", {"X-App-Id": decider.app_id, "X-Api-Key": "0" * 64})
        for answer in (unknown, wrong_key):
            assert (answer.status, answer.json["code"]) == (401, "invalid_credentials")
        assert {k: v for k, v in unknown.json.items() if k != "request_id"} == {
            k: v for k, v in wrong_key.json.items() if k != "request_id"
        }
        other_app = send(port, "GET", "/v1/facts", {"X-App-Id": reader.app_id, "X-Api-Key": decider.api_key})
        assert other_app.json["code"] == "invalid_credentials"
        none = send(port, "GET", "/v1/facts", {"X-App-Id": decider.app_id})
        assert (none.status, none.json["code"]) == (401, "missing_credentials")

    def test_a_signature_holds_for_one_call_at_one_time(self, services):
        app = services.enter("decide")
        port = services.start()

        def code(*args, **options):
            answer = app.call(port, *args, **options)
            return answer.status, answer.json.get("code")

        assert code("GET", "/v1/facts", seconds=-303) == (401, "timestamp_out_of_window")
        assert code("GET", "/v1/facts", seconds=303) == (401, "timestamp_out_of_window")
        assert code("GET", "/v1/facts", seconds=-290) == (200, None)
        assert code("GET", "/v1/facts", nonce="x" * 15) == (401, "bad_signature")
        assert code("GET", "/v1/facts", nonce="x" * 65) == (401, "bad_signature")
        used = app.headers("GET", "/v1/facts")
        assert send(port, "GET", "/v1/facts", used).status == 200
        assert send(port, "GET", "/v1/facts", used).json["code"] == "nonce_replayed"
        assert send(port, "GET", "/v1/measures", app.headers("GET", "/v1/facts")).json["code"] == "bad_signature"
        signed = app.headers("POST", ELIGIBILITY, b'{"facts":{}}')
        other = b'{"facts": {}}'
        changed = {**signed, "Content-Type": "application/json", "Content-Length": len(other)}
        assert send(port, "POST", ELIGIBILITY, changed, other).json["code"] == "bad_signature"
        doubled = [*app.headers("GET", "/v1/facts").items()]
        twice = {**dict(doubled), "x-nonce": "y" * 20}
        assert send(port, "GET", "/v1/facts", twice).json["code"] == "bad_request"

    def test_one_call_more_than_the_quota(self, services):
        app = services.enter("decide")
        port = services.start(quota_per_second=1, quota_burst=5)
        answers = [
            app.call(port, "GET", "/v1/facts", headers={"X-Forwarded-For": f"192.0.2.{number}"}) for number in range(7)
        ]
        refused = [answer for answer in answers if answer.status == 429]
        assert [answer.status for answer in answers[:5]] == [200] * 5
        assert refused
        assert refused[0].json["code"] == "rate_limited"
        assert int(refused[0].headers["retry-after"]) >= 1

    def test_repeated_failures_lock_out_the_address_for_that_application_alone(self, services):
        app, other = services.enter("decide"), services.enter("decide")
        port = services.start(lockout_failures=3)
        wrong = Credentials(app.app_id, "0" * 64)
        codes = [wrong.call(port, "GET", "/v1/facts").json["code"] for _ in range(4)]
        assert codes == ["bad_signature"] * 3 + ["rate_limited"]
        assert int(app.call(port, "GET", "/v1/facts").headers["retry-after"]) >= 1
        assert other.call(port, "GET", "/v1/facts").status == 200


class TestTwoServices:
    def test_what_one_knows_the_other_knows(self, services):
        app = services.enter("decide")
        first, second = (services.start(quota_per_second=1000, quota_burst=1000) for _ in range(2))
        used = app.headers("GET", "/v1/facts")
        assert send(first, "GET", "/v1/facts", used).status == 200
        assert send(second, "GET", "/v1/facts", used).json["code"] == "nonce_replayed"

        shown = rotate_application(services.database, ApplicationKeys(services.key), app.app_id)
        renewed = Credentials(app.app_id, shown.secret)
        for port in (first, second):
            until(lambda port=port: renewed.call(port, "GET", "/v1/facts").status == 200)
            assert app.call(port, "GET", "/v1/facts").status == 200
        rotate_application(services.database, ApplicationKeys(services.key), app.app_id)
        until(lambda: app.call(second, "GET", "/v1/facts").status == 401)

        late = services.enter("decide")
        until(lambda: late.call(first, "GET", "/v1/facts").status == 200)
        assert disable_application(services.database, app.app_id)
        for port in (first, second):
            until(lambda port=port: renewed.call(port, "GET", "/v1/facts").status == 403)
            assert renewed.call(port, "GET", "/v1/facts").json["code"] == "app_disabled"
            wrong = Credentials(app.app_id, "0" * 64)
            assert wrong.call(port, "GET", "/v1/facts").json["code"] == "bad_signature"

    def test_one_nonce_sent_to_both_at_once_is_taken_once(self, services):
        app = services.enter("decide")
        ports = [services.start(), services.start()]
        used = app.headers("GET", "/v1/facts")
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda n: send(ports[n % 2], "GET", "/v1/facts", used).status, range(16)))
        assert sorted(answers) == [200] + [401] * 15

    def test_the_quota_is_shared(self, services):
        app = services.enter("decide")
        ports = [services.start(quota_per_second=1, quota_burst=20) for _ in range(2)]
        started = time.monotonic()
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda n: app.call(ports[n % 2], "GET", "/v1/facts").status, range(60)))
        granted = answers.count(200)
        assert 20 <= granted <= 21 + time.monotonic() - started
        assert set(answers) == {200, 429}


class TestTheft:
    def test_the_database_alone_lets_nobody_sign(self, services):
        app = services.enter("decide", api_key=True)
        with services.database.reading() as session:
            (stored,) = Applications(session).all()
        kept = repr(stored).encode() + stored.secrets[0].sealed + stored.api_key
        for shown in (app.secret, app.api_key):
            assert shown.encode() not in kept
            assert bytes.fromhex(shown) not in kept
            assert hashlib.sha256(shown.encode()).digest() not in kept
        (services._folder / "key").write_bytes(bytes(32))
        port = services.start()
        assert app.call(port, "GET", "/v1/facts").json["code"] == "bad_signature"
