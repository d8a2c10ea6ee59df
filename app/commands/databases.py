"""``beizeng db``: migration and backup."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from app.commands.console import console, failing_in_words, language_of, settings_or_exit
from app.rules.text import Text
from app.services.database import open_database
from app.storage.backup import backup
from app.storage.migrating import migrate

__all__ = ["databases"]

databases = typer.Typer(no_args_is_help=True, help="数据库 / the database")

_MIGRATED: Final = Text("数据库已迁移到本版本。", "The database was migrated to this version.")
_CURRENT: Final = Text("数据库已是本版本。", "The database is at this version already.")
_COPIED: Final = Text("已备份到 {path}。", "Copied to {path}.")


@databases.command("migrate")
def migrate_now() -> None:
    """迁移到本版本 / Migrate to this version."""
    language = language_of()
    with failing_in_words(language):
        moved = migrate(open_database(settings_or_exit()))
    console.print((_MIGRATED if moved else _CURRENT).in_(language))


@databases.command("backup")
def backup_now(file: Annotated[Path, typer.Argument(help="备份文件,不得已存在 / the copy, must not exist")]) -> None:
    """在线备份 / Copy the database while it is in use."""
    language = language_of()
    with failing_in_words(language):
        backup(open_database(settings_or_exit()), file)
    console.print(_COPIED.in_(language).format(path=file))
