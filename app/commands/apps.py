"""``beizeng apps``: who may call the service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import typer

from app.commands.opening import database_for_reading, database_for_writing
from app.commands.terminal import BilingualCommand, CommandError, group, language, say, show_json, show_table
from app.deadlines import SHANGHAI
from app.rules.text import Text
from app.services.applications import (
    ApplicationKeys,
    Role,
    add_application,
    disable_application,
    list_applications,
    rotate_application,
)
from app.services.master_key import load_master_key

if TYPE_CHECKING:
    from app.services.applications import Shown
    from app.storage.repositories.applications import StoredApplication

__all__ = ["commands"]

commands = group("调用本服务的应用", "Applications that call the service")
_LONGEST_NAME: Final = 100
_AppId = Annotated[str, typer.Argument(metavar="ID", help="应用编号 · The id of the application.")]
_Json = Annotated[bool, typer.Option("--json", help="JSON，供脚本使用 · JSON, for scripts.")]
_HEADINGS: Final = (
    Text("编号", "Id"),
    Text("名称", "Name"),
    Text("角色", "Roles"),
    Text("状态", "State"),
    Text("密钥", "Secrets"),
    Text("登记时间", "Entered"),
)
_DISABLED: Final = Text("已停用", "disabled")
_ACTIVE: Final = Text("可用", "active")


@commands.command("add", cls=BilingualCommand)
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="名称，不可重复 · Its name, used once.")],
    role: Annotated[list[Role], typer.Option("--role", help="角色，可重复 · A role; may be repeated.")],
    api_key: Annotated[
        bool, typer.Option("--api-key", help="另给一个 API key，可不签名 · Also an API key, for unsigned calls.")
    ] = False,
    as_json: _Json = False,
) -> None:
    """登记一个应用；密钥只显示这一次。 Enter an application; its secret is shown this once."""
    if not name.strip() or len(name) > _LONGEST_NAME or not name.isprintable():
        raise CommandError(
            f"名称应为 1 至 {_LONGEST_NAME} 个可见字符。", f"A name has 1 to {_LONGEST_NAME} printable characters."
        )
    with database_for_writing() as (database, settings):
        keys = ApplicationKeys(load_master_key(settings))
        shown = add_application(database, keys, name.strip(), role, api_key=api_key)
    if shown is None:
        raise CommandError(f"已有名为“{name}”的应用。", f"There is an application called “{name}” already.")
    _show(shown, as_json)


@commands.command("list", cls=BilingualCommand)
def list_them(as_json: _Json = False) -> None:
    """列出已登记的应用。 Every application; never a secret."""
    with database_for_reading() as (database, _settings):
        found = () if database is None else list_applications(database)
    if as_json:
        show_json([_as_json(application) for application in found])
    else:
        show_table(_HEADINGS, map(_row, found))


@commands.command("rotate", cls=BilingualCommand)
def rotate(app_id: _AppId, as_json: _Json = False) -> None:
    """换一个密钥；前一个直到下次更换仍可用。 A new secret; the one before stays right until the next rotation."""
    with database_for_writing() as (database, settings):
        shown = rotate_application(database, ApplicationKeys(load_master_key(settings)), app_id)
    if shown is None:
        raise _unknown(app_id)
    _show(shown, as_json)


@commands.command("disable", cls=BilingualCommand)
def disable(app_id: _AppId) -> None:
    """停用一个应用，数秒内处处生效。 Refuse an application everywhere within seconds."""
    with database_for_writing() as (database, _settings):
        if not disable_application(database, app_id):
            raise _unknown(app_id)
    say(f"已停用 {app_id}。", f"{app_id} is disabled.")


def _show(shown: Shown, as_json: bool) -> None:
    values = {"app_id": shown.app_id, "secret": shown.secret, "api_key": shown.api_key}
    if as_json:
        show_json(values)
        return
    for name, value in values.items():
        if value is not None:
            say(f"{name}: {value}", f"{name}: {value}")
    say("密钥只显示这一次，请妥善保存。", "The secret is shown this once; keep it safe.")


def _unknown(app_id: str) -> CommandError:
    return CommandError(f"没有编号为 {app_id} 的应用。", f"There is no application {app_id}.")


def _entered(application: StoredApplication) -> str:
    return application.created_at.astimezone(SHANGHAI).isoformat(timespec="seconds")


def _row(application: StoredApplication) -> tuple[str, ...]:
    state = _DISABLED if application.disabled else _ACTIVE
    kept = [secret.id for secret in application.secrets] + (["API key"] if application.api_key else [])
    return (
        application.id,
        application.name,
        " ".join(application.roles),
        state.in_(language()),
        " ".join(kept),
        _entered(application),
    )


def _as_json(application: StoredApplication) -> dict[str, object]:
    return {
        "app_id": application.id,
        "name": application.name,
        "roles": application.roles,
        "disabled": application.disabled,
        "api_key": application.api_key is not None,
        "secrets": [secret.id for secret in application.secrets],
        "created_at": _entered(application),
    }
