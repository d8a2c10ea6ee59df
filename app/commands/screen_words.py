"""What ``beizeng screen`` says: the guessed columns, why a file is refused, and what a screening came to."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

import typer

from app.commands.terminal import CommandError, language, say, say_error, show_table, with_separators
from app.rules.text import Text
from app.screening.mapping import IGNORE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from app.rules.policy import Policy
    from app.rules.text import Language
    from app.rules.vocabulary import Vocabulary
    from app.screening.guessing import Guess, Proposal
    from app.screening.mapping import ColumnMapping
    from app.screening.readers.faults import FileRefused

__all__ = ["accept_guess", "refused", "show_summary"]

_CERTAIN: Final = 100
_PLANNED: Final = 5
_GUESSED: Final = (Text("列", "Column"), Text("读作", "Read as"), Text("单位", "Unit"), Text("把握", "Certainty"))
_RESULTS: Final = (
    Text("条款", "Clause"),
    Text("事项", "Measure"),
    Text("符合", "Eligible"),
    Text("待定", "Undetermined"),
    Text("不符合", "Ineligible"),
    Text("金额（元）", "Amount (yuan)"),
)
_IGNORED: Final = Text("不使用", "not used")
_ENTITY: Final = Text("编号", "code of the row")


def accept_guess(guess: Guess, vocabulary: Vocabulary, *, yes: bool) -> ColumnMapping:
    """The guessed mapping: shown where it is not certain, and asked for on a terminal.

    Columns that nothing explains are left out of the mapping, which then does not fit the file, unless the person
    says that they are not used.
    """
    certain = not guess.unknown and all(found.confidence >= _CERTAIN for found in guess.proposals)
    if certain:
        return guess.mapping()
    show_table(_GUESSED, (_proposed(found, vocabulary) for found in guess.proposals), _title())
    for note in guess.notes:
        say(note.message("zh"), note.message("en"))
    if yes or not sys.stdin.isatty():
        return guess.mapping()
    if guess.unknown:
        names = "、".join(guess.unknown)
        _ask(f"不认识这些列：{names}。不使用它们？", f"Nothing is known of {', '.join(guess.unknown)}. Leave them out?")
    _ask("按上面的对应读取？", "Read the columns so?")
    return guess.mapping(ignore_unknown=True)


def _title() -> str:
    return Text("按列名推断的对应", "What the names of the columns say").in_(language())


def _ask(zh: str, en: str) -> None:
    if not typer.confirm(Text(zh, en).in_(language()), err=True):
        raise CommandError(
            "没有筛查；请用 --mapping 写明各列的对应。",
            "Nothing was screened; name the columns in a --mapping file.",
        )


def _proposed(found: Proposal, vocabulary: Vocabulary) -> tuple[str, ...]:
    fact = vocabulary.get(found.target.fact)
    label = fact.label if fact else _IGNORED if found.target.fact == IGNORE else _ENTITY
    name = f"{label.in_(language())} ({found.target.fact})"
    return found.column, name, found.target.unit or "", f"{found.confidence}%"


def refused(error: FileRefused) -> CommandError:
    """Every fault of the file with the way out, a line for each."""
    return CommandError(*("\n".join(_fault_lines(error, chosen)) for chosen in _LANGUAGES))


_LANGUAGES: Final[tuple[Language, Language]] = ("zh", "en")


def _fault_lines(error: FileRefused, chosen: Language) -> Iterator[str]:
    join = "" if chosen == "zh" else " "
    for fault in error.faults:
        yield join.join(filter(None, (fault.message(chosen), fault.cure(chosen))))


def show_summary(summary: Mapping[str, Any], policy: Policy, folder: Path) -> None:
    """The results in a table, the totals, what to collect first, and how the file was understood."""
    chosen = language()
    title = f"{policy.title.in_(chosen)} {policy.version} · {summary['on']}"
    show_table(_RESULTS, _rows(summary["rules"], policy), title)
    rows, rejected = summary["rows"], summary["rejected"]
    say(
        f"判断 {rows} 行，退回 {rejected} 行；资金合计 {with_separators(summary['total'])} 元。",
        f"{rows} rows decided, {rejected} rejected; money in all: {with_separators(summary['total'])} yuan.",
    )
    _say_plan(summary["missing"], policy.vocabulary)
    for note in summary["notes"]:
        say_error(note["message"][chosen])
    if rejected:
        say(f"退回的单元格和改法见 {folder / 'rejects.csv'}。", f"Rejected cells with cures: {folder / 'rejects.csv'}.")
    say(f"结果在 {folder}。", f"Results: {folder}.")


def _rows(rules: Mapping[str, Any], policy: Policy) -> Iterator[tuple[str, ...]]:
    """The rules that somebody meets or may meet."""
    for rule_id, found in rules.items():
        rule = policy.rule(rule_id)
        if rule is not None and (found["eligible"] or found["undetermined"]):
            counts = (str(found[status]) for status in ("eligible", "undetermined", "ineligible"))
            amount = with_separators(found["amount"]) if found["amount"] is not None else ""
            yield (rule.clause, rule.title.in_(language()), *counts, amount)


def _say_plan(missing: list[dict[str, Any]], vocabulary: Vocabulary) -> None:
    for wanted in [found for found in missing if found["decides_rows"]][:_PLANNED]:
        label, rows = vocabulary[wanted["fact"]].label, wanted["decides_rows"]
        say(f"补齐“{label.zh}”可以确定 {rows} 行的结果。", f"Knowing “{label.en}” would decide {rows} rows.")
