"""``beizeng calendar``: holiday notices."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from app.clock import system_clock
from app.commands.opening import database_for_reading, database_for_writing
from app.commands.terminal import BilingualCommand, CommandError, group, language, moment, say, show_json, show_table
from app.deadlines import Basis
from app.rules.text import Text
from app.services.calendars import build_calendar
from app.services.notices import as_notices, enter_notice, list_notices
from app.services.packs import read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from app.deadlines import Calendar
    from app.storage.repositories import StoredNotice

__all__ = ["commands"]

commands = group("放假通知和工作日历", "Holiday notices and the working calendar")

_BASES: Final[Mapping[Basis, Text]] = {
    Basis.PUBLISHED: Text("随程序的国务院通知", "published notices, packaged"),
    Basis.ENTERED: Text("已录入通知", "notice entered"),
    Basis.PROVISIONAL: Text("暂定，尚无通知", "provisional, no notice yet"),
}


@commands.command("list", cls=BilingualCommand)
def list_entered(
    as_json: Annotated[bool, typer.Option("--json", help="供程序读取 · For scripts.")] = False,
) -> None:
    """各年日历的依据和已录入的通知。 What each year rests on, and the notices entered."""
    with database_for_reading() as (database, _settings):
        notices = list_notices(database) if database else ()
    calendar = build_calendar(as_notices(notices))
    if as_json:
        years = {str(year): basis for year, basis in calendar.years.items()}
        show_json({"years": years, "notices": [_as_json(notice) for notice in notices]})
        return
    show_table((Text("年份", "Years"), Text("依据", "Basis")), _years(calendar))
    if notices:
        show_table(_HEADINGS, map(_row, notices))


_HEADINGS: Final = (
    Text("年份", "Year"),
    Text("文号", "Document"),
    Text("发布日期", "Published"),
    Text("放假", "Days off"),
    Text("调休上班", "Worked"),
    Text("录入时间", "Entered"),
)


@commands.command("import", cls=BilingualCommand)
def import_notice(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="YAML 或 JSON:year、document、published_on、days_off、working_days · YAML or JSON with these five.",
        ),
    ],
) -> None:
    """录入一份放假通知。 Enter a holiday notice; a running service uses it within seconds."""
    if not file.is_file():
        raise CommandError(f"没有文件 {file}。", f"There is no file {file}.")
    raw = read_yaml(file)
    if not isinstance(raw, dict):
        raise CommandError(
            f"{file} 应含 year、document、published_on、days_off、working_days 五项。",
            f"{file} must hold year, document, published_on, days_off and working_days.",
        )
    with database_for_writing() as (database, _settings):
        notice = enter_notice(database, raw, system_clock)
    off, worked = len(notice.days_off), len(notice.working_days)
    say(
        f"已录入 {notice.year} 年的通知 {notice.document}：放假 {off} 天，调休上班 {worked} 天。",
        f"Entered the notice {notice.document} for {notice.year}: {off} days off, {worked} weekend days worked.",
    )


def _years(calendar: Calendar) -> Iterator[tuple[str, str]]:
    """Neighbouring years on the same ground in one row."""
    for basis, entries in groupby(calendar.years.items(), key=lambda entry: entry[1]):
        years = [year for year, _ in entries]
        span = f"{years[0]}" if len(years) == 1 else f"{years[0]}-{years[-1]}"
        yield span, _BASES[basis].in_(language())


def _row(notice: StoredNotice) -> tuple[str, ...]:
    return (
        str(notice.year),
        notice.document,
        notice.published_on.isoformat(),
        " ".join(day.isoformat() for day in notice.days_off),
        " ".join(day.isoformat() for day in notice.working_days),
        moment(notice.entered_at),
    )


def _as_json(notice: StoredNotice) -> dict[str, object]:
    return {
        "year": notice.year,
        "document": notice.document,
        "published_on": notice.published_on,
        "days_off": notice.days_off,
        "working_days": notice.working_days,
        "entered_at": notice.entered_at,
    }
