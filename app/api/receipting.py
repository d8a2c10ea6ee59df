"""A decision leaves when its receipt is durable, and says so in ``X-Decision-ID``."""

from __future__ import annotations

from contextlib import contextmanager
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

import orjson

from app.api.answering import Answer, Question, answer, may_name_sources
from app.api.gate import REQUEST_ID
from app.api.json_reader import read_object, write_object
from app.api.problems import ProblemError
from app.api.requests.known_at import asks_the_past, read_known_at, unknown_then
from app.api.responses import json_answer
from app.api.sourcing import with_what_offices_say
from app.api.watch import DECISION
from app.rules.vocabulary import NEVER
from app.services.receipt_chain import joined_request, new_receipt_id
from app.services.receipts import Draft, moment_text
from app.settings import Personal
from app.storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from starlette.responses import Response

    from app.api.call import Call
    from app.rules.vocabulary import Vocabulary
    from app.services.receipts import ReceiptWriter
    from app.services.registry import Registry

__all__ = ["DECISION_ID", "answered", "storage_problems"]

DECISION_ID: Final = b"x-decision-id"
_NO_RECEIPT: Final = (b"x-receipts", b"off")
_CODES: Final = {
    "database_unavailable": "database_unavailable",
    "database_timeout": "database_timeout",
    "storage_full": "storage_full",
    "storage_read_only": "storage_full",
}


@contextmanager
def storage_problems(otherwise: str = "database_unavailable") -> Iterator[None]:
    """Failures of storage as the 503 that names the part; ``otherwise`` for those that no caller can tell apart."""
    try:
        yield
    except StorageError as error:
        raise ProblemError(_CODES.get(error.code, otherwise)) from error


async def answered(call: Call, operation: str, subject: str = "") -> Response:
    """Decide, keep the receipt, answer."""
    services, language = call.services, call.language
    now = services.clock.now()
    known_at = read_known_at(call.content, now, services.settings) if asks_the_past(call.content) else None
    registry = services.registry if known_at is None else await _registry_then(call, known_at)
    if not registry.ids:
        raise services.not_loaded()
    question = Question(operation, call.content, registry, services.settings, now, language, subject)
    if may_name_sources(question):
        question = await with_what_offices_say(call, question)
    found = answer(question)
    response = json_answer(found.body, language)
    if services.receipts is None:
        response.raw_headers.append(_NO_RECEIPT)
        _note(call, found)
        return response
    draft = _draft(call, question, found, known_at)
    call.scope[DECISION] = draft.id
    with storage_problems("receipt_unavailable"):
        await services.receipts.keep(draft)
    response.raw_headers.append((DECISION_ID, draft.id.encode()))
    _note(call, found)
    return response


def _note(call: Call, found: Answer) -> None:
    if found.decided is not None:
        call.app.metrics.rules.note(found.decided)


async def _registry_then(call: Call, moment: datetime) -> Registry:
    knowledge = call.services.knowledge
    if knowledge is None:
        raise ProblemError("not_ready", {"missing": "database"})
    with storage_problems():
        found = await call.services.lanes.run(knowledge.at, moment)
    if not found.ready:
        raise unknown_then(moment)
    return found


def _draft(call: Call, question: Question, found: Answer, known_at: datetime | None) -> Draft:
    policy, personal = found.active.policy, question.settings.receipt_personal
    writer, registry = call.services.receipts, question.registry
    content, said = question.content, question.said
    if personal is Personal.HASH and writer is not None:
        content = _without_personal(content, policy.vocabulary, writer, question.settings.max_json_depth)
        said = said and _said_without_personal(said, policy.vocabulary, writer)
    return Draft(
        id=new_receipt_id(question.now),
        application=call.caller.id,
        request_id=call.scope[REQUEST_ID],
        at=question.now,
        operation=question.operation,
        subject=question.subject,
        policy_id=policy.id,
        policy_version=policy.version,
        policy_sha256=policy.sha256,
        figures=found.active.figures,
        calendar=registry.calendar.version,
        revision=".".join(map(str, registry.revision)),
        on_date=found.on,
        known_at="" if known_at is None else moment_text(known_at),
        language=question.language,
        personal=personal.value,
        body=joined_request(content, said),
        answer=sha256(found.body).hexdigest(),
    )


def _without_personal(content: bytes, vocabulary: Vocabulary, writer: ReceiptWriter, depth: int) -> bytes:
    """The body with the hash of each personal fact in its place."""
    raw, _ = read_object(content, depth)
    facts = raw.get("facts")
    if isinstance(facts, dict):
        raw["facts"] = {
            name: writer.keys.hash_personal(name, value) if _is_personal(name, vocabulary) else value
            for name, value in facts.items()
        }
    return write_object(raw)


def _said_without_personal(said: bytes, vocabulary: Vocabulary, writer: ReceiptWriter) -> bytes:
    """The same for what other offices said, words about bad values included."""
    raw: dict[str, list[dict[str, Any]]] = orjson.loads(said)
    for entry in raw["sourced"]:
        if _is_personal(entry["fact"], vocabulary):
            entry["value"] = writer.keys.hash_personal(entry["fact"], entry["value"])
    for entry in (error for report in raw["sources"] for error in report["errors"]):
        if _is_personal(entry["fact"], vocabulary):
            entry["message"] = writer.keys.hash_personal(entry["fact"], entry["message"])
    return orjson.dumps(raw)


def _is_personal(name: str | None, vocabulary: Vocabulary) -> bool:
    fact = None if name is None else vocabulary.get(name)
    return fact is not None and fact.personal != NEVER
