"""One service on one PostgreSQL database behind the fault proxy, shared by the faults of a file."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from app.main import create_app
from app.settings import Settings
from tests.api.conftest import serving
from tests.faults.load import connect, decide, soon
from tests.postgres import behind_proxy, empty_database


@pytest.fixture(scope="module")
def behind(postgres_server, tmp_path_factory):
    """A live service, and what stands between it and its database."""
    folder = tmp_path_factory.mktemp("behind")
    files = {"key_file": folder / "key", "anchor_file": folder / "anchors", "data_dir": folder / "data"}
    with empty_database(postgres_server) as direct, behind_proxy(direct) as (proxy, url):
        told = {"database_url": url, "refresh_seconds": 0.5, "log_level": "warning", **files}
        settings = Settings(_env_file=None, auth="open", **told)
        app = create_app(settings)
        with serving(app, settings) as port:
            yield SimpleNamespace(proxy=proxy, app=app, settings=settings, port=port, direct=direct)
            proxy.flow()


@pytest.fixture
def service(behind):
    """The same, whole: every fault before has been recovered from."""
    behind.proxy.flow()
    with connect(behind.port) as connection:
        soon(lambda: decide(connection).status == 200)
    return behind
