"""``beizeng decide``: one decision in the terminal."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import orjson
import typer
from rich.table import Table

from app.api.json_reader import read_object
from app.api.requests.decision import read_decision
from app.clock import system_clock
from app.commands.console import console, failing_in_words, language_of, settings_or_exit, write_bytes
from app.rules.render import Explain
from app.rules.text import Text
from app.services.calendars import build_calendar
from app.services.database import open_database
from app.services.decide import decide as decide_now
from app.services.live import LiveRegistry
from app.services.packs import load_policy
from app.services.registry import Registry

if TYPE_CHECKING:
    from app.rules.text import Language
    from app.settings import Settings

__all__ = ["decide"]

_STATUS: Final = {
    "eligible": Text("适用", "eligible"),
    "ineligible": Text("不适用", "ineligible"),
    "undetermined": Text("待定", "open"),
    "not_in_force": Text("不在有效期", "not in force"),
}
_AMOUNT: Final = {
    "not_published": Text("金额未公布", "not published"),
    "undetermined": Text("金额待定", "open"),
    "not_applicable": Text("", ""),
}
_HEADERS: Final = Text("措施,事项,结论,金额(元),尚缺事实", "measure,rule,status,yuan,missing facts")
_COUNTS: Final = Text(
    "适用 {eligible} · 不适用 {ineligible} · 待定 {undetermined} · 不在有效期 {not_in_force}",
    "eligible {eligible} · ineligible {ineligible} · open {undetermined} · not in force {not_in_force}",
)
_NEXT: Final = Text("下一个问题:{question}({fact})", "Next question: {question} ({fact})")


def decide(
    facts: Annotated[str, typer.Argument(help="事实的 JSON 文件,- 为标准输入 / JSON file of facts, - for stdin")],
    on: Annotated[str | None, typer.Option(help="所问日期 YYYY-MM-DD / the date asked")] = None,
    explain: Annotated[Explain, typer.Option(help="解释的详细程度 / how much of the why")] = Explain.SUMMARY,
    rules: Annotated[list[str] | None, typer.Option(help="只看这些规则 / only these rules")] = None,
    measures: Annotated[list[int] | None, typer.Option(help="只看这些措施 / only these measures")] = None,
    subjects: Annotated[list[str] | None, typer.Option(help="只看这些主体 / only these subjects")] = None,
    lang: Annotated[str | None, typer.Option(help="zh | en")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出与接口相同的 JSON / the API's body")] = False,
) -> None:
    """对一个主体逐条判断 / Decide all measures for one asker."""
    language = language_of(lang)
    settings = settings_or_exit()
    with failing_in_words(language):
        body = _request_body(
            _read(facts),
            {"on": on, "explain": explain.value, "rules": rules, "measures": measures, "subjects": subjects},
        )
        today = system_clock.today()
        asked = read_decision(body, _registry(settings), settings, today, language)
        answer = decide_now(asked.active, asked.request, today, calculation=False)
    if as_json:
        write_bytes(answer)
    else:
        _show(json.loads(answer), language, explain)


def _read(source: str) -> bytes:
    return sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()


def _request_body(content: bytes, options: dict[str, Any]) -> bytes:
    """The request that the options and the file make: the file holds either the facts or a whole request."""
    raw, faults = read_object(content)
    if faults:
        return content
    whole = content if isinstance(raw.get("facts"), dict) else b'{"facts":' + content.strip() + b"}"
    taken = raw if whole is content else {}
    added = {name: value for name, value in options.items() if value is not None and name not in taken}
    return (
        whole.rstrip()[:-1] + b"".join(b",%b:%b" % (orjson.dumps(n), orjson.dumps(v)) for n, v in added.items()) + b"}"
    )


def _registry(settings: Settings) -> Registry:
    """The published policies when there is a database, else the one on disk."""
    if not _has_database(settings):
        return Registry({settings.policy: load_policy(settings.policy)}, settings.policy, build_calendar())
    database = open_database(settings)
    try:
        live = LiveRegistry(database, settings)
        live.refresh()
        if live.registry.ready:
            return live.registry
    finally:
        database.close()
    return Registry({settings.policy: load_policy(settings.policy)}, settings.policy, build_calendar())


def _has_database(settings: Settings) -> bool:
    """Whether there is one already; a question in the terminal does not make one."""
    file = settings.database_url.removeprefix("sqlite:///")
    return file == settings.database_url or Path(file).exists()


def _show(answer: dict[str, Any], language: Language, explain: Explain) -> None:
    table = Table(*_HEADERS.in_(language).split(","), title=f"{answer['policy']['id']} · {answer['on']}")
    for result in answer["results"]:
        amount = result["amount"]
        yuan = amount["value"] or _AMOUNT.get(amount["status"], Text("", "")).in_(language)
        missing = ", ".join(result["missing_facts"] or amount["missing_facts"])
        table.add_row(result["clause"], result["title"], _STATUS[result["status"]].in_(language), yuan, missing)
        if explain is Explain.FULL:
            for reason in result["reasons"]:
                table.add_row("", f"  {reason['text']}", "", "", "")
    console.print(table)
    console.print(_COUNTS.in_(language).format(**answer["counts"]))
    for warning in answer["warnings"]:
        console.print(warning["message"])
    if answer["next_question"]:
        console.print(_NEXT.in_(language).format(**answer["next_question"]))
