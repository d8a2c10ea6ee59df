"""``summary.json``: what a screening came to, and the collection plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.screening.sums import yuan_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from app.rules.vocabulary import Vocabulary
    from app.screening.breakdown import Tally
    from app.screening.kernel import ScreeningPolicy
    from app.screening.options import ScreeningOptions
    from app.screening.readers.faults import FileFault, Note
    from app.screening.sums import FactSums, RuleSums, Sums

__all__ = ["noted", "summary_of"]


def summary_of(
    policy: ScreeningPolicy, options: ScreeningOptions, sums: Sums, tally: Tally, facts: Mapping[str, Any]
) -> dict[str, Any]:
    """The summary.

    Args:
        policy: What decided.
        options: What was asked.
        sums: The sums of all rows.
        tally: Their counts by place and industry.
        facts: ``rejected``, ``seconds``, ``registry`` (name, kind, SHA-256) and ``notes`` of the run.
    """
    vocabulary = policy.edition.policy.vocabulary
    with_amount = {rule.id for rule in policy.edition.policy.decidable if rule.terms is not None}
    seconds = round(float(facts["seconds"]), 3)
    return {
        "rows": sums.rows,
        "rejected": facts["rejected"],
        "on": options.on.isoformat(),
        "policy": options.policy.public(),
        "seconds": seconds,
        "rows_per_second": round(sums.rows / seconds) if seconds else None,
        "rules": {rule: _rule(found, amount=rule in with_amount) for rule, found in sums.rules.items()},
        "missing": _plan(sums.missing, vocabulary),
        "total": yuan_text(sums.total_fen),
        "breakdown": tally.public(vocabulary),
        "registry": facts["registry"],
        "notes": facts["notes"],
    }


def _rule(sums: RuleSums, *, amount: bool) -> dict[str, Any]:
    """Rows by status; ``amount`` is null for a rule that never has one."""
    return {
        "eligible": sums.eligible,
        "ineligible": sums.ineligible,
        "undetermined": sums.undetermined,
        "not_in_force": sums.not_in_force,
        "amount": yuan_text(sums.fen) if amount else None,
        "amount_undetermined": sums.amount_undetermined,
        "amount_not_published": sums.not_published,
    }


def _plan(missing: Mapping[str, FactSums], vocabulary: Vocabulary) -> list[dict[str, Any]]:
    """The facts that somebody lacks; those that alone would decide most rows, then most money, stand first."""
    places = {fact.id: place for place, fact in enumerate(vocabulary.facts)}
    wanting = [(fact, sums) for fact, sums in missing.items() if sums.rows]
    wanting.sort(key=lambda item: (-item[1].decides_rows, -item[1].decides_fen, -item[1].rows, places[item[0]]))
    return [
        {
            "fact": fact,
            "rows": sums.rows,
            "decides_rows": sums.decides_rows,
            "decides_amount": yuan_text(sums.decides_fen),
        }
        for fact, sums in wanting
    ]


def noted(notes: Iterable[Note | FileFault]) -> list[dict[str, Any]]:
    """How the registry was understood and what of it was left out, each remark in both languages."""
    return [{"code": note.code, "message": {"zh": note.message("zh"), "en": note.message("en")}} for note in notes]
