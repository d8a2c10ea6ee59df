"""A small disk of its own: full, freed, read-only. Needs the right to mount one, as in a container's root."""

from __future__ import annotations

import os

import pytest

from app.storage.backup import backup
from app.storage.errors import StorageFullError, StorageReadOnlyError
from app.storage.migrating import migrate
from app.storage.repositories import Policies
from app.storage.session import Database
from tests.disk import small_disk


@pytest.fixture
def disk(tmp_path):
    """An empty file system of 6 MiB, and a way to mount it again with other options."""
    with small_disk(tmp_path) as remount:
        yield tmp_path, remount


@pytest.fixture
def database(disk, open_database):
    database = open_database(f"sqlite:///{disk[0] / 'x.db'}")
    migrate(database)
    return database


def publish(database, version, number):
    with database.writing() as session:
        return Policies(session).publish(version(version=str(number)), os.urandom(100_000))


def fill(database, version):
    for number in range(200):
        try:
            publish(database, version, number)
        except StorageFullError:
            return number
    pytest.fail("the disk was never full")


class TestFullDisk:
    def test_writes_are_refused_reads_go_on_and_writing_resumes(self, disk, database, version):
        _, remount = disk
        kept = fill(database, version)
        with database.reading() as session:
            assert len(Policies(session).history()) == kept
        with pytest.raises(StorageFullError):
            publish(database, version, "again")
        assert remount("size=12m")
        assert publish(database, version, "again")

    def test_a_backup_that_does_not_fit_leaves_nothing(self, disk, database, version):
        folder, _ = disk
        fill(database, version)
        with pytest.raises(StorageFullError):
            backup(database, folder / "copy.db")
        assert not list(folder.glob("copy*"))


class TestReadOnlyDisk:
    def test_a_database_on_it_is_refused(self, disk, database):
        folder, remount = disk
        database.close()
        assert remount("ro")
        with pytest.raises(StorageReadOnlyError):
            Database(f"sqlite:///{folder / 'x.db'}")

    def test_a_folder_on_it_is_refused(self, disk):
        folder, remount = disk
        assert remount("ro")
        with pytest.raises(StorageReadOnlyError):
            Database(f"sqlite:///{folder / 'var' / 'x.db'}")
