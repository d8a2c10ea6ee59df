"""Access is denied unless granted; every route declares what it needs."""

from __future__ import annotations

import pytest

from app.api.call import Call
from app.api.routing import BytesRoute
from app.api.security import Scope, needs, scope_of
from app.main import create_app
from app.settings import Settings
from tests.api.conftest import make_services, serving
from tests.api.wire import get, post

PROTECTED = [
    ("POST", "/v1/eligibility"),
    ("POST", "/v1/subsidies/calculations"),
    ("POST", "/v1/approval-targets/match"),
    ("POST", "/v1/approval-targets/m11-refund-72h/deadline"),
    ("GET", "/v1/approval-targets"),
    ("GET", "/v1/approval-targets/m11-refund-72h"),
    ("GET", "/v1/approval-targets/nothing"),
    ("GET", "/v1/measures"),
    ("GET", "/v1/measures/38"),
    ("GET", "/v1/rules/vocabulary"),
    ("GET", "/v1/rules/m38-hnte-application-grant"),
    ("GET", "/v1/facts"),
    ("GET", "/v1/indicators"),
    ("GET", "/v1/sources"),
]


@pytest.fixture(scope="module")
def closed():
    settings = Settings(auth="required")
    with serving(create_app(settings, make_services(settings)), settings) as port:
        yield port


class TestRequired:
    @pytest.mark.parametrize(("method", "path"), PROTECTED)
    def test_a_caller_without_credentials_is_401(self, closed, method, path):
        answer = post(closed, path, {"facts": {}}) if method == "POST" else get(closed, path)
        assert (answer.status, answer.json["code"]) == (401, "missing_credentials")
        assert answer.headers["www-authenticate"].startswith("Beizeng")

    def test_nothing_is_read_before(self, closed):
        assert post(closed, "/v1/eligibility", b"{", {}).status == 401
        assert get(closed, "/v1/measures?claus=1").status == 401

    @pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/openapi.json", "/docs"])
    def test_what_is_public_stays_so(self, closed, path):
        assert get(closed, path).status == 200


class TestDeclaration:
    def test_every_route_declares_its_scope(self, application):
        routes = [route for route in application.routes if isinstance(route, BytesRoute)]
        assert len(routes) >= 20
        for route in routes:
            needed = scope_of(route.endpoint)
            assert (needed is Scope.PUBLIC) is not route.path.startswith("/v1/"), route.path

    def test_every_operation_of_the_openapi_file_shows_it(self, client):
        document = client.get("/openapi.json").json()
        shown = {
            (method, path): operation["x-required-scope"]
            for path, operations in document["paths"].items()
            for method, operation in operations.items()
        }
        assert shown["post", "/v1/eligibility"] == "decide"
        assert shown["get", "/v1/facts"] == "read"
        assert shown["get", "/healthz"] == "public"

    def test_a_route_without_one_cannot_be_made(self):
        async def handler(call: Call): ...

        with pytest.raises(TypeError, match="declares no scope"):
            BytesRoute("/v1/x", handler, methods=["GET"])

    def test_one_with_it_can(self):
        @needs(Scope.READ)
        async def handler(call: Call): ...

        assert BytesRoute("/v1/x", handler, methods=["GET"]).path == "/v1/x"
