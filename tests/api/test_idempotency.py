"""``Idempotency-Key``: one effect and one answer for each key, however often it is sent."""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from sqlalchemy import text

from app.main import create_app
from app.services.database import open_database
from app.services.idempotency import Held, Idempotency, Refusal
from app.services.master_key import load_master_key
from app.settings import Settings
from app.storage.errors import DatabaseTimeoutError
from app.storage.repositories import Screenings
from tests.api.callers import enter
from tests.api.conftest import serving

ROWS = "entity,entity_type\nE1,enterprise\n"
OTHER = "entity,entity_type\nE2,enterprise\n"


@pytest.fixture
def settings(database_url, tmp_path):
    files = {"key_file": tmp_path / "key", "anchor_file": tmp_path / "anchors", "data_dir": tmp_path / "data"}
    return Settings(_env_file=None, auth="open", database_url=database_url, **files)


@pytest.fixture
def http(settings):
    app = create_app(settings)
    with serving(app, settings) as port, httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
        yield client


def submit(http, key, rows=ROWS):
    return http.post("/v1/screenings", files={"file": ("r.csv", rows)}, headers={"Idempotency-Key": key}, timeout=30)


def jobs(http):
    return http.get("/v1/screenings").json()["items"]


class TestKeys:
    def test_the_same_again_is_the_same_answer_and_another_body_is_refused(self, http):
        first = submit(http, "k-1")
        assert first.status_code == 202
        again = submit(http, "k-1")
        assert (again.status_code, again.content) == (202, first.content)
        assert again.headers["location"] == first.headers["location"]
        other = submit(http, "k-1", OTHER)
        assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
        assert submit(http, "k-2").json()["id"] != first.json()["id"]
        assert len(jobs(http)) == 2

    def test_a_key_of_another_form_and_one_that_was_refused_have_no_effect(self, http):
        for key in ("", "two words", "x" * 256, "\u00e9"):
            answer = submit(http, key.encode("latin-1"))
            assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")
        assert jobs(http) == []
        assert submit(http, "k", "").status_code == 422
        assert submit(http, "k").status_code == 202

    def test_twenty_at_once_have_one_effect(self, http):
        with ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(lambda _: submit(http, "twins"), range(20)))
        good = [answer for answer in answers if answer.status_code == 202]
        assert good
        assert {answer.content for answer in good} == {good[0].content}
        rest = [answer.json()["code"] for answer in answers if answer.status_code != 202]
        assert set(rest) <= {"idempotency_in_progress"}
        assert len(jobs(http)) == 1


class TestUnknownOutcome:
    """The job was entered, and then the process died or the connection broke: the next try finds it."""

    def test_an_answer_that_was_lost(self, http, settings, monkeypatch):
        with monkeypatch.context() as patch:
            patch.setattr(Idempotency, "finish", _broken)
            lost = submit(http, "k")
        assert lost.status_code == 503
        assert submit(http, "k").json()["code"] == "idempotency_in_progress"
        database = open_database(settings)
        with database.writing() as session:
            session.execute(text("UPDATE idempotency_keys SET lease_ms = 0"))
        found = submit(http, "k")
        assert found.status_code == 202
        assert [job["id"] for job in jobs(http)] == [found.json()["id"]]
        database.close()

    def test_a_commit_whose_end_is_not_known(self, http, monkeypatch):
        real = Screenings.submit

        def entered_then_broken(self, *args, **kwargs):
            real(self, *args, **kwargs)
            self._session.commit()
            raise DatabaseTimeoutError

        with monkeypatch.context() as patch:
            patch.setattr(Screenings, "submit", entered_then_broken)
            assert submit(http, "k").status_code == 503
        found = submit(http, "k")
        assert found.status_code == 202
        assert [job["id"] for job in jobs(http)] == [found.json()["id"]]

    def test_only_who_holds_the_key_answers_it(self, http, settings):
        database = open_database(settings)
        keys = Idempotency(database, settings)
        held = keys.begin("a", "k", "r")
        assert isinstance(held, Held)
        assert keys.begin("a", "k", "r") is Refusal.IN_PROGRESS
        assert keys.begin("a", "k", "other") is Refusal.REUSED
        assert isinstance(keys.begin("b", "k", "other"), Held)
        keys.release(held)
        later = keys.begin("a", "k", "r")
        assert (later.effect, later.owner != held.owner) == (held.effect, True)
        keys.finish(held, 200, "[]", b"late")
        assert keys.begin("a", "k", "r") is Refusal.IN_PROGRESS
        keys.finish(later, 200, "[]", b"good")
        assert keys.begin("a", "k", "r").body == b"good"
        with database.writing() as session:
            session.execute(text("UPDATE idempotency_keys SET expires_ms = 0"))
        anew = keys.begin("a", "k", "other")
        assert anew.effect != held.effect
        database.close()


def _broken(*_args):
    raise DatabaseTimeoutError


class TestApplications:
    def test_each_has_keys_of_its_own(self, settings):
        settings = settings.model_copy(update={"auth": "required"})
        with serving(create_app(settings), settings) as port:
            database, key = open_database(settings), load_master_key(settings)
            apps = [enter(database, key, "screen"), enter(database, key, "screen")]
            boundary = secrets.token_hex(8)
            part = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="r.csv"\r\n\r\n{ROWS}\r\n'
            body = f"{part}--{boundary}--\r\n".encode()
            sent = {"Content-Type": f"multipart/form-data; boundary={boundary}", "Idempotency-Key": "k"}
            found = [app.call(port, "POST", "/v1/screenings", body, sent) for app in (*apps, apps[0])]
            database.close()
        assert [answer.status for answer in found] == [202] * 3
        assert found[0].body == found[2].body != found[1].body
