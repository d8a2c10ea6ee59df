"""``beizeng`` in the terminal: the commands, and how their failures are told."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from app.api.pointers import pointer_to
from app.api.problems import ProblemError
from app.commands import apps, audit, calendar, database, policy, screen
from app.commands.decide import decide_facts
from app.commands.serve import serve
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

app = group("县级惠企政策：判断、计算、计时", "A county's business-support policy, decided, calculated and timed")
app.command("serve", cls=BilingualCommand)(serve)
app.command("decide", cls=BilingualCommand)(decide_facts)
app.add_typer(screen.commands, name="screen")
app.add_typer(policy.commands, name="policy")
app.add_typer(calendar.commands, name="calendar")
app.add_typer(apps.commands, name="apps")
app.add_typer(audit.commands, name="audit")
app.add_typer(database.commands, name="db")


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
