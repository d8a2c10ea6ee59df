"""The service that clients call: it asks who calls, and keeps jobs and receipts."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.main import create_app
from app.services.database import open_database
from app.services.master_key import load_master_key
from app.settings import Settings
from app.storage.migrating import migrate
from tests.api.callers import Credentials, enter
from tests.api.conftest import serving
from tests.clients.faulty_door import FaultyDoor

#: The high-tech enterprise of the contract's first worked example: 60,000 and 150,000 yuan.
FACTS = {
    "entity_type": "enterprise",
    "registration_division": "140722",
    "hnte_application_accepted": True,
    "hnte_application_grant_received": False,
    "hnte_certified_this_year": True,
    "hnte_times_certified": 1,
    "hnte_consecutive_certifications": 1,
}


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
    settings = Settings(
        _env_file=None,
        database_url=f"sqlite:///{folder / 'beizeng.db'}",
        data_dir=folder / "var",
        quota_per_second=10_000,
        quota_burst=10_000,
    )
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


def run_in(folder, *command, **environment):
    """What a command writes, which must end well."""
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        encoding="utf-8",
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def door(closed):
    """A faulty way to that service."""
    with FaultyDoor(closed.base) as door:
        yield door
