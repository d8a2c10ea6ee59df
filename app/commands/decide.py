"""``beizeng decide``: one decision in the terminal, by the readers and the rules of the service."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import orjson
import typer

from app.api.json_reader import read_object
from app.api.problems import ProblemError
from app.api.requests.decision import read_decision
from app.clock import system_clock
from app.commands.opening import answering_registry
from app.commands.terminal import CommandError, language, say, show_json, show_table, with_separators
from app.rules.reading import Number
from app.rules.text import Text
from app.services.decide import Explain, decide

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from app.api.requests.decision import Asked
    from app.rules.policy import Policy
    from app.rules.vocabulary import Vocabulary

__all__ = ["decide_facts"]

_STATUSES: Final[Mapping[str, Text]] = {
    "eligible": Text("符合", "eligible"),
    "undetermined": Text("待定", "undetermined"),
    "ineligible": Text("不符合", "ineligible"),
    "not_in_force": Text("不在有效期", "not in force"),
}
_HEADINGS: Final = (
    Text("条款", "Clause"),
    Text("事项", "Measure"),
    Text("结果", "Result"),
    Text("金额（元）", "Amount (yuan)"),
    Text("还需要的信息 / 理由", "Still needed / reasons"),
)
_NOT_PUBLISHED: Final = Text("金额尚未公布", "not published yet")
#: Shown one by one; the others are counted unless the explanation is full.
_SHOWN: Final = ("eligible", "undetermined")
_MOST_REASONS: Final = 4

Names = Annotated[
    list[str] | None, typer.Option(help="可重复，也可用逗号分开 · repeat, or separate by commas", show_default=False)
]


def decide_facts(
    facts: Annotated[
        str,
        typer.Argument(
            metavar="FACTS.json", help="事实，或整个请求；- 为标准输入 · Facts, or a whole request; - is stdin."
        ),
    ],
    on: Annotated[str | None, typer.Option(metavar="DATE", help="按哪一天判断 · The day asked. [今天 today]")] = None,
    explain: Annotated[Explain | None, typer.Option(help="理由写到多细 · How much is explained. [summary]")] = None,
    rules: Names = None,
    measures: Names = None,
    subjects: Names = None,
    as_json: Annotated[bool, typer.Option("--json", help="与接口相同的回答 · The body of the API.")] = False,
) -> None:
    """按事实逐条判断，列成表。 Decide on the facts of one asker and show a table."""
    options: dict[str, Any] = {
        "on": on,
        "explain": explain,
        "rules": _split(rules),
        "measures": [Number(name) if name.isdecimal() else name for name in _split(measures) or ()] or None,
        "subjects": _split(subjects),
    }
    body = _request(_read(facts), {name: value for name, value in options.items() if value is not None})
    today = system_clock.today()
    with answering_registry() as (registry, settings):
        if not registry.ready:
            raise CommandError(
                f"政策 {settings.policy} 尚未发布。",
                f"Policy {settings.policy} is not published; beizeng policy publish.",
            )
        asked = read_decision(body, registry, settings, today, language())
    answer = decide(asked.active, asked.request, today, calculation=False)
    if as_json:
        show_json(answer)
        return
    total = orjson.loads(decide(asked.active, asked.request, today, calculation=True))["total"]
    _show(orjson.loads(answer), total, asked)


def _read(source: str) -> bytes:
    if source == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(source).read_bytes()
    except OSError as error:
        raise CommandError(f"无法读取文件 {source}。", f"The file {source} cannot be read.") from error


def _split(names: list[str] | None) -> list[str] | None:
    return [part.strip() for name in names for part in name.split(",")] if names else None


def _request(content: bytes, options: dict[str, Any]) -> bytes:
    """The request body: the content when it has facts, else the content as facts; options take precedence."""
    root, faults = read_object(content)
    if faults:
        raise ProblemError.invalid(faults)
    whole = root if "facts" in root else {"facts": root}
    return _written({**whole, **options}).encode()


def _written(node: Any) -> str:
    """JSON with every number exactly as it was written."""
    if isinstance(node, Number):
        return str(node)
    if isinstance(node, dict):
        return "{" + ",".join(f"{_written(str(key))}:{_written(value)}" for key, value in node.items()) + "}"
    if isinstance(node, list):
        return "[" + ",".join(map(_written, node)) + "]"
    return orjson.dumps(node).decode()


def _show(answer: dict[str, Any], total: dict[str, Any], asked: Asked) -> None:
    policy, chosen = asked.active.policy, language()
    full = asked.request.explain is Explain.FULL
    title = f"{policy.title.in_(chosen)} {policy.version} · {answer['on']}"
    results = sorted(answer["results"], key=lambda result: list(_STATUSES).index(result["status"]))
    show_table(_HEADINGS, (_row(r, policy) for r in results if full or r["status"] in _SHOWN), title)
    counts = [f"{words.in_(chosen)} {answer['counts'][status]}" for status, words in _STATUSES.items()]
    say("，".join(counts) + "。", ", ".join(counts) + ".")
    _say_total(total)
    for warning in answer["warnings"]:
        say(f"注意：{warning['message']}", f"Note: {warning['message']}")
    question = answer["next_question"]
    if question is not None:
        words = f"{question['question']} ({question['fact']})"
        say(f"下一个问题：{words}", f"Next question: {words}")


def _say_total(total: dict[str, Any]) -> None:
    value, open_ = with_separators(total["value"]), len(total["excludes"])
    more_zh = f"，另有 {open_} 项金额未定" if open_ else ""
    more_en = f", {open_} more amounts are open" if open_ else ""
    say(f"资金合计 {value} 元{more_zh}。", f"Money in all: {value} yuan{more_en}.")


def _row(result: dict[str, Any], policy: Policy) -> tuple[str, ...]:
    return (
        result["clause"],
        result["title"],
        _STATUSES[result["status"]].in_(language()),
        _amount(result["amount"]),
        "\n".join(_remarks(result, policy.vocabulary)),
    )


def _amount(amount: dict[str, Any]) -> str:
    match amount["status"]:
        case "computed":
            return with_separators(amount["value"])
        case "not_published":
            return _NOT_PUBLISHED.in_(language())
        case _:
            return ""


def _remarks(result: dict[str, Any], vocabulary: Vocabulary) -> Iterator[str]:
    missing = [*result["missing_facts"], *result["amount"]["missing_facts"]]
    if missing:
        yield _labels(list(dict.fromkeys(missing)), vocabulary)
        return
    yield from (reason["text"] for reason in result["reasons"][:_MOST_REASONS])
    for near in result["near_miss"][:1]:
        yield "→ " + _labels([change["fact"] for change in near["changes"]], vocabulary)


def _labels(facts: list[str], vocabulary: Vocabulary) -> str:
    joined = Text("、", ", ").in_(language())
    return joined.join(vocabulary[fact].label.in_(language()) for fact in facts)
