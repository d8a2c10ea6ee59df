"""A service's database, settings and clock, and a pack on disk that can be changed."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime

import pytest

from app.clock import fixed_clock
from app.services.packs import PACKAGED
from app.settings import Settings
from app.storage.migrating import migrate
from app.storage.session import Database


@pytest.fixture
def clock():
    return fixed_clock(datetime(2026, 11, 24, 1, 30, tzinfo=UTC))


@pytest.fixture
def make_settings(database_url):
    """Settings for the test's database with given differences."""

    def build(**changes):
        return Settings(_env_file=None, **{"database_url": database_url, **changes})

    return build


@pytest.fixture
def settings(make_settings):
    return make_settings()


@pytest.fixture
def empty_database(database_url):
    """A database of each kind without tables."""
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture
def database(empty_database):
    """A migrated database of each kind."""
    migrate(empty_database)
    return empty_database


class PackFolder:
    """A folder of further packs that holds one, a copy of the packaged one as ``county-2030``."""

    policy_id = "county-2030"

    def __init__(self, path):
        self.path = path
        shutil.copytree(PACKAGED / "zuoquan-2022", path / self.policy_id)
        self.change("manifest.yaml", "id: zuoquan-2022", f"id: {self.policy_id}")

    def change(self, file, old, new):
        target = self.path / self.policy_id / file
        text = target.read_text(encoding="utf-8")
        assert old in text
        target.write_text(text.replace(old, new, 1), encoding="utf-8")

    def raise_version(self, version):
        self.change("manifest.yaml", 'version: "1.0.0"', f'version: "{version}"')

    def reword(self):
        self.change("manifest.yaml", "Implementation plan", "Revised plan")


@pytest.fixture
def packs(tmp_path):
    return PackFolder(tmp_path / "packs")
