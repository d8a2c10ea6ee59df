"""``beizeng db``: bringing tables up to date, and copies."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.commands.opening import database_for_reading
from app.commands.terminal import BilingualCommand, CommandError, group, say
from app.services.database import open_database
from app.settings import load_settings
from app.storage.backup import backup
from app.storage.migrating import migrate

__all__ = ["commands"]

commands = group("数据库", "The database")


@commands.command("migrate", cls=BilingualCommand)
def migrate_tables() -> None:
    """把表升到本版本。 Bring the tables up to this version; safe to repeat."""
    database = open_database(load_settings())
    try:
        done = migrate(database)
    finally:
        database.close()
    if done:
        say("数据库已升级到本版本。", "The tables are up to date now.")
    else:
        say("数据库已是本版本，无须升级。", "The tables were up to date already.")


@commands.command("backup", cls=BilingualCommand)
def back_up(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="副本写到哪里，不覆盖 · Where the copy goes; nothing is overwritten.")
    ],
) -> None:
    """服务运行中做一份完整副本。 Write a complete, checked copy while the service runs."""
    with database_for_reading() as (database, _settings):
        if database is None:
            raise CommandError("还没有数据库，无可备份。", "There is no database yet, nothing to back up.")
        backup(database, file)
    say(f"已备份到 {file}。", f"Copied to {file}.")
