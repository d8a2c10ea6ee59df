"""The console script ``beizeng``."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated

import typer

from app.commands.calendars import calendars
from app.commands.databases import databases
from app.commands.deciding import decide
from app.commands.policies import policies
from app.commands.serving import serve

__all__ = ["main"]

_app = typer.Typer(
    name="beizeng",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    help="倍增:县级惠企政策的答案 / a county's business-support policy as answers",
)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(version("beizeng"))
        raise typer.Exit


@_app.callback()
def _options(
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="版本 / the version")
    ] = False,
) -> None:
    """倍增:县级惠企政策的答案 / A county's business-support policy as answers."""


_app.command("serve")(serve)
_app.command("decide")(decide)
_app.add_typer(policies, name="policy")
_app.add_typer(calendars, name="calendar")
_app.add_typer(databases, name="db")


def main() -> None:
    """Run the command line."""
    _app()
