"""From what other offices said to facts: read as strictly as a caller's own, each with its source and date.

What is not there, or cannot be read, stays unknown, and the report of its source says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from app.deadlines import SHANGHAI
from app.rules.errors import Fault, excerpt
from app.rules.messages import fault_message
from app.rules.money import EXACT
from app.rules.reading import Number, json_type, read_date, read_fact
from app.rules.text import Text
from app.rules.vocabulary import FactType
from app.rules.wording import json_value
from app.screening.units import units_of
from app.services.sources import at_pointer

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from app.rules.text import Language
    from app.rules.vocabulary import Fact, Value, Vocabulary
    from app.services.connectors import Reply
    from app.services.sources import Source, SourcedFact

__all__ = ["REASONS", "STATES", "source_list", "sourced_facts"]

_PLAIN: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,30})(?:\.[0-9]{1,20})?")
_DATE_LENGTH: Final = 10

#: State of a source → its words.
STATES: Final[Mapping[str, Text]] = {
    "ok": Text("已取得", "answered"),
    "not_found": Text("该来源没有这个代码的记录", "the source has no record of the code"),
    "bad_value": Text("有的值不可用，按不清楚处理", "some values cannot be used and stay unknown"),
    "down": Text("未能取得，按不清楚处理", "no answer could be had; its facts stay unknown"),
    "not_asked": Text("所需事实均已给出，没有询问", "not asked: all of its facts were given"),
}
#: Why a source is down → its words.
REASONS: Final[Mapping[str, Text]] = {
    "timeout": Text("未在时限内应答", "it did not answer in time"),
    "unreachable": Text("无法连接", "no connection could be made"),
    "failing": Text("它报告自身故障", "it reported a fault of its own"),
    "refused": Text("它拒绝了请求", "it refused the request"),
    "redirected": Text("它指向别处，不跟随", "it pointed elsewhere, which is not followed"),
    "too_large": Text("回答过大", "its answer was too large"),
    "unreadable": Text("回答不是可读的 JSON", "its answer was no JSON that can be read"),
    "left_alone": Text("它接连失败，暂不再问", "it kept failing and is left alone for a while"),
}
_JOIN: Final = Text("：", ": ")


@dataclass(slots=True)
class _Taken:
    """What one source brought."""

    values: dict[str, Value] = field(default_factory=dict)
    faults: dict[str | None, Fault] = field(default_factory=dict)
    as_of: str | None = None


def source_list(sources: Iterable[Source], language: Language) -> dict[str, Any]:
    """The body of ``GET /v1/sources``: what each is called and knows, never where or by which key it is asked."""
    items = [
        {"id": source.id, "name": source.name.text.in_(language), "facts": list(source.facts)} for source in sources
    ]
    return {"items": items, "total": len(items)}


def sourced_facts(
    sources: Iterable[Source],
    replies: Mapping[str, Reply],
    given: Collection[str],
    vocabulary: Vocabulary,
    language: Language,
) -> dict[str, list[dict[str, Any]]]:
    """``sourced`` and ``sources`` of an answer.

    ``given``: facts that need no source. Of two sources that know the same fact the first one counts.
    """
    sourced: list[dict[str, Any]] = []
    reports: list[dict[str, Any]] = []
    for source in sources:
        reply = replies.get(source.id)
        lacking = [name for name in source.facts if name not in given]
        taken = _taken(source, reply, lacking, vocabulary)
        held = {entry["fact"] for entry in sourced}
        sourced += [
            {"fact": name, "value": json_value(vocabulary[name], value), "source": source.id, "as_of": taken.as_of}
            for name, value in taken.values.items()
            if name not in held
        ]
        reports.append(_report(source, reply, taken, lacking, language))
    sourced.sort(key=lambda entry: vocabulary[entry["fact"]].index)
    return {"sourced": sourced, "sources": reports}


def _report(
    source: Source, reply: Reply | None, taken: _Taken, lacking: list[str], language: Language
) -> dict[str, Any]:
    state = "not_asked" if reply is None else "bad_value" if taken.faults else reply.state
    words = STATES[state].in_(language)
    reason = reply.reason if reply is not None and state == "down" else None
    if reason:
        words += _JOIN.in_(language) + REASONS[reason].in_(language)
    return {
        "id": source.id,
        "name": source.name.text.in_(language),
        "state": state,
        "reason": reason,
        "message": words,
        "unknown_facts": [name for name in lacking if name not in taken.values],
        "errors": [
            {"fact": name, "code": fault.code, "message": fault_message(fault, language, fault.suggestions)}
            for name, fault in taken.faults.items()
        ],
    }


def _taken(source: Source, reply: Reply | None, lacking: Iterable[str], vocabulary: Vocabulary) -> _Taken:
    taken = _Taken()
    if reply is None or reply.state != "ok":
        return taken
    for name in lacking:
        raw = at_pointer(reply.document, source.facts[name].at)
        if raw is not None:
            _take(taken, name, raw, source.facts[name], vocabulary)
    moment = None if source.as_of is None else at_pointer(reply.document, source.as_of)
    if moment is not None:
        found = _day(moment)
        if isinstance(found, Fault):
            taken.faults[None] = found
        else:
            taken.as_of = found
    return taken


def _take(taken: _Taken, name: str, raw: Any, sourced: SourcedFact, vocabulary: Vocabulary) -> None:
    fact = vocabulary.get(name)
    if fact is None:
        taken.faults[name] = vocabulary.unknown_fact(name)
        return
    value = _ours(fact, raw, sourced)
    read = [value] if isinstance(value, Fault) else read_fact(fact, value)
    if isinstance(read, list):
        taken.faults[name] = read[0]
    else:
        taken.values[name] = read


def _ours(fact: Fact, raw: Any, sourced: SourcedFact) -> Any:
    """The office's value as a caller would write it."""
    if sourced.values:
        mapped = [_meant(fact, item, sourced.values) for item in (raw if isinstance(raw, list) else [raw])]
        fault = next((item for item in mapped if isinstance(item, Fault)), None)
        return fault or (mapped if isinstance(raw, list) else mapped[0])
    power = 0 if sourced.unit is None else units_of(fact).get(sourced.unit.lower())
    if power is None:
        return Fault("unit_mismatch", (), {"left": sourced.unit, "right": fact.id})
    return raw if power == 0 else _scaled(raw, power, fact)


def _meant(fact: Fact, raw: Any, values: Mapping[str, str]) -> Any:
    """What one of the office's values means; texts, numbers as written, ``true`` and ``false`` can be listed."""
    written = {True: "true", False: "false"}.get(raw) if isinstance(raw, bool) else raw
    found = values.get(written) if isinstance(written, str) else None
    if found is None:
        return Fault("not_in_enum", (), {"value": excerpt(raw), "allowed": list(values)})
    return found == "true" if fact.type is FactType.BOOL else found


def _scaled(raw: Any, power: int, fact: Fact) -> Any:
    """A figure in the fact's own unit."""
    if not isinstance(raw, str):
        return Fault("wrong_type", (), {"expected": "number", "actual": json_type(raw)})
    if not _PLAIN.fullmatch(raw):
        return Fault("number_format", (), {"value": excerpt(raw), "type": fact.type.value})
    return Number(f"{Decimal(raw).scaleb(power, context=EXACT):f}")


def _day(raw: Any) -> str | Fault:
    """The day of a date or of a moment with its offset, in the county."""
    if isinstance(raw, str) and not isinstance(raw, Number) and len(raw) > _DATE_LENGTH:
        try:
            moment = datetime.fromisoformat(raw)
            local = moment.astimezone(SHANGHAI) if moment.tzinfo else moment
        except (ValueError, OverflowError):
            return Fault("date_format", (), {"value": excerpt(raw)})
        return local.date().isoformat()
    found = read_date(raw)
    return found if isinstance(found, Fault) else found.isoformat()
