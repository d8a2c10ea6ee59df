"""Our own client in TypeScript: its types from the live service, compiled strictly, and run by Node against it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.commands import run_in

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "clients" / "typescript"


@pytest.fixture(scope="module")
def project(closed, node_project):
    """Runs a command in the client's folder after it has been built from the service's own description."""
    (first,) = re.findall(r"```ts\n(.*?)```", (SOURCE / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert len(first.replace("\n\n", "\n").splitlines()) == 5
    for shown, real in {
        "http://127.0.0.1:8000": closed.base,
        "APP_ID": closed.app.app_id,
        "SECRET": closed.app.secret,
    }.items():
        first = first.replace(shown, real)
    (node_project / "test" / "readme.ts").write_text(first, encoding="utf-8")
    environment = {
        "BEIZENG_URL": closed.base,
        "BEIZENG_APP_ID": closed.app.app_id,
        "BEIZENG_SECRET": closed.app.secret,
        "BEIZENG_VECTORS": str(ROOT / "tests" / "vectors" / "signatures.json"),
    }

    def run(*command):
        return run_in(node_project, *command, **environment)

    run("npm", "run", "build")
    return run


@pytest.mark.parts
class TestClient:
    def test_its_own_tests_pass_against_the_live_service(self, project):
        told = project("node", "--test", "dist/test/client.test.js")
        assert re.search(r"^# pass 1[0-9]|^ℹ pass 1[0-9]|^# pass 2", told, re.MULTILINE), told
        assert re.search(r"^(#|ℹ) fail 0$", told, re.MULTILINE), told

    def test_five_lines_to_a_first_answer(self, project):
        assert project("node", "dist/test/readme.js").strip() == "210000.00"


def test_packages_are_pinned_and_no_address_is_named():
    lock = (SOURCE / "package-lock.json").read_text(encoding="utf-8")
    assert "://" not in lock
    assert lock.count('"integrity"') == lock.count('"node_modules/')
    manifest = (SOURCE / "package.json").read_text(encoding="utf-8")
    assert not re.search(r'": "[\^~*]', manifest)
