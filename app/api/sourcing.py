"""Facts from other offices: who is asked for a request that names them, and what they say to it.

What they said travels as bytes, the JSON of ``sourced`` and ``sources`` as they stand in the answer: with the request
it is all that the answer rests on, so that a receipt of both gives the same bytes without asking again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import orjson

from app.api.answering import answer
from app.api.json_reader import read_json, read_object
from app.api.problems import ProblemError
from app.api.requests.fields import Fields
from app.api.requests.sources import SOURCES
from app.rules.errors import Fault, excerpt
from app.rules.reading import read_fact
from app.rules.vocabulary import nearest
from app.services.sourcing import sourced_facts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.api.answering import Question
    from app.api.call import Call
    from app.rules.messages import Reported
    from app.rules.vocabulary import Vocabulary
    from app.services.sources import Source

__all__ = ["permitted_sources", "read_document", "with_what_offices_say"]

_CODE: Final = "uscc"
_MOST: Final = 20
#: The share of the time for an answer that other offices may take.
_SHARE: Final = 0.5


def read_document(content: bytes) -> Any:
    """What an office answered, read as strictly as a request.

    Raises:
        ValueError: it is no such JSON.
    """
    try:
        found = read_json(content)
    except ProblemError as error:
        raise ValueError(error.kind.code) from error
    if found.faults:
        raise ValueError(found.faults[0].code)
    return found.root


async def with_what_offices_say(call: Call, question: Question) -> Question:
    """The question with the answers of the offices it names; nobody is asked for one that has a fault.

    Raises:
        ProblemError: every fault of the request.
    """
    raw, faults = read_object(question.content, question.settings.max_json_depth)
    if raw.get(SOURCES) is None:
        return question
    fields = Fields(raw, list(faults))
    sources = _named(fields, permitted_sources(call))
    given = _given(raw)
    vocabulary = _vocabulary(question, raw)
    code = _code(fields, given, vocabulary)
    _refuse(question, fields.faults)
    connectors = call.services.connectors
    assert connectors is not None  # noqa: S101 - without them no source can be named
    lacking = [source.id for source in sources if not source.facts.keys() <= given.keys()]
    replies = await connectors.ask(lacking, code, question.settings.answer_seconds * _SHARE)
    said = sourced_facts(sources, replies, given, vocabulary, question.language)
    return replace(question, said=orjson.dumps(said))


def permitted_sources(call: Call) -> dict[str, Source]:
    """The sources that this caller may have asked, in the order of the file."""
    known = () if call.services.connectors is None else call.services.connectors.sources
    return {source.id: source for source in known if source.may_be_asked_by(call.caller.id)}


def _named(fields: Fields, permitted: Mapping[str, Source]) -> tuple[Source, ...]:
    def check(name: str) -> Fault | None:
        if name in permitted:
            return None
        return Fault("unknown_source", (), {"value": excerpt(name), "allowed": [*permitted]}, nearest(name, permitted))

    wanted = fields.names(SOURCES, _MOST, check) or ()
    return tuple(source for name, source in permitted.items() if name in wanted)


def _given(raw: Mapping[str, Any]) -> dict[str, Any]:
    facts = raw.get("facts")
    return {name: value for name, value in facts.items() if value is not None} if isinstance(facts, dict) else {}


def _vocabulary(question: Question, raw: Mapping[str, Any]) -> Vocabulary:
    name = raw.get("policy")
    active = (question.registry.get(name) if isinstance(name, str) else None) or question.registry.get()
    if active is None:
        raise ProblemError("not_ready", {"missing": "rule_set"})
    return active.policy.vocabulary


def _code(fields: Fields, given: Mapping[str, Any], vocabulary: Vocabulary) -> str:
    """The code to ask by; empty where there is none that can be read."""
    if _CODE not in given:
        fields.fault("missing_field", "facts", _CODE, params={"value": _CODE})
        return ""
    fact = vocabulary.get(_CODE)
    code = None if fact is None else read_fact(fact, given[_CODE])
    return code if isinstance(code, str) else ""


def _refuse(question: Question, faults: list[Fault]) -> None:
    """End a request that has a fault, with all of them, before anybody is asked."""
    found: list[Reported] = list(faults)
    try:
        answer(question)
    except ProblemError as problem:
        if not problem.faults:
            raise
        found += problem.faults
    if found:
        raise ProblemError.invalid(found)
