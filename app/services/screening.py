"""What screenings need of the service: which rules are meant, and the answer that one row would be given."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from app.screening.folder_errors import FolderError
from app.screening.options import PolicyIdentity
from app.services.decide import DecisionRequest, Explain, decide

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from app.rules.text import Language
    from app.screening.folder import ScreeningFolder
    from app.screening.limits import Limits
    from app.services.registry import ActivePolicy

__all__ = ["Wording", "chosen_rules", "explain_entity"]


class Wording(NamedTuple):
    """How an answer is given: the day it is given on (a date ahead of it is warned of), the language, how much."""

    today: date
    language: Language
    explain: Explain = Explain.SUMMARY


def chosen_rules(active: ActivePolicy, request: DecisionRequest) -> frozenset[str] | None:
    """The ids of the rules that a request narrows to; None where it does not narrow."""
    if request.rules is None and request.measures is None and request.subjects is None:
        return None
    selection = active.selection(request.on, request.rules, request.measures, request.subjects, False)  # noqa: FBT003
    standings = active.edition(request.on).edition.standings
    return frozenset(standings[place].rule.id for place in selection.places)


def explain_entity(
    active: ActivePolicy,
    folder: ScreeningFolder,
    entity: str,
    wording: Wording,
    *,
    source: Path | None = None,
    limits: Limits | None = None,
) -> list[bytes]:
    """For each row with that code the body of ``POST /v1/eligibility`` on its facts, rules and date, byte for byte.

    Args:
        active: The policy that decided; another version, or other figures of the county, are refused.
        folder: A finished screening.
        entity: The code.
        wording: How the answer is given.
        source: Where the registry lies now, when it has moved.
        limits: For opening the registry again.

    Raises:
        FolderError: not_a_screening, policy_changed, registry_missing, registry_changed, unknown_entity.
    """
    asked = folder.asked
    if asked is None:
        raise FolderError("not_a_screening", folder=str(folder.path))
    options = asked.options
    if PolicyIdentity.of(active.policy, options.on) != options.policy:
        raise FolderError("policy_changed", policy=options.policy.id, version=options.policy.version)
    from app.screening.explain import facts_of_entity  # noqa: PLC0415 - loads Polars, which single decisions do without

    rows = facts_of_entity(folder, entity, active.policy.vocabulary, source=source, limits=limits)
    today, language, explain = wording
    requests = (DecisionRequest(row, options.on, options.rules, explain=explain, language=language) for row in rows)
    return [decide(active, request, today, calculation=False) for request in requests]
