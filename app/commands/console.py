"""What every command shares: the language of the terminal, plain tables, and failures in words on standard error."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import typer
from rich.console import Console
from rich.markup import escape

from app.api.problems import ProblemError
from app.logging_setup import set_up_logging
from app.rules.errors import Fault, RulesError
from app.rules.messages import MESSAGES, fault_message
from app.rules.text import Text
from app.services.policy_check import message_of
from app.settings import LogLevel, SettingsError, load_settings
from app.storage.errors import StorageError
from app.storage.messages import storage_message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.rules.messages import Reported
    from app.rules.text import Language
    from app.settings import Settings

__all__ = ["FAILED", "UNUSABLE", "console", "failing_in_words", "language_of", "say", "settings_or_exit"]

#: Exit codes beside 0: the command failed; its input or arguments cannot be used.
FAILED: Final = 1
UNUSABLE: Final = 2

console = Console(highlight=False, soft_wrap=True)
_errors = Console(stderr=True, highlight=False, soft_wrap=True)
_READ: Final = Text("无法读取 {path}:{why}", "{path} cannot be read: {why}")


def language_of(chosen: str | None = None) -> Language:
    """The language named, else that of the terminal's locale; Chinese where neither says English."""
    name = chosen or next((os.environ[key] for key in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(key)), "zh")
    return "en" if name.lower().startswith("en") else "zh"


def say(message: str) -> None:
    """One plain line on standard error."""
    _errors.print(escape(message))


def settings_or_exit() -> Settings:
    """The settings of this process; bad ones end the command, every fault named. Only warnings are logged from here."""
    try:
        settings = load_settings()
    except SettingsError as error:
        for fault in error.faults:
            say(fault.message(language_of()))
        raise typer.Exit(UNUSABLE) from error
    set_up_logging(settings.model_copy(update={"log_level": LogLevel.WARNING}))
    return settings


@contextmanager
def failing_in_words(language: Language) -> Iterator[None]:
    """Turn the failures that commands know into words and an exit code."""
    try:
        yield
    except SettingsError as error:
        for fault in error.faults:
            say(fault.message(language))
        raise typer.Exit(UNUSABLE) from error
    except RulesError as error:
        for found in error.faults:
            say(_located(found, language))
        raise typer.Exit(UNUSABLE) from error
    except ProblemError as problem:
        for entry in problem.faults or ():
            say(_located(entry, language))
        if not problem.faults:
            say(problem.kind.title.in_(language))
        raise typer.Exit(UNUSABLE) from problem
    except StorageError as error:
        say(storage_message(error, language))
        raise typer.Exit(FAILED) from error
    except OSError as error:
        say(_READ.in_(language).format(path=error.filename or "", why=error.strerror or error))
        raise typer.Exit(UNUSABLE) from error


def _located(fault: Reported, language: Language) -> str:
    place = "/".join(str(part) for part in fault.path)
    if isinstance(fault, Fault) and fault.code not in MESSAGES:
        message = message_of(fault, language)
    else:
        message = fault_message(fault, language, getattr(fault, "suggestions", ()))
    return f"{place}: {message}" if place else message


def write_bytes(body: bytes) -> None:
    """Bytes and a line end on standard output, exactly."""
    sys.stdout.buffer.write(body + b"\n")
    sys.stdout.buffer.flush()
