"""A service's database, settings and clock."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.clock import fixed_clock
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
