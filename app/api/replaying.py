"""A decision again, from what its receipt says was known then: the same bytes, or what differs and why."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from app.api.answering import Question, answer
from app.api.problems import ProblemError
from app.clock import in_county
from app.services.receipt_chain import split_request
from app.services.receipts import PROGRAM
from app.settings import Personal

if TYPE_CHECKING:
    from app.rules.text import Language
    from app.services.knowledge import Knowledge
    from app.services.receipt_chain import ReceiptKeys
    from app.services.registry import Registry
    from app.settings import Settings
    from app.storage.repositories import StoredReceipt

__all__ = ["replay"]

_LANGUAGES: Final[dict[str, Language]] = {"zh": "zh", "en": "en"}


def replay(
    receipt: StoredReceipt, keys: ReceiptKeys, knowledge: Knowledge, present: Registry, settings: Settings
) -> dict[str, Any]:
    """The body of a replay: as it was known then, and as it would be answered now.

    ``identical`` is null where it cannot be told: personal facts were hashed, or the request cannot be opened.

    Raises:
        StorageError: the database cannot be read.
    """
    body = keys.unseal(receipt.sealed, receipt.id)
    hidden = body is None or (receipt.personal == Personal.HASH and b'"hash:' in body)
    revision = tuple(map(int, receipt.revision.split("."))) if receipt.revision else ()
    then = knowledge.registry(revision) if revision else present
    return {
        "id": receipt.id,
        "genuine": keys.mac_of(receipt) == receipt.mac,
        **_compared(receipt, None if hidden else body, then, settings),
        "now": _compared(receipt, None if hidden else body, present, settings),
    }


def _compared(receipt: StoredReceipt, body: bytes | None, registry: Registry, settings: Settings) -> dict[str, Any]:
    found = None if body is None else _again(receipt, body, registry, settings)
    identical = None if body is None else found == receipt.answer
    return {
        "identical": identical,
        "answer_sha256": found,
        "differs": [] if identical else _differences(receipt, registry, found, readable=body is not None),
    }


def _again(receipt: StoredReceipt, body: bytes, registry: Registry, settings: Settings) -> str | None:
    """The digest of the answer; None where there is none any more."""
    try:
        language = _LANGUAGES[receipt.language]
        moment = in_county(receipt.at)
        content, said = split_request(body)
        question = Question(receipt.operation, content, registry, settings, moment, language, receipt.subject, said)
        return sha256(answer(question).body).hexdigest()
    except (ProblemError, KeyError, ValueError):
        return None


def _differences(
    receipt: StoredReceipt, registry: Registry, found: str | None, *, readable: bool
) -> list[dict[str, str | None]]:
    """Everything that the answer rests on and that is not as it was."""
    active = registry.get(receipt.policy_id)
    parts: list[tuple[str, str, str | None]] = [
        ("policy_version", receipt.policy_version, None if active is None else active.policy.version),
        ("policy_sha256", receipt.policy_sha256, None if active is None else active.policy.sha256),
        ("figures", receipt.figures, None if active is None else active.figures),
        ("calendar", receipt.calendar, registry.calendar.version),
        ("program", receipt.program, PROGRAM),
    ]
    differing = [{"part": part, "then": then, "now": now} for part, then, now in parts if then != now]
    if not readable:
        differing.append({"part": "request", "then": receipt.personal, "now": None})
    elif found != receipt.answer:
        differing.append({"part": "answer", "then": receipt.answer, "now": found})
    return differing
