"""The service that clients call: it asks who calls, and keeps jobs and receipts."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.main import create_app
from app.services.database import open_database
from app.services.master_key import load_master_key
from app.storage.migrating import migrate
from tests.api.callers import Credentials, closed_settings, enter
from tests.api.conftest import serving
from tests.clients.faulty_door import FaultyDoor
from tests.commands import run_in

#: A virtual machine for Java that is soon done.
QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"


@dataclass(frozen=True)
class Service:
    base: str
    app: Credentials
    document: dict


@pytest.fixture(scope="package")
def closed(tmp_path_factory):
    """A service that asks for credentials, and an application that decides and screens."""
    folder = tmp_path_factory.mktemp("clients")
    settings = closed_settings(folder)
    database = open_database(settings)
    migrate(database)
    app = enter(database, load_master_key(settings), "decide", "screen", api_key=True)
    database.close()
    application = create_app(settings)
    with serving(application, settings) as port:
        yield Service(f"http://127.0.0.1:{port}", app, application.openapi())


@pytest.fixture(scope="package")
def node_project(tmp_path_factory):
    """Our client in TypeScript in a folder of its own, with the packages that its lock pins."""
    assert shutil.which("npm"), "needs Node and npm"
    left = shutil.ignore_patterns("node_modules", "dist", "schema.ts")
    source = Path(__file__).parents[2] / "clients" / "typescript"
    folder = shutil.copytree(source, tmp_path_factory.mktemp("typescript") / "client", ignore=left)
    run_in(folder, "npm", "ci", "--no-audit", "--no-fund", "--prefer-offline")
    return folder


@pytest.fixture
def door(closed):
    """A faulty way to that service."""
    with FaultyDoor(closed.base) as door:
        yield door
