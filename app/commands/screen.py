"""``beizeng screen``: a registry through the rules into a folder, and the explanation of one of its rows."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import orjson
import typer
from typer.core import TyperGroup

from app.api.requests.decision import read_decision
from app.clock import system_clock
from app.commands.opening import answering_registry
from app.commands.screen_engines import Engine, by_spark, decided_here
from app.commands.screen_progress import Interruptible, Progress
from app.commands.screen_words import accept_guess, refused, show_summary
from app.commands.terminal import BilingualCommand, CommandError, failures_exit_with, group, language, say_error
from app.rules.reading import Number
from app.screening.files import sha256_of
from app.screening.folder import Asked, ScreeningFolder, ScreeningOptions
from app.screening.folder_errors import FolderError, ScreeningStopped
from app.screening.kernel import SplitError
from app.screening.limits import Limits
from app.screening.mapping import load_mapping
from app.screening.options import FORMATS
from app.screening.physical import is_physical
from app.screening.readers.faults import FileRefused
from app.screening.readers.registry import open_registry
from app.services.decide import Explain
from app.services.screening import Wording, chosen_rules, explain_entity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.api.requests.decision import Asked as AskedDecision
    from app.commands.screen_engines import Decide
    from app.rules.policy import Policy
    from app.screening.folder import Converted
    from app.screening.mapping import ColumnMapping
    from app.screening.readers.registry import Registry

__all__ = ["commands"]

_REJECTS, _UNUSABLE, _INTERRUPTED = 1, 2, 130
_RUN: Final = "run"


class _Group(TyperGroup):
    """``beizeng screen REGISTRY`` is ``beizeng screen run REGISTRY``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Name the command where none is named."""
        if args and args[0] not in (*self.commands, "--help"):
            args = [_RUN, *args]
        return super().parse_args(ctx, args)


commands = group("筛查一份名册", "Screen a registry", cls=_Group)

Names = Annotated[
    list[str] | None, typer.Option(help="可重复，也可用逗号分开 · repeat, or separate by commas", show_default=False)
]


@commands.command(_RUN, cls=BilingualCommand)
def screen(
    registry: Annotated[
        Path,
        typer.Argument(metavar="REGISTRY", help="名册：.xlsx、.csv、.parquet，或已转换名册的文件夹 · The registry."),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FOLDER", help="结果放在哪里 · Where results go.")],
    mapping: Annotated[
        Path | None, typer.Option(metavar="FILE", help="列与事实的对应；不给则按列名推断 · Which column is which fact.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="不再询问，接受推断的对应 · Accept the guessed columns.")] = False,
    allow_float: Annotated[
        bool, typer.Option("--allow-float", help="浮点数列按小数位四舍五入 · Round float columns.")
    ] = False,
    rules: Names = None,
    measures: Names = None,
    subjects: Names = None,
    on: Annotated[str | None, typer.Option(metavar="DATE", help="按哪一天判断 · The day asked. [今天 today]")] = None,
    policy: Annotated[str | None, typer.Option(metavar="ID", help="哪一份政策 · Which policy.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="接着做没有完成的 · Go on with an interrupted one.")] = False,
    force: Annotated[bool, typer.Option("--force", help="覆盖已有的结果 · Overwrite what is there.")] = False,
    truths: Annotated[
        bool, typer.Option("--truths", help="一并保存，以后说明任何一行都不再需要名册 · Explain without the registry.")
    ] = False,
    next_question: Annotated[
        bool, typer.Option("--next-question", help="每行再给出最该先问的一项 · Also the fact to ask first.")
    ] = False,
    formats: Annotated[
        list[str] | None, typer.Option("--format", metavar="csv|xlsx", help="另存一份 · Also in this format.")
    ] = None,
    engine: Annotated[
        Engine, typer.Option(help="在本机，还是由 Spark 分派 · Here, or handed out by Spark.")
    ] = Engine.LOCAL,
    master: Annotated[
        str, typer.Option(metavar="URL", help="Spark 的地址 · Where Spark is.", show_default=True)
    ] = "local[*]",
) -> None:
    """逐行判断一份名册，结果放进一个文件夹。 Decide every row of a registry into a folder."""
    failures_exit_with(_UNUSABLE)
    with _reported():
        asked = _asked({"on": on, "policy": policy, "rules": rules, "measures": measures, "subjects": subjects})
        chosen = asked.active.policy
        flags = {"truths": truths, "next_question": next_question, "allow_float": allow_float}
        options = ScreeningOptions.of(
            chosen, asked.request.on, chosen_rules(asked.active, asked.request), formats=_formats(formats), **flags
        )
        if not registry.exists():
            raise CommandError(f"没有名册文件 {registry}。", f"There is no registry {registry}.")
        decides = by_spark(master) if engine is Engine.SPARK else decided_here
        run = _Screening(chosen, options, registry.absolute(), ScreeningFolder(out), decides)
        with Interruptible() as interruptible:
            summary = run.whole(interruptible, mapping, yes=yes, resume=resume, force=force)
    show_summary(summary, chosen, out)
    if summary["rejected"]:
        raise typer.Exit(_REJECTS)


@commands.command("explain", cls=BilingualCommand)
def explain_row(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="筛查的结果 · A finished screening.")],
    entity: Annotated[str, typer.Option("--entity", metavar="CODE", help="哪一行 · The code of the row.")],
    explain: Annotated[Explain, typer.Option(help="理由写到多细 · How much is explained.")] = Explain.SUMMARY,
    registry: Annotated[
        Path | None, typer.Option(metavar="FILE", help="名册现在的位置 · Where the registry lies now.")
    ] = None,
) -> None:
    """说明结果中的一行，与接口的回答逐字节相同。 Explain one row by the bytes that the API would answer."""
    failures_exit_with(_UNUSABLE)
    with _reported():
        screened = ScreeningFolder(folder)
        begun = screened.asked
        if begun is None:
            raise FolderError("not_a_screening", folder=str(folder))
        asked = _asked({"policy": begun.options.policy.id})
        wording = Wording(system_clock.today(), language(), explain)
        bodies = explain_entity(asked.active, screened, entity, wording, source=registry)
    for body in bodies:
        sys.stdout.buffer.write(body + b"\n")


@contextmanager
def _reported() -> Iterator[None]:
    """What can go wrong with files, told in the person's language."""
    try:
        yield
    except FileRefused as error:
        raise refused(error) from error
    except FolderError as error:
        raise CommandError(error.message("zh"), error.message("en")) from error
    except SplitError as error:
        raise CommandError(
            "名册在筛查期间有改动，请重新筛查（--force）。",
            "The registry changed while it was screened; screen it anew (--force).",
        ) from error
    except OSError as error:
        raise CommandError(f"文件无法读写：{error}。", f"A file cannot be read or written: {error}.") from error
    except (ScreeningStopped, KeyboardInterrupt) as stopped:
        zh, en = "已停下；用同样的命令加 --resume 接着做。", "Stopped; the same command with --resume goes on."
        say_error(zh if language() == "zh" else en)
        raise typer.Exit(_INTERRUPTED) from stopped


def _asked(options: dict[str, Any]) -> AskedDecision:
    """The policy, the day and what narrows it, by the readers of the service."""
    for name in ("rules", "measures", "subjects"):
        if options.get(name):
            options[name] = [part.strip() for text in options[name] for part in text.split(",")]
    numbers = [Number(name) if name.isdecimal() else name for name in options.pop("measures", None) or ()]
    body = {"facts": {}, **{name: value for name, value in options.items() if value is not None}}
    written = orjson.dumps(body).decode()
    if numbers:
        listed = ",".join(str(name) if isinstance(name, Number) else orjson.dumps(name).decode() for name in numbers)
        written = f'{written[:-1]},"measures":[{listed}]}}'
    with answering_registry() as (registry, settings):
        if registry.get(options.get("policy")) is None and not registry.ready:
            raise CommandError(
                f"政策 {settings.policy} 尚未发布。",
                f"Policy {settings.policy} is not published; beizeng policy publish.",
            )
        return read_decision(written.encode(), registry, settings, system_clock.today(), language())


def _formats(names: list[str] | None) -> frozenset[str]:
    found = frozenset(part.strip() for name in names or () for part in name.split(","))
    if not found <= set(FORMATS):
        raise typer.BadParameter("csv, xlsx", param_hint="--format")
    return found


class _Screening:
    """One run: what is asked of which registry, into which folder."""

    def __init__(
        self, policy: Policy, options: ScreeningOptions, source: Path, folder: ScreeningFolder, decide: Decide
    ) -> None:
        self._policy, self._options, self._source, self._folder = policy, options, source, folder
        self._decide = decide

    def whole(
        self, interruptible: Interruptible, mapping: Path | None, *, yes: bool, resume: bool, force: bool
    ) -> dict[str, Any]:
        """From the file to the summary."""
        started = time.monotonic()
        with interruptible.watched():
            converted = self._convert(interruptible, mapping, yes=yes, resume=resume, force=force)
            decides = self._options.screening_policy(self._policy)
            self._decide(self._folder, decides, converted.rows, interruptible)
            if interruptible.asked:
                raise ScreeningStopped
            return self._folder.finish(decides, seconds=time.monotonic() - started)

    def _convert(
        self, interruptible: Interruptible, mapping: Path | None, *, yes: bool, resume: bool, force: bool
    ) -> Converted:
        vocabulary, sha256 = self._policy.vocabulary, sha256_of(self._source)
        asked = Asked(self._options, self._source, self._source.name, sha256)
        if is_physical(self._source, vocabulary):
            if mapping is not None:
                raise CommandError("这份名册已经转换过，不需要 --mapping。", "A converted registry takes no --mapping.")
            self._folder.begin(asked, resume=resume, force=force)
            adopted = self._folder.adopt(self._source, vocabulary)
            if adopted is not None:
                return adopted
        given = load_mapping(mapping) if mapping is not None else None
        with open_registry(
            self._source,
            vocabulary=vocabulary,
            limits=Limits.local(),
            mapping=given,
            allow_float=self._options.allow_float,
        ) as registry:
            chosen = given or accept_guess(registry.guess, vocabulary, yes=yes)
            chosen.check([column.name for column in registry.columns], vocabulary)
            asked = Asked(self._options, self._source, self._source.name, sha256, chosen.to_yaml())
            self._folder.begin(asked, resume=resume, force=force)
            return self._read(registry, chosen, interruptible)

    def _read(self, registry: Registry, mapping: ColumnMapping, interruptible: Interruptible) -> Converted:
        with Progress(registry.rows, "读取", "reading") as progress:

            def reached(rows: int) -> bool:
                progress.reached(rows)
                return not interruptible.asked

            vocabulary = self._policy.vocabulary
            try:
                return self._folder.convert(registry, mapping, vocabulary, language=language(), progress=reached)
            except FileRefused:
                self._folder.clear()  # there is nothing to go on with
                raise
