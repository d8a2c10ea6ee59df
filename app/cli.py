"""``beizeng`` in the terminal: the commands, and how their failures are told."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from typer import Typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from app.api.pointers import pointer_to
from app.api.problems import ProblemError
from app.commands.terminal import BilingualCommand, CommandError, failure_code, group, language, say_error
from app.rules.errors import PackError, RulesError
from app.rules.messages import fault_message
from app.services.policy_check import message_of
from app.settings import SettingsError
from app.storage.errors import StorageError
from app.storage.messages import storage_message

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from app.rules.messages import Reported

__all__ = ["app", "main"]

#: Where each command or group of commands is.
_COMMANDS: Final = {
    "serve": ("serve", "serve"),
    "decide": ("decide", "decide_facts"),
    "screen": ("screen", "commands"),
    "policy": ("policy", "commands"),
    "calendar": ("calendar", "commands"),
    "apps": ("apps", "commands"),
    "audit": ("audit", "commands"),
    "db": ("database", "commands"),
}


class _ByName(TyperGroup):
    """Loads a command when it is named: the server needs nothing of what screens registries, and starts without it."""

    def get_command(self, _context: Any, name: str) -> Any:
        """The command of that name; None where there is none."""
        if name not in _COMMANDS:
            return None
        module, attribute = _COMMANDS[name]
        found = getattr(import_module(f"app.commands.{module}"), attribute)
        if not isinstance(found, Typer):
            found = _alone(name, found)
        command = get_command(found)
        command.name = name
        return command


def _alone(name: str, function: Any) -> Typer:
    typer = group("", "")
    typer.command(name, cls=BilingualCommand)(function)
    return typer


app = _ByName(
    commands={name: TyperCommand(name) for name in _COMMANDS},
    help="县级惠企政策：判断、计算、计时 · A county's business-support policy, decided, calculated and timed",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def main(args: Sequence[str] | None = None) -> None:
    """Run one command; exit code 0, 1 when it failed (or as the command says), 2 when it was not understood."""
    try:
        app(args, prog_name="beizeng")
    except (CommandError, SettingsError, StorageError, RulesError, ProblemError) as error:
        say_error(*_words(error))
        sys.exit(failure_code())


def _words(error: Exception) -> Iterator[str]:
    chosen = language()
    match error:
        case CommandError():
            yield error.text.in_(chosen)
        case SettingsError():
            yield from (fault.message(chosen) for fault in error.faults)
        case StorageError():
            yield storage_message(error, chosen)
        case PackError():
            yield from (f"{'/'.join(map(str, fault.path))}: {message_of(fault, chosen)}" for fault in error.faults)
        case RulesError():
            yield from map(_at_its_place, error.faults)
        case ProblemError():
            yield error.kind.title.in_(chosen) + ("" if error.faults else f": {_detail(error)}")
            yield from map(_at_its_place, error.faults)


def _at_its_place(fault: Reported) -> str:
    suggestions: tuple[str, ...] = getattr(fault, "suggestions", ())
    return f"{pointer_to(fault.path) or '/'}: {fault_message(fault, language(), suggestions)}"


def _detail(error: ProblemError) -> str:
    return error.kind.detail.in_(language()).format_map(error.params)
