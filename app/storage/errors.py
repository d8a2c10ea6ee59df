"""What storage can fail at, by stable code and named fields; no status codes and no wording here.

StorageError
├── DatabaseUnavailableError    database_unavailable   no connection, or it broke
├── DatabaseTimeoutError        database_timeout       no answer, or no lock, in time
├── StorageFullError            storage_full           no space for what is written
├── StorageReadOnlyError        storage_read_only      the file or server takes no writes
├── DatabaseDamagedError        database_damaged       what is stored is not what was written
├── WeakDurabilityError         durability_weak        the server acknowledges what it has not kept
├── SchemaTooOldError           schema_too_old         the tables have not been migrated yet
├── SchemaTooNewError           schema_too_new         the tables were made by a newer program
├── MigrationBusyError          migration_busy         another process migrates and does not finish
├── VersionConflictError        version_conflict       a published version is offered with other content
├── BackupUnsupportedError      backup_unsupported     the server has its own tool for that
├── BackupExistsError           backup_exists          a backup never overwrites a file
└── BackupFolderError           backup_folder          a backup cannot be written there
"""

from __future__ import annotations

from typing import Any, ClassVar

__all__ = [
    "BackupExistsError",
    "BackupFolderError",
    "BackupUnsupportedError",
    "DatabaseDamagedError",
    "DatabaseTimeoutError",
    "DatabaseUnavailableError",
    "MigrationBusyError",
    "SchemaTooNewError",
    "SchemaTooOldError",
    "StorageError",
    "StorageFullError",
    "StorageReadOnlyError",
    "VersionConflictError",
    "WeakDurabilityError",
]


class StorageError(Exception):
    """Base of every failure of storage; ``params`` are its named fields."""

    code: ClassVar[str]

    def __init__(self, **params: Any) -> None:
        """Take the named fields."""
        self.params = params
        super().__init__(" ".join([self.code, *(f"{name}={value}" for name, value in params.items())]))


class DatabaseUnavailableError(StorageError):
    """There is no connection to the database, or it broke."""

    code = "database_unavailable"


class DatabaseTimeoutError(StorageError):
    """The database did not answer, or another writer did not finish, in time."""

    code = "database_timeout"


class StorageFullError(StorageError):
    """There is no space left for what should be written; nothing of it was."""

    code = "storage_full"


class StorageReadOnlyError(StorageError):
    """The file or the server takes no writes."""

    code = "storage_read_only"


class DatabaseDamagedError(StorageError):
    """What is stored is not what was written; ``detail`` says where."""

    code = "database_damaged"


class WeakDurabilityError(StorageError):
    """The server confirms commits that a crash can lose; ``setting`` and ``value`` say why."""

    code = "durability_weak"


class SchemaTooOldError(StorageError):
    """The tables are missing or older than this program needs."""

    code = "schema_too_old"


class SchemaTooNewError(StorageError):
    """The tables were made by a newer program; ``revision`` is not known here."""

    code = "schema_too_new"


class MigrationBusyError(StorageError):
    """Another process has been migrating for longer than ``seconds``."""

    code = "migration_busy"


class VersionConflictError(StorageError):
    """``policy_id`` ``version`` is published as ``published`` (SHA-256) and was offered again as ``offered``."""

    code = "version_conflict"


class BackupUnsupportedError(StorageError):
    """Backups of a server are made by its own tool."""

    code = "backup_unsupported"


class BackupExistsError(StorageError):
    """The file ``path`` is there already."""

    code = "backup_exists"


class BackupFolderError(StorageError):
    """The folder ``path`` is not there or takes no files."""

    code = "backup_folder"
