"""Migrated databases of both kinds, made by the real migrations."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime

import pytest

from app.storage.migrating import migrate
from app.storage.repositories import PublishedVersion
from app.storage.session import Database


@pytest.fixture
def open_database():
    """Databases that are closed after the test."""
    with contextlib.ExitStack() as stack:

        def opened(url, **kwargs):
            database = Database(url, **kwargs)
            stack.callback(database.close)
            return database

        yield opened


@pytest.fixture
def empty_database(database_url, open_database):
    return open_database(database_url)


@pytest.fixture
def database(empty_database):
    migrate(empty_database)
    return empty_database


@pytest.fixture
def sqlite_database(sqlite_url, open_database):
    database = open_database(sqlite_url)
    migrate(database)
    return database


@pytest.fixture
def postgres_database(postgres_url, open_database):
    database = open_database(postgres_url)
    migrate(database)
    return database


@pytest.fixture
def moment():
    return datetime(2026, 11, 24, 1, 30, tzinfo=UTC)


@pytest.fixture
def version(moment):
    """A published version with given differences."""

    def build(**changes):
        fields = {"policy_id": "county", "version": "1.0.0", "sha256": "a" * 64}
        return PublishedVersion(**{**fields, "published_at": moment, "published_by": "office", **changes})

    return build
