"""``beizeng calendar``: the yearly holiday notices."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.table import Table

from app.clock import system_clock
from app.commands.console import UNUSABLE, console, failing_in_words, language_of, say, settings_or_exit
from app.rules.text import Text
from app.services.calendars import build_calendar
from app.services.database import open_database
from app.services.notices import as_notices, enter_notice, list_notices
from app.services.packs import read_yaml
from app.storage.migrating import migrate

__all__ = ["calendars"]

calendars = typer.Typer(no_args_is_help=True, help="放假通知与工作日历 / holiday notices and the working calendar")

_ENTERED: Final = Text(
    "已录入 {year} 年通知:{off} 个放假日,{worked} 个调休上班日。",
    "Entered the notice of {year}: {off} days off, {worked} made-up working days.",
)
_SPAN: Final = Text(
    "日历自 {first} 至 {last};暂定年份(尚无通知):{provisional}。",
    "The calendar runs from {first} to {last}; provisional years (no notice yet): {provisional}.",
)
_NO_MAPPING: Final = Text(
    "文件应含 year、document、published_on、days_off、working_days。",
    "The file should hold year, document, published_on, days_off and working_days.",
)


@calendars.command("list")
def list_entered() -> None:
    """已录入的通知与日历范围 / Entered notices and the span of the calendar."""
    language = language_of()
    settings = settings_or_exit()
    with failing_in_words(language):
        database = open_database(settings)
        migrate(database)
        stored = list_notices(database)
        calendar = build_calendar(as_notices(stored))
    table = Table("year", "document", "published_on", "days_off", "working_days")
    for notice in stored:
        table.add_row(
            str(notice.year),
            notice.document,
            str(notice.published_on),
            ", ".join(map(str, notice.days_off)),
            ", ".join(map(str, notice.working_days)),
        )
    console.print(table)
    provisional = ", ".join(map(str, sorted(calendar.provisional_years)))
    console.print(_SPAN.in_(language).format(first=calendar.first_day, last=calendar.last_day, provisional=provisional))


@calendars.command("import")
def import_notice(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="YAML 或 JSON / YAML or JSON")],
) -> None:
    """录入一份放假通知 / Enter a holiday notice."""
    language = language_of()
    settings = settings_or_exit()
    with failing_in_words(language):
        raw: Any = read_yaml(file)
        if not isinstance(raw, dict):
            say(_NO_MAPPING.in_(language))
            raise typer.Exit(UNUSABLE)
        database = open_database(settings)
        migrate(database)
        notice = enter_notice(database, raw, system_clock)
    console.print(
        _ENTERED.in_(language).format(year=notice.year, off=len(notice.days_off), worked=len(notice.working_days))
    )
