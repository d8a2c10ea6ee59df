"""The product's own copies: whole, checked, made while others write, and never over another file."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from app.storage.backup import backup
from app.storage.errors import BackupExistsError, BackupFolderError, BackupUnsupportedError, DatabaseDamagedError
from app.storage.migrating import migrate
from app.storage.repositories import Policies


def publish(database, version, document=b"{}"):
    with database.writing() as session:
        return Policies(session).publish(version, document)


class TestBackup:
    def test_the_copy_is_one_file_with_everything_in_it(self, sqlite_database, version, tmp_path, open_database):
        publish(sqlite_database, version(), b"content")
        target = tmp_path / "copies" / "one.db"
        target.parent.mkdir()
        backup(sqlite_database, target)
        assert [path.name for path in target.parent.iterdir()] == ["one.db"]
        copy = open_database(f"sqlite:///{target}")
        migrate(copy)
        with copy.reading() as session:
            assert Policies(session).history() == (version(),)
            assert Policies(session).document("county", "1.0.0") == b"content"

    def test_while_others_write(self, sqlite_database, version, tmp_path):
        stop = threading.Event()
        written = []

        def write():
            while not stop.is_set():
                publish(sqlite_database, version(version=str(len(written))), b"x" * 20_000)
                written.append(1)

        writer = threading.Thread(target=write)
        writer.start()
        try:
            for round_ in range(10):
                before = len(written)
                target = tmp_path / f"{round_}.db"
                backup(sqlite_database, target)
                with closing(sqlite3.connect(target)) as copy:
                    assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
                    (rows,) = copy.execute("SELECT count(*) FROM policy_versions").fetchone()
                assert rows >= before
        finally:
            stop.set()
            writer.join(10)

    def test_never_over_another_file(self, sqlite_database, tmp_path):
        target = tmp_path / "there"
        target.write_text("precious")
        with pytest.raises(BackupExistsError):
            backup(sqlite_database, target)
        assert target.read_text() == "precious"

    def test_a_folder_that_is_not_there(self, sqlite_database, tmp_path):
        with pytest.raises(BackupFolderError):
            backup(sqlite_database, tmp_path / "none" / "x.db")

    def test_a_damaged_database_gives_no_copy(self, sqlite_database, version, tmp_path):
        publish(sqlite_database, version(), b"x" * 200_000)
        with closing(sqlite3.connect(sqlite_database.file)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        sqlite_database.close()
        with sqlite_database.file.open("r+b") as file:
            file.seek(4096 * 3)
            file.write(b"\xff" * 8192)
        with pytest.raises(DatabaseDamagedError):
            backup(sqlite_database, tmp_path / "copy.db")
        assert not list(tmp_path.glob("copy.db*"))

    @pytest.mark.postgres
    def test_postgresql_has_its_own_tool(self, postgres_database):
        with pytest.raises(BackupUnsupportedError, match="backup_unsupported"):
            backup(postgres_database, Path("x.dump"))
