"""``beizeng policy``: packs and their published versions."""

from __future__ import annotations

import difflib
import getpass
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.table import Table

from app.clock import system_clock
from app.commands.console import FAILED, UNUSABLE, console, failing_in_words, language_of, say, settings_or_exit
from app.rules.text import Text
from app.services.database import open_database
from app.services.figures import FigureEntry, enter_figure
from app.services.live import LiveRegistry
from app.services.packs import load_document, packaged_ids
from app.services.policy_check import check_policy
from app.services.published import published_document, published_versions
from app.services.publishing import packs_on_disk, publish, read_pack
from app.storage.migrating import migrate

if TYPE_CHECKING:
    from app.settings import Settings
    from app.storage.session import Database

__all__ = ["policies"]

policies = typer.Typer(no_args_is_help=True, help="政策包及其版本 / packs and their versions")

_SOUND: Final = Text("{id} {version}:合格,{cases} 个案例全部相符。", "{id} {version}: sound, all {cases} cases agree.")
_UNSOUND: Final = Text("{id}:{count} 处需要更正。", "{id}: {count} things to mend.")
_NO_PACK: Final = Text("没有政策包 {id};已有:{known}。", "There is no pack {id}; there are: {known}.")
_PUBLISHED: Final = Text("已发布 {id} {version} {sha256}", "Published {id} {version} {sha256}")
_ALREADY: Final = Text(
    "{id} {version} 早已发布,内容相同。", "{id} {version} is published already with the same content."
)
_SAME: Final = Text("没有差别。", "No difference.")
_ENTERED: Final = Text("已录入 {name} = {value},自 {start} 起。", "Entered {name} = {value} from {start} on.")
_NOT_PUBLISHED: Final = Text("{id} {version} 没有发布过。", "{id} {version} has not been published.")

Folder = Annotated[Path | None, typer.Option(help="政策包所在文件夹 / folder of packs")]


@policies.command("check")
def check(
    ids: Annotated[list[str] | None, typer.Argument(help="政策包,省略为全部 / packs, all when left out")] = None,
    folder: Folder = None,
    official_text: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="官方原文,核对引文 / official text to check quotes")
    ] = None,
) -> None:
    """检查政策包:规则、版本、金额、引文与全部案例 / Check packs with all their cases."""
    language = language_of()
    folders = _folders(folder)
    chosen = ids or sorted(folders)
    unsound = False
    for policy_id in chosen:
        with failing_in_words(language):
            report = check_policy(policy_id, _folder_of(policy_id, folders), official_text)
        for item in report.diagnostics:
            say(f"{item.place.file}{item.place.pointer}: {item.message(language)}")
        unsound = unsound or not report.sound
        words = _SOUND if report.sound else _UNSOUND
        console.print(
            words.in_(language).format(
                id=policy_id, version=report.version, cases=report.cases, count=len(report.diagnostics)
            )
        )
    if unsound:
        raise typer.Exit(FAILED)


@policies.command("list")
def list_versions() -> None:
    """已发布的版本 / Published versions."""
    settings = settings_or_exit()
    with failing_in_words(language_of()):
        found = published_versions(_migrated(settings))
    table = Table("id", "version", "sha256", "published_at", "published_by")
    for item in found:
        table.add_row(item.policy_id, item.version, item.sha256, item.published_at.isoformat(), item.published_by)
    console.print(table)


@policies.command("show")
def show(
    policy_id: Annotated[str, typer.Argument(metavar="ID")],
    version: Annotated[str | None, typer.Option(help="省略为最新 / the latest when left out")] = None,
) -> None:
    """一个已发布版本的全文(规范 JSON) / The document of a published version."""
    print(json.dumps(json.loads(_document(policy_id, version)), ensure_ascii=False, indent=2))


@policies.command("diff")
def diff(
    policy_id: Annotated[str, typer.Argument(metavar="ID")],
    old: Annotated[str, typer.Argument(help="旧版本 / the older version")],
    new: Annotated[
        str | None, typer.Argument(help="新版本,省略为磁盘上的政策包 / newer version, else the pack on disk")
    ] = None,
) -> None:
    """两个版本的差别 / What differs between two versions."""
    before = _document(policy_id, old)
    if new is None:
        with failing_in_words(language_of()):
            document = load_document(policy_id, _folder_of(policy_id, _folders(None)))
        after = json.dumps(document)
    else:
        after = _document(policy_id, new).decode()
    lines = list(
        difflib.unified_diff(
            _pretty(before.decode()), _pretty(after), f"{policy_id} {old}", f"{policy_id} {new or 'pack'}", lineterm=""
        )
    )
    print("\n".join(lines) if lines else _SAME.in_(language_of()))


@policies.command("publish")
def publish_pack(policy_id: Annotated[str, typer.Argument(metavar="ID")], folder: Folder = None) -> None:
    """检查并发布磁盘上的政策包 / Check a pack on disk and publish it."""
    language = language_of()
    settings = settings_or_exit()
    with failing_in_words(language):
        home = _folder_of(policy_id, _folders(folder))
        report = check_policy(policy_id, home)
        if not report.sound:
            for item in report.diagnostics:
                say(f"{item.place.file}{item.place.pointer}: {item.message(language)}")
            raise typer.Exit(FAILED)
        pack = read_pack(policy_id, home)
        fresh = publish(_migrated(settings), pack, getpass.getuser(), system_clock)
    words = _PUBLISHED if fresh else _ALREADY
    console.print(words.in_(language).format(id=pack.policy_id, version=pack.version, sha256=pack.sha256))


@policies.command("set-parameter")
def set_parameter(
    name: Annotated[str, typer.Argument(help="参数,如 m12_award_tier_1 / the parameter")],
    value: Annotated[str, typer.Argument(help="数值:元或小数比率 / the figure: yuan or a fraction")],
    valid_from: Annotated[str, typer.Option("--from", help="生效日期 YYYY-MM-DD / first day")],
    source: Annotated[str, typer.Option(help="依据文件 / the document it comes from")],
    valid_to: Annotated[str | None, typer.Option("--to", help="最后一日 / last day")] = None,
    policy: Annotated[str | None, typer.Option(help="政策,省略为默认 / the policy, else the default")] = None,
) -> None:
    """录入县里公布的数值 / Enter a figure that the county has published."""
    language = language_of()
    settings = settings_or_exit()
    with failing_in_words(language):
        database = _migrated(settings)
        live = LiveRegistry(database, settings)
        live.refresh()
        active = live.registry.get(policy)
        if active is None:
            say(_NO_PACK.in_(language).format(id=policy or settings.policy, known=", ".join(live.registry.ids)))
            raise typer.Exit(UNUSABLE)
        figure = enter_figure(
            database, active.policy, FigureEntry(name, value, valid_from, valid_to, source), system_clock
        )
    console.print(_ENTERED.in_(language).format(name=figure.name, value=figure.value, start=figure.valid_from))


def _folders(folder: Path | None) -> dict[str, Path]:
    """Pack id → the folder of packs that holds it."""
    if folder is not None:
        return dict.fromkeys(packaged_ids(folder), folder)
    return dict(packs_on_disk(settings_or_exit()))


def _folder_of(policy_id: str, folders: dict[str, Path]) -> Path:
    if policy_id not in folders:
        say(_NO_PACK.in_(language_of()).format(id=policy_id, known=", ".join(sorted(folders))))
        raise typer.Exit(UNUSABLE)
    return folders[policy_id]


def _migrated(settings: Settings) -> Database:
    database = open_database(settings)
    migrate(database)
    return database


def _document(policy_id: str, version: str | None) -> bytes:
    with failing_in_words(language_of()):
        found = published_document(_migrated(settings_or_exit()), policy_id, version)
    if found is None:
        say(_NOT_PUBLISHED.in_(language_of()).format(id=policy_id, version=version or ""))
        raise typer.Exit(UNUSABLE)
    return found


def _pretty(document: str) -> list[str]:
    return json.dumps(json.loads(document), ensure_ascii=False, indent=1, sort_keys=True).splitlines()
