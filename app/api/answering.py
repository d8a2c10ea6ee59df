"""Every decision as one function from a question to bytes: the same for a call, a replay and the terminal."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import orjson

from app.api.problems import ProblemError
from app.api.requests.assessment import read_assessment
from app.api.requests.deadline import answer_clock, read_clock
from app.api.requests.decision import read_decision
from app.api.requests.sources import names_sources, with_facts
from app.api.requests.targets import read_match
from app.deadlines import DeadlineError
from app.rules.errors import Fault
from app.services.assessments import applicable_targets
from app.services.deadlines import answer_deadline
from app.services.decide import assessed, decided, match_targets

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from app.rules.text import Language
    from app.services.decide import Decided
    from app.services.registry import ActivePolicy, Registry
    from app.settings import Settings

__all__ = ["OPERATIONS", "Answer", "Question", "answer", "may_name_sources"]


@dataclass(frozen=True, slots=True)
class Question:
    """A request body, and everything else that the answer depends on."""

    operation: str
    content: bytes
    registry: Registry
    settings: Settings
    now: datetime
    language: Language
    subject: str = ""
    """The id of the time limit that a deadline is asked for."""
    said: bytes = b""
    """What other offices said, as it stands in the answer; empty where none was asked."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The body, the policy that gave it, the date that was asked about, and what was decided where rules were."""

    body: bytes
    active: ActivePolicy
    on: str
    decided: Decided | None = None


def answer(question: Question) -> Answer:
    """The answer to a question.

    Raises:
        ProblemError: bad values, an unknown time limit, nothing to answer from.
    """
    said = question.said
    if may_name_sources(question):
        question = replace(question, content=with_facts(question.content, said, question.settings.max_json_depth))
    found = OPERATIONS[question.operation](question)
    return replace(found, body=b"%b,%b" % (found.body[:-1], said[1:])) if said else found


def may_name_sources(question: Question) -> bool:
    """Whether facts may be asked of other offices for it, by a look that costs nothing."""
    return names_sources(question.content) and question.operation not in _WITHOUT_FACTS


def _decision(question: Question, *, calculation: bool) -> Answer:
    today = question.now.date()
    asked = read_decision(question.content, question.registry, question.settings, today, question.language)
    found = decided(asked.active, asked.request, today, calculation=calculation)
    return Answer(found.body, asked.active, asked.request.on.isoformat(), found)


def _eligibility(question: Question) -> Answer:
    return _decision(question, calculation=False)


def _calculation(question: Question) -> Answer:
    return _decision(question, calculation=True)


def _assessment(question: Question) -> Answer:
    registry, now = question.registry, question.now
    (active, request), clock, faults = read_assessment(
        question.content, registry, question.settings, now, question.language
    )
    targets = {}
    try:
        targets = applicable_targets(active, request, clock, registry.calendar)
    except DeadlineError as error:
        faults += [Fault(fault.code, fault.path, fault.params) for fault in error.faults]
    if faults:
        raise ProblemError.invalid(faults)
    found = assessed(active, request, now.date(), targets)
    return Answer(found.body, active, request.on.isoformat(), found)


def _match(question: Question) -> Answer:
    active = _active(question)
    given = read_match(question.content, active.policy.vocabulary, question.settings)
    return Answer(orjson.dumps(match_targets(active, given)), active, "")


def _deadline(question: Question) -> Answer:
    active, calendar, language = _active(question), question.registry.calendar, question.language
    target = next((target for target in active.policy.targets if target.id == question.subject), None)
    if target is None:
        raise ProblemError("not_found")
    clock = read_clock(question.content, question.now, question.settings)
    body = answer_clock(clock, lambda request: answer_deadline(active.policy, target, request, calendar, language))
    return Answer(orjson.dumps(body), active, "")


def _active(question: Question) -> ActivePolicy:
    found = question.registry.get()
    if found is None:
        raise ProblemError("not_ready", {"missing": "rule_set"})
    return found


OPERATIONS: Final[dict[str, Callable[[Question], Answer]]] = {
    "eligibility": _eligibility,
    "calculation": _calculation,
    "assessment": _assessment,
    "match": _match,
    "deadline": _deadline,
}
#: They have no facts that another office could give.
_WITHOUT_FACTS: Final = frozenset({"deadline"})
