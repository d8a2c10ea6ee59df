"""Speaking to the person at the terminal: which language, how tables and errors look, what is bilingual."""

from __future__ import annotations

import os
import sys
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final

import orjson
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text as RichText
from typer.core import TyperCommand, TyperGroup, TyperOption

from app.deadlines import SHANGHAI
from app.rules.text import LANGUAGES, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from app.rules.text import Language

__all__ = [
    "BilingualCommand",
    "CommandError",
    "failure_code",
    "failures_exit_with",
    "group",
    "language",
    "say",
    "say_error",
    "show_json",
    "show_table",
    "with_separators",
]

#: Where output goes to a file or another program there is no edge to wrap at.
_UNBOUND_WIDTH: Final = 200
_chosen: ContextVar[Language | None] = ContextVar("_chosen", default=None)
_failure: ContextVar[int] = ContextVar("_failure", default=1)


class CommandError(Exception):
    """What was asked cannot be done; the words are for the person who asked."""

    def __init__(self, zh: str, en: str) -> None:
        """Take the words in both languages."""
        super().__init__(en)
        self.text = Text(zh, en)


class BilingualCommand(TyperCommand):
    """A command that takes ``--lang``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Add the option to those of the command."""
        super().__init__(*args, **kwargs)
        self.params.append(
            TyperOption(
                param_decls=["--lang"],
                metavar="|".join(LANGUAGES),
                expose_value=False,
                is_eager=True,
                callback=_choose,
                help="语言，默认按 LANG · Language, by default that of LANG.",
            )
        )


def _choose(_context: Any, _option: Any, value: str | None) -> None:
    if value is None:
        return
    if value not in LANGUAGES:
        raise typer.BadParameter("zh or en", param_hint="--lang")
    _chosen.set("zh" if value == "zh" else "en")


def failures_exit_with(code: int) -> None:
    """Another exit code than 1 for what goes wrong in this command."""
    _failure.set(code)


def failure_code() -> int:
    """The exit code for what goes wrong."""
    return _failure.get()


def group(zh: str, en: str, cls: type[TyperGroup] = TyperGroup) -> typer.Typer:
    """A group of commands."""
    return typer.Typer(
        cls=cls,
        help=f"{zh} · {en}",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        add_completion=False,
    )


def language() -> Language:
    """The language asked for by ``--lang``, else that of the environment, else Chinese."""
    chosen = _chosen.get()
    if chosen is not None:
        return chosen
    named = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return "en" if named.lower().startswith("en") else "zh"


def say(zh: str, en: str) -> None:
    """One line on standard output."""
    sys.stdout.write(f"{Text(zh, en).in_(language())}\n")


def say_error(*lines: str) -> None:
    """Lines on standard error, already in the person's language."""
    sys.stderr.writelines(f"{line}\n" for line in lines)


def moment(at: datetime) -> str:
    """A point in time as the county's clocks show it."""
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def show_json(value: Any) -> None:
    """For scripts: one JSON document on standard output."""
    body = value if isinstance(value, bytes) else orjson.dumps(value, option=orjson.OPT_INDENT_2)
    sys.stdout.buffer.write(body + b"\n")


def show_table(headings: Sequence[Text], rows: Iterable[Sequence[str]], title: str | None = None) -> None:
    """A table with headings in the person's language."""
    table = Table(title=title, title_justify="left", show_lines=False, header_style="bold")
    for heading in headings:
        table.add_column(heading.in_(language()), overflow="fold")
    for row in rows:
        table.add_row(*(RichText(cell) for cell in row))
    _console().print(table)


def with_separators(amount: str) -> str:
    """The amount with separators between thousands, digit by digit."""
    whole, _, cents = amount.partition(".")
    groups = [whole[max(end - 3, 0) : end] for end in range(len(whole), 0, -3)]
    return ",".join(reversed(groups)) + (f".{cents}" if cents else "")


def _console() -> Console:
    return Console(width=None if sys.stdout.isatty() else _UNBOUND_WIDTH, highlight=False)
