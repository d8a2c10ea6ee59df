"""Who may do what: every operation of the OpenAPI file × every role, and what belongs to another application."""

from __future__ import annotations

import json

import pytest

from app.api.ruoyi.face import PREFIX
from app.main import create_app
from app.services.database import open_database
from app.services.master_key import load_master_key
from app.settings import Settings
from app.storage.migrating import migrate
from tests.api.callers import closed_settings, enter, send
from tests.api.conftest import serving

ROLES = ("decide", "screen", "author", "publish", "audit", "admin")
EVERYONE = frozenset(ROLES)
DECIDE, SCREEN = frozenset({"decide"}), frozenset({"screen"})
RECEIPTS = frozenset({"decide", "audit"})
#: The roles that get in. An operation that is not here fails the test until somebody has decided.
TABLE = {
    ("POST", "/v1/eligibility"): DECIDE,
    ("POST", "/v1/subsidies/calculations"): DECIDE,
    ("POST", "/v1/assessments"): DECIDE,
    ("GET", "/v1/decisions"): RECEIPTS,
    ("GET", "/v1/decisions/{id}"): RECEIPTS,
    ("POST", "/v1/decisions/{id}/replay"): RECEIPTS,
    ("GET", "/v1/approval-targets"): EVERYONE,
    ("GET", "/v1/approval-targets/{id}"): EVERYONE,
    ("POST", "/v1/approval-targets/match"): DECIDE,
    ("POST", "/v1/approval-targets/{id}/deadline"): DECIDE,
    ("GET", "/v1/measures"): EVERYONE,
    ("GET", "/v1/measures/{clause}"): EVERYONE,
    ("GET", "/v1/rules/vocabulary"): EVERYONE,
    ("GET", "/v1/rules/{rule_id}"): EVERYONE,
    ("GET", "/v1/facts"): EVERYONE,
    ("GET", "/v1/indicators"): EVERYONE,
    ("GET", "/v1/sources"): EVERYONE,
    ("POST", "/v1/screenings"): SCREEN,
    ("GET", "/v1/screenings"): SCREEN,
    ("GET", "/v1/screenings/{id}"): SCREEN,
    ("DELETE", "/v1/screenings/{id}"): SCREEN,
    ("POST", "/v1/screenings/{id}/cancel"): SCREEN,
    ("GET", "/v1/screenings/{id}/summary"): SCREEN,
    ("GET", "/v1/screenings/{id}/results"): SCREEN,
    ("GET", "/v1/screenings/{id}/results/{entity}"): SCREEN,
    ("GET", "/v1/screenings/{id}/candidates"): SCREEN,
    ("GET", "/v1/screenings/{id}/report"): SCREEN,
    ("GET", "/v1/screenings/{id}/files/{name}"): SCREEN,
}
PUBLIC = {("GET", "/healthz"), ("GET", "/readyz"), ("GET", "/metrics"), ("GET", "/problems/forbidden")}
ROWS = "entity,entity_type\nE1,enterprise\n"


class Closed:
    """A service that asks for credentials, and two applications of each role."""

    def __init__(self, database, key):
        self.port = 0
        self.both = enter(database, key, "decide", "screen")
        self.apps = {role: enter(database, key, role) for role in ROLES}
        self.others = {role: enter(database, key, role) for role in ("decide", "screen")}

    def call(self, app, method, path, body=None, **options):
        target = path.format_map(dict.fromkeys(("id", "clause", "rule_id", "entity", "name"), "nothing"))
        posted = {"facts": {}} if body is None and method == "POST" else body
        return app.call(self.port, method, target, posted, **options)


@pytest.fixture(scope="module")
def closed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("roles")
    settings = closed_settings(folder)
    database = open_database(settings)
    migrate(database)
    closed = Closed(database, load_master_key(settings))
    with serving(create_app(settings), settings) as closed.port:
        yield closed
    database.close()


@pytest.fixture(scope="module")
def operations(closed):
    document = json.loads(send(closed.port, "GET", "/openapi.json", {}).body)
    return {(method.upper(), path) for path, found in document["paths"].items() for method in found}


class TestTable:
    def test_every_operation_is_in_it(self, operations):
        served = {
            (method, route.path)
            for route in create_app(Settings(_env_file=None)).routes
            if route.path.startswith("/v1/")
            for method in route.methods
        }
        assert served == TABLE.keys()
        assert operations - PUBLIC <= served

    @pytest.mark.parametrize(("method", "path"), TABLE)
    def test_who_gets_in(self, closed, method, path):
        seen = {role: closed.call(app, method, path) for role, app in closed.apps.items()}
        refused = {role for role, answer in seen.items() if answer.status in (401, 403, 429)}
        assert refused == EVERYONE - TABLE[method, path]
        assert all(answer.status < 500 for answer in seen.values())
        if TABLE[method, path] != EVERYONE:  # not the catalogue, which says nothing about anybody
            assert {answer.headers["cache-control"] for answer in seen.values()} == {"no-store"}
        for role in refused:
            assert (seen[role].status, seen[role].json["code"]) == (403, "forbidden"), role

    @pytest.mark.parametrize(("method", "path"), TABLE)
    def test_nobody_without_credentials(self, closed, method, path):
        answer = send(closed.port, method, path.replace("{", "").replace("}", ""), {"Content-Length": "0"})
        assert (answer.status, answer.json["code"]) == (401, "missing_credentials")

    @pytest.mark.parametrize(("method", "path"), TABLE)
    def test_the_same_get_in_by_the_other_face(self, closed, method, path):
        """In the envelope, by a signature over the path as it is called."""
        getting_in = min(TABLE[method, path])
        for role in {getting_in, *sorted(EVERYONE - TABLE[method, path])[:1]}:
            answer = closed.call(closed.apps[role], method, PREFIX + path)
            native = closed.call(closed.apps[role], method, path)
            assert (answer.status, answer.json["code"]) == (200, native.status), role
        answer = send(closed.port, method, PREFIX + path.replace("{", "").replace("}", ""), {"Content-Length": "0"})
        assert (answer.status, answer.json["data"]["code"]) == (200, "missing_credentials")

    def test_a_signature_is_over_the_path_and_the_query_as_called(self, closed):
        app, path = closed.apps["decide"], "/v1/measures?pageSize=2&pageNum=3"
        assert len(closed.call(app, "GET", PREFIX + path).json["rows"]) == 2
        for signed in (path, f"{PREFIX}/v1/measures"):
            answer = send(closed.port, "GET", PREFIX + path, app.headers("GET", signed))
            assert (answer.status, answer.json["code"], answer.json["data"]["code"]) == (200, 401, "bad_signature")

    @pytest.mark.parametrize(("method", "path"), sorted(PUBLIC))
    def test_anyone_where_nothing_is_needed(self, closed, method, path):
        assert send(closed.port, method, path, {}).status == 200

    def test_who_holds_an_answer_still_has_to_say_who_calls(self, closed):
        held = {"If-None-Match": closed.call(closed.apps["audit"], "GET", "/v1/facts").headers["etag"]}
        assert closed.call(closed.apps["decide"], "GET", "/v1/facts", headers=held).status == 304
        assert send(closed.port, "GET", "/v1/facts", held).status == 401

    def test_several_roles_add_up(self, closed):
        assert closed.call(closed.both, "POST", "/v1/eligibility").status == 200
        assert closed.call(closed.both, "GET", "/v1/screenings").status == 200


class TestOthers:
    def test_receipts(self, closed):
        own, other, auditor = closed.apps["decide"], closed.others["decide"], closed.apps["audit"]
        receipt = closed.call(own, "POST", "/v1/eligibility").headers["x-decision-id"]
        for method, path in (("GET", f"/v1/decisions/{receipt}"), ("POST", f"/v1/decisions/{receipt}/replay")):
            body = {} if method == "POST" else None
            assert closed.call(own, method, path, body).status == 200
            assert closed.call(auditor, method, path, body).status == 200
            assert closed.call(other, method, path, body).json["code"] == "not_found"
        assert closed.call(other, "GET", "/v1/decisions").json["items"] == []
        assert closed.call(other, "GET", f"/v1/decisions?application={own.app_id}").json["items"] == []
        assert receipt in closed.call(auditor, "GET", "/v1/decisions").body.decode()

    def test_jobs(self, closed):
        own, other = closed.apps["screen"], closed.others["screen"]
        boundary = "x" * 20
        part = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="r.csv"\r\n\r\n{ROWS}\r\n'
        body = f"{part}--{boundary}--\r\n".encode()
        form = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        answer = own.call(closed.port, "POST", "/v1/screenings", body, form)
        assert answer.status == 202, answer.body
        changed = own.headers("POST", "/v1/screenings", body + b" ") | form | {"Content-Length": len(body)}
        assert send(closed.port, "POST", "/v1/screenings", changed, body).json["code"] == "bad_signature"
        job = answer.headers["location"]
        assert closed.call(own, "GET", job).status == 200
        for path in (job, f"{job}/summary", f"{job}/results", f"{job}/candidates?measure=38", f"{job}/report"):
            assert closed.call(other, "GET", path).json["code"] == "not_found", path
        assert closed.call(other, "POST", f"{job}/cancel", b"").json["code"] == "not_found"
        assert closed.call(other, "DELETE", job).json["code"] == "not_found"
        assert closed.call(other, "GET", "/v1/screenings").json["items"] == []
