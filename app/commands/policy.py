"""``beizeng policy``: packs, their published versions, and the figures that the plan leaves to the county."""

from __future__ import annotations

import getpass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import orjson
import typer

from app.clock import system_clock
from app.commands.opening import answering_registry, database_for_reading, database_for_writing
from app.commands.terminal import BilingualCommand, CommandError, group, language, moment, say, show_json, show_table
from app.rules.errors import excerpt
from app.rules.money import number_text
from app.rules.packs.parse import parse_policy
from app.rules.text import Text
from app.rules.vocabulary import nearest
from app.services.figures import FigureEntry, enter_figure
from app.services.history import document_on_disk, list_versions, published_document
from app.services.policy_check import PackReport, check_policy
from app.services.policy_diff import differences
from app.services.publishing import packs_on_disk, publish, read_pack
from app.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.rules.policy import Parameter, ParameterValue, Policy
    from app.services.policy_diff import Change
    from app.services.registry import Registry

__all__ = ["commands"]

commands = group("政策包及其版本", "Packs and their versions")

_SHORT: Final = 12
_AS_JSON: Final = "供程序读取 · For scripts."
_POLICY_HELP: Final = "政策编号，默认为设置中的 · A policy's id, by default that of the settings."
PolicyId = Annotated[str | None, typer.Argument(metavar="[POLICY]", help=_POLICY_HELP, show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help=_AS_JSON)]


@commands.command("check", cls=BilingualCommand)
def check(
    packs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PACK]...", help="编号或文件夹，默认全部 · Ids or folders; all by default.", show_default=False
        ),
    ] = None,
    text: Annotated[
        Path | None,
        typer.Option(help="正式文本，核对引文 · The official text, to look quotes up in.", show_default=False),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """检查政策包，一次列出全部问题。 Check packs with their cases; all faults at once."""
    places = dict(packs_on_disk(load_settings()))
    chosen = [_place(name, places) for name in packs] if packs else list(places.items())
    reports = [check_policy(policy_id, folder, text) for policy_id, folder in chosen]
    if as_json:
        show_json([_report_as_json(report) for report in reports])
    else:
        for report in reports:
            _show_report(report)
    if not all(report.sound for report in reports):
        raise typer.Exit(1)


@commands.command("list", cls=BilingualCommand)
def list_policies(*, as_json: AsJson = False) -> None:
    """已发布的版本，以及磁盘上的政策包。 Published versions, and the packs on disk."""
    with database_for_reading() as (database, settings):
        versions = list_versions(database)
    answering = {found.policy_id: found.version for found in versions}
    published = {(found.policy_id, found.version) for found in versions}
    packs = [read_pack(policy_id, folder) for policy_id, folder in packs_on_disk(settings)]
    waiting = [pack for pack in packs if (pack.policy_id, pack.version) not in published]
    rows = [
        (
            found.policy_id,
            found.version,
            "answering" if answering[found.policy_id] == found.version else "replaced",
            found.sha256,
            moment(found.published_at),
            found.published_by,
        )
        for found in versions
    ]
    rows += [(pack.policy_id, pack.version, "not_published", pack.sha256, "", "") for pack in waiting]
    if as_json:
        names = ("policy", "version", "state", "sha256", "published_at", "published_by")
        show_json([dict(zip(names, row, strict=True)) for row in rows])
        return
    chosen = language()
    show_table(
        _LIST_HEADINGS,
        ((a, b, _STATES[state].in_(chosen), sha256[:_SHORT], at, by) for a, b, state, sha256, at, by in rows),
    )


@commands.command("show", cls=BilingualCommand)
def show(
    policy: PolicyId = None,
    version: Annotated[str | None, typer.Option(help="默认最后发布的 · By default the one published last.")] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="整份文件 · The whole document.")] = False,
) -> None:
    """一份政策的概况和县里公布的金额。 What a policy holds, and the figures that the county has published."""
    if as_json or version is not None:
        _show_document(policy, version, as_json=as_json)
        return
    with answering_registry() as (registry, settings):
        found = _policy_of(registry, policy or settings.policy)
    _show_policy(found)


@commands.command("diff", cls=BilingualCommand)
def diff(
    policy: PolicyId = None,
    old: Annotated[
        str | None, typer.Option("--from", help="默认最后发布的 · By default the one published last.")
    ] = None,
    new: Annotated[str | None, typer.Option("--to", help="默认磁盘上的政策包 · By default the pack on disk.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """两个版本有何不同。 What differs between two versions."""
    with database_for_reading() as (database, settings):
        policy_id = policy or settings.policy
        before = _published(published_document(database, policy_id, old), policy_id, old)
        if new is None:
            after = document_on_disk(settings, policy_id)
            if after is None:
                raise _no_pack(policy_id, dict(packs_on_disk(settings)))
        else:
            after = _published(published_document(database, policy_id, new), policy_id, new)
    changes = list(differences(before, after))
    if as_json:
        show_json([{"path": "/".join(c.path), "before": c.before, "after": c.after} for c in changes])
        return
    if not changes:
        say("没有不同。", "There is no difference.")
    for change in changes:
        _say_change(change)


@commands.command("publish", cls=BilingualCommand)
def publish_policy(
    pack: Annotated[
        str | None,
        typer.Argument(metavar="[PACK]", help="编号或文件夹 · An id, or a folder.", show_default=False),
    ] = None,
    by: Annotated[str | None, typer.Option(help="发布人 · Who publishes.", show_default="user")] = None,
) -> None:
    """检查后发布；运行中的服务几秒内采用。 Check a pack and publish it; a running service uses it within seconds."""
    settings = load_settings()
    policy_id, folder = _place(pack or settings.policy, dict(packs_on_disk(settings)))
    report = check_policy(policy_id, folder)
    if not report.sound:
        _show_report(report)
        raise CommandError("政策包有错，没有发布。", "The pack has faults; nothing was published.")
    ready = read_pack(policy_id, folder)
    with database_for_writing() as (database, _settings):
        done = publish(database, ready, by or getpass.getuser(), system_clock)
    if done:
        say(
            f"已发布 {ready.policy_id} {ready.version}（sha256 {ready.sha256}）。",
            f"Published {ready.policy_id} {ready.version} (sha256 {ready.sha256}).",
        )
    else:
        say(
            f"{ready.policy_id} {ready.version} 早已发布，内容相同。",
            f"{ready.policy_id} {ready.version} was published already with the same content.",
        )


@commands.command("set-parameter", cls=BilingualCommand)
def set_parameter(
    name: Annotated[str, typer.Argument(metavar="NAME", help="待公布数额的编号 · The figure's id.")],
    value: Annotated[str, typer.Argument(metavar="VALUE", help="数额，如 500000 或 0.015 · The figure.")],
    valid_from: Annotated[str, typer.Option("--from", metavar="DATE", help="从哪天起 · Its first day.")],
    source: Annotated[str, typer.Option(help="依据的文件 · The document that says so.")],
    valid_to: Annotated[str | None, typer.Option("--to", metavar="DATE", help="最后一天 · Its last day.")] = None,
    policy: Annotated[str | None, typer.Option(help=_POLICY_HELP, show_default=False)] = None,
) -> None:
    """录入县里公布的一个金额。 Enter a figure that the county has published; one with the same start is replaced."""
    with answering_registry() as (registry, settings):
        found = _policy_of(registry, policy or settings.policy)
    with database_for_writing() as (database, _settings):
        figure = enter_figure(database, found, FigureEntry(name, value, valid_from, valid_to, source), system_clock)
    label = found.parameters[name].label.in_(language())
    say(f"已录入 {label}：{figure.value}，自 {valid_from} 起。", f"Entered {label}: {figure.value} from {valid_from}.")


def _place(name: str, places: dict[str, Path]) -> tuple[str, Path]:
    """Id and folder of packs for an id, or for the path of a pack."""
    if name in places:
        return name, places[name]
    path = Path(name)
    if (path / "manifest.yaml").is_file():
        return path.resolve().name, path.resolve().parent
    raise _no_pack(name, places)


def _no_pack(name: str, places: dict[str, Path]) -> CommandError:
    near = ", ".join(nearest(name, places)) or ", ".join(places)
    return CommandError(
        f"没有政策包“{excerpt(name)}”；现有：{near}。", f"There is no pack “{excerpt(name)}”; there is: {near}."
    )


def _published(found: tuple[Any, dict[str, Any]] | None, policy_id: str, version: str | None) -> dict[str, Any]:
    if found is None:
        named = f"{policy_id} {version or ''}".strip()
        raise CommandError(f"{named} 尚未发布。", f"{named} is not published.")
    return found[1]


def _policy_of(registry: Registry, policy_id: str) -> Policy:
    active = registry.get(policy_id)
    if active is None:
        near = ", ".join(registry.ids)
        raise CommandError(
            f"政策 {excerpt(policy_id)} 尚未发布；已有：{near}。",
            f"Policy {excerpt(policy_id)} is not published; there is: {near}.",
        )
    return active.policy


def _show_report(report: PackReport) -> None:
    chosen, name = language(), f"{report.policy_id} {report.version or ''}".strip()
    for diagnostic in report.diagnostics:
        place = f"{diagnostic.place.file}{diagnostic.place.pointer}"
        say(f"{place}: {diagnostic.message(chosen)}", f"{place}: {diagnostic.message(chosen)}")
    count = len(report.diagnostics)
    if report.sound:
        say(f"{name}：没有问题，{report.cases} 个用例全部相符。", f"{name}: sound, all {report.cases} cases agree.")
    else:
        say(f"{name}:{count} 处问题。", f"{name}: {count} faults.")


def _report_as_json(report: PackReport) -> dict[str, Any]:
    return {
        "policy": report.policy_id,
        "version": report.version,
        "sha256": report.sha256,
        "cases": report.cases,
        "faults": [
            {
                "code": diagnostic.fault.code,
                "file": diagnostic.place.file,
                "pointer": diagnostic.place.pointer,
                "message": diagnostic.message(language()),
            }
            for diagnostic in report.diagnostics
        ],
    }


def _show_document(policy: str | None, version: str | None, *, as_json: bool) -> None:
    with database_for_reading() as (database, settings):
        policy_id = policy or settings.policy
        found = published_document(database, policy_id, version)
        document = document_on_disk(settings, policy_id) if found is None and version is None else None
    if document is None:
        document = _published(found, policy_id, version)
    if as_json:
        show_json(document)
    else:
        _show_policy(parse_policy(document))


def _show_policy(policy: Policy) -> None:
    chosen = language()
    say(f"{policy.title.zh}（{policy.id} {policy.version}）", f"{policy.title.en} ({policy.id} {policy.version})")
    say(f"发布单位：{policy.issuer.zh}，{policy.issued_on}", f"Issued by {policy.issuer.en}, {policy.issued_on}")
    say(f"内容校验值：{policy.sha256}", f"SHA-256 of the content: {policy.sha256}")
    measures, rules, decidable = len(policy.measures), len(policy.rules), len(policy.decidable)
    say(
        f"{measures} 条，{rules} 条规则，其中 {decidable} 条可判断；{len(policy.targets)} 项办理时限。",
        f"{measures} clauses, {rules} rules, {decidable} of them decide; {len(policy.targets)} time limits.",
    )
    rows = (row for parameter in policy.parameters.values() for row in _figure_rows(parameter))
    show_table(_FIGURE_HEADINGS, rows, Text("留待县里公布的金额", "Figures left to the county").in_(chosen))


def _figure_rows(parameter: Parameter) -> Iterable[tuple[str, ...]]:
    chosen = language()
    label, units = parameter.label.in_(chosen), Text("、", ", ").in_(chosen).join(parameter.unit_to_ask)
    if not parameter.values:
        return [(parameter.id, label, _NOT_YET.in_(chosen), "", units)]
    return [(parameter.id, label, number_text(value.value), _span(value), value.source) for value in parameter.values]


def _span(value: ParameterValue) -> str:
    last = value.valid_to - timedelta(days=1) if value.valid_to else ""
    return f"{value.valid_from} - {last}"


def _say_change(change: Change) -> None:
    place = "/".join(change.path)
    if change.before is None:
        line = f"+ {place}: {_brief(change.after)}"
    elif change.after is None:
        line = f"- {place}: {_brief(change.before)}"
    else:
        line = f"~ {place}: {_brief(change.before)} → {_brief(change.after)}"
    say(line, line)


def _brief(value: Any) -> str:
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


_LONGEST: Final = 300
_NOT_YET: Final = Text("尚未公布，可询问：", "not published; ask:")
_STATES: Final = {
    "answering": Text("使用中", "answering"),
    "replaced": Text("已被替代", "replaced"),
    "not_published": Text("未发布", "not published"),
}
_LIST_HEADINGS: Final = (
    Text("政策", "Policy"),
    Text("版本", "Version"),
    Text("状态", "State"),
    Text("校验值", "SHA-256"),
    Text("发布时间", "Published"),
    Text("发布人", "By"),
)
_FIGURE_HEADINGS: Final = (
    Text("编号", "Id"),
    Text("金额", "Figure"),
    Text("数额", "Value"),
    Text("起止", "From - to"),
    Text("依据 / 询问单位", "Source / units to ask"),
)
