"""What a pack must be beyond being readable: one module for each diagnostic, all of them run, every fault reported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.rules.errors import PackError
from app.rules.packs.checks import (
    amount_bounds,
    amount_terms,
    amount_units,
    basis,
    cadences,
    cases_missing,
    caveats,
    citation_not_found,
    condition_never_holds,
    condition_root,
    decidable,
    duplicates,
    indicators,
    parameters,
    part_idle,
    rule_clause,
    rule_order,
    targets,
    targets_overlap,
    too_many_alternatives,
    unknown_document,
    unknown_kind,
    unknown_subject,
    version_dates,
    version_gap,
    version_overlap,
)
from app.rules.packs.checks.pack import Pack
from app.rules.packs.parse import parse_pack

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.rules.errors import Fault
    from app.rules.packs.cases import Case
    from app.rules.packs.raw import RawDocument
    from app.rules.policy import Policy

__all__ = ["CHECKS", "Pack", "check_pack", "sound_policy"]

CHECKS = tuple(
    module.check
    for module in (
        duplicates,
        version_dates,
        version_overlap,
        version_gap,
        basis,
        condition_root,
        too_many_alternatives,
        condition_never_holds,
        part_idle,
        decidable,
        amount_terms,
        amount_units,
        amount_bounds,
        parameters,
        unknown_subject,
        unknown_kind,
        caveats,
        unknown_document,
        citation_not_found,
        rule_order,
        rule_clause,
        indicators,
        targets,
        targets_overlap,
        cadences,
        cases_missing,
    )
)


def check_pack(
    raw: RawDocument,
    policy: Policy,
    cases: tuple[Case, ...] | None = None,
    texts: Mapping[str, str] | None = None,
) -> list[Fault]:
    """Every fault that the checks find, each once, in the order of the checks.

    Args:
        raw: The document as written, from ``parse_pack``.
        policy: The policy that was made of it.
        cases: The cases of the pack; None leaves out what needs them.
        texts: Official text by document id, for the quotes from it.
    """
    pack = Pack(policy, raw, cases, texts or {})
    found = {(fault.code, fault.path, str(fault.params)): fault for check in CHECKS for fault in check(pack)}
    return list(found.values())


def sound_policy(document: dict[str, Any], cases: tuple[Case, ...] | None = None) -> Policy:
    """The policy of a document that may be published.

    Raises:
        PackError: with every fault, of reading or, when it can be read, of the checks.
    """
    raw, policy = parse_pack(document)
    faults = check_pack(raw, policy, cases)
    if faults:
        raise PackError(faults)
    return policy
