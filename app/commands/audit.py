"""``beizeng audit``: the chain of receipts, a decision again, and receipts that have served their time."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Annotated

import typer

from app.api.replaying import replay
from app.api.requests.query import QUERY
from app.clock import system_clock
from app.commands.opening import database_for_reading, database_for_writing
from app.commands.terminal import BilingualCommand, CommandError, group, language, say, say_error
from app.deadlines import SHANGHAI
from app.rules.errors import Fault, InputError
from app.rules.reading import read_date
from app.rules.text import Text
from app.services.audit import ChainFault, export_receipts, prune_receipts, verify_chain
from app.services.decisions import find_receipt
from app.services.knowledge import Knowledge
from app.services.master_key import load_master_key
from app.services.publishing import load_registry
from app.services.receipt_chain import ReceiptKeys

__all__ = ["commands"]

commands = group("回执的审计", "Audit of the receipts")
_NO_DATABASE = ("还没有数据库。", "There is no database yet.")
_Before = Annotated[str, typer.Option("--before", metavar="DATE", help="早于这一天的 · What is older than this day.")]


@commands.command("verify", cls=BilingualCommand)
def verify(
    anchors: Annotated[
        Path | None, typer.Option(metavar="FILE", help="锚点文件，默认按设置 · The anchors; those of the settings.")
    ] = None,
) -> None:
    """验证回执链，逐条列出被改动、缺失或调换的。 Verify the chain; names every changed, missing or reordered row."""
    with database_for_reading() as (database, settings):
        if database is None:
            raise CommandError(*_NO_DATABASE)
        found = verify_chain(database, load_master_key(settings), anchors or settings.anchor_path, system_clock)
    for fault in found.faults:
        say_error(_words(fault))
    if found.faults:
        raise typer.Exit(1)
    say(
        f"回执链完整：{found.receipts} 份回执，{found.anchors} 个锚点。",
        f"The chain is whole: {found.receipts} receipts, {found.anchors} anchors.",
    )


@commands.command("replay", cls=BilingualCommand)
def replay_decision(
    receipt: Annotated[str, typer.Argument(metavar="ID", help="回执编号 · Id of the receipt.")],
) -> None:
    """按当时所知再判断一次，结果相同返回 0。 Make a decision again; exit code 0 when the bytes are the same."""
    with database_for_reading() as (database, settings):
        found = None if database is None else find_receipt(database, receipt, None)
        if found is None or database is None:
            raise CommandError(f"没有编号为 {receipt} 的回执。", f"There is no receipt {receipt}.")
        keys, present = ReceiptKeys(load_master_key(settings)), load_registry(database, settings).registry
        again = replay(found, keys, Knowledge(database, settings), present, settings)
    for item in again["differs"]:
        say_error(f"{item['part']}: {item['then']} → {item['now']}")
    if not (again["identical"] and again["genuine"]):
        raise typer.Exit(1)
    say("与当时的回答逐字节相同。", "The answer is the same, byte for byte.")


@commands.command("export", cls=BilingualCommand)
def export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="写到哪里，不覆盖 · Nothing is overwritten.")],
    before: _Before,
) -> None:
    """导出旧回执，之后才可清除。 Write old receipts to a file; only then they may be pruned."""
    moment = _moment(before)
    with database_for_writing() as (database, settings):
        try:
            count = export_receipts(database, load_master_key(settings), file, moment, system_clock)
        except OSError as error:
            raise CommandError(f"无法写入 {file}。", f"{file} cannot be written.") from error
    say(f"导出了 {count} 份回执。", f"{count} receipts were exported.")


@commands.command("prune", cls=BilingualCommand)
def prune(before: _Before) -> None:
    """清除已导出且满保存期的回执，链仍可验证。 Remove exported receipts past their retention; the chain stays whole."""
    moment = _moment(before)
    with database_for_writing() as (database, settings):
        if moment > system_clock.now() - timedelta(days=settings.receipt_days):
            raise CommandError(
                f"回执至少保存 {settings.receipt_days} 天（BEIZENG_RECEIPT_DAYS）。",
                f"Receipts are kept for {settings.receipt_days} days at least (BEIZENG_RECEIPT_DAYS).",
            )
        count = prune_receipts(database, moment)
    say(f"清除了 {count} 份回执。", f"{count} receipts were removed.")


def _moment(raw: str) -> datetime:
    day = read_date(raw)
    if isinstance(day, Fault):
        raise InputError([day.below(QUERY, "before")])
    return datetime.combine(day, time(), SHANGHAI)


def _words(fault: ChainFault) -> str:
    return _FAULTS[fault.kind].in_(language()).format(number=fault.number, id=fault.id)


_FAULTS = {
    "changed": Text("第 {number} 号回执（{id}）被改动。", "Receipt {number} ({id}) was changed."),
    "missing": Text("缺第 {number} 号回执。", "Receipt {number} is missing."),
    "reordered": Text(
        "第 {number} 号回执（{id}）不接前一份。", "Receipt {number} ({id}) does not follow the one before it."
    ),
    "export_changed": Text("截至第 {number} 号的导出记录被改动。", "The record of the export to {number} was changed."),
    "anchor_changed": Text("锚点被改动（第 {number} 号）。", "An anchor was changed (receipt {number})."),
    "rebuilt": Text(
        "第 {number} 号回执与库外锚点不符，链被重造。",
        "Receipt {number} is not the one that was anchored outside: the chain was rebuilt.",
    ),
    "cut": Text(
        "锚点记有第 {number} 号回执，库中没有：链尾被截去。",
        "Receipt {number} was anchored outside and is not there: the tail was cut.",
    ),
    "file_damaged": Text("数据库文件损坏：{id}", "The database file is damaged: {id}"),
}
