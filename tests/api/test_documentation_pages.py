"""The interactive documentation works without any other host."""

from __future__ import annotations

import gzip
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from app.api import documentation
from tests.api.wire import get

ASSETS = ["swagger-ui-bundle.js", "swagger-ui.css", "redoc.standalone.js", "docs.js", "redoc.js"]


class References(HTMLParser):
    """What a page loads."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.found += [value for name, value in attributes if name in ("src", "href", "action", "srcset")]


class TestPages:
    @pytest.mark.parametrize("path", ["/docs", "/redoc"])
    def test_load_from_here_alone(self, port, path):
        answer = get(port, path)
        assert answer.status == 200
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        references = References(answer.body.decode()).found
        assert len(references) >= 3
        for reference in references:
            assert reference == "data:," or get(port, reference).status == 200

    @pytest.mark.parametrize("path", ["/docs", "/redoc"])
    def test_the_policy_lets_nothing_else_in(self, port, path):
        policy = get(port, path).headers["content-security-policy"]
        sources = dict(part.strip().split(" ", 1) for part in policy.split(";"))
        assert sources["default-src"] == "'self'"
        assert "script-src" not in sources
        assert not re.search(r"https?:|\*", policy)

    def test_nothing_asks_a_validator_or_shows_a_vendors_logo(self, port):
        assert b"validatorUrl: null" in get(port, "/docs/assets/docs.js").body
        assert b"logo-mini" not in get(port, "/docs/assets/redoc.standalone.js").body
        assert b'url: "/openapi.json"' in get(port, "/docs/assets/docs.js").body


class TestAssets:
    @pytest.mark.parametrize("name", ASSETS)
    def test_packed_and_plain_are_the_same(self, port, name):
        plain = get(port, f"/docs/assets/{name}")
        packed = get(port, f"/docs/assets/{name}", {"Accept-Encoding": "gzip, br"})
        assert (plain.status, packed.status) == (200, 200)
        assert "content-encoding" not in plain.headers
        assert packed.headers["content-encoding"] == "gzip"
        assert gzip.decompress(packed.body) == plain.body
        kind = "css" if name.endswith("css") else "javascript"
        assert plain.headers["content-type"] == f"text/{kind}; charset=utf-8"

    @pytest.mark.parametrize("name", ["README.md", "swagger-ui.LICENSE.txt", "x", "%2e%2e%2fdocumentation.py", ""])
    def test_nothing_else_is_served(self, port, name):
        assert get(port, f"/docs/assets/{name}").status == 404

    def test_files_are_small_enough_to_keep_and_licences_are_there(self):
        folder = documentation._STATIC
        assert all(path.stat().st_size < 1500 * 1024 for path in folder.iterdir())
        assert {path.name for path in folder.glob("*LICENSE*")} >= {"swagger-ui.LICENSE.txt", "redoc.LICENSE.txt"}


class TestSwitchedOff:
    def test_hides_pages_and_files(self, serve):
        port = serve(docs=False)
        for path in ("/docs", "/redoc", "/openapi.json", "/openapi-3.0.json", "/docs/assets/docs.js"):
            assert get(port, path).status == 404
        assert get(port, "/v1/facts").status == 200


class TestReferencePage:
    def test_names_every_operation(self, application):
        text = (Path(documentation.__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
        for route in application.routes:
            (method,) = route.methods
            assert f"`{method} {route.path}`" in text, route.path
