"""What an assessment adds to a decision: the time limits of the same facts, with their due moments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.services.catalogue import target_item
from app.services.deadlines import answer_deadline
from app.services.decide import matching_targets

if TYPE_CHECKING:
    from app.deadlines import Calendar
    from app.services.deadlines import DeadlineRequest
    from app.services.decide import DecisionRequest
    from app.services.registry import ActivePolicy

__all__ = ["applicable_targets"]


def applicable_targets(
    active: ActivePolicy, request: DecisionRequest, clock: DeadlineRequest | None, calendar: Calendar
) -> dict[str, Any]:
    """The time limits that apply or still can, each with the deadline of a clock that started then.

    Without a clock there are no deadlines: each is null.

    Raises:
        DeadlineError: the moments cannot be counted.
    """
    found, language = matching_targets(active, request.given), request.language
    return {
        "status": found.status,
        "missing_facts": list(found.missing),
        "ranges": found.ranges,
        "items": [
            {
                **target_item(active.policy, target, language),
                "deadline": clock and answer_deadline(active.policy, target, clock, calendar, language),
            }
            for target in found.targets
        ],
    }
