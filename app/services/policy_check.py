"""Checking a pack on disk: every file is read, every check run, every case put to both executions, every fault told."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import orjson

from app.rules.errors import Fault, PackError, excerpt
from app.rules.messages import MESSAGES, fault_message
from app.rules.packs.cases import read_cases
from app.rules.packs.checks import check_pack
from app.rules.packs.diagnostics import DIAGNOSTICS
from app.rules.packs.parse import parse_pack
from app.rules.packs.places import Place, place_of
from app.rules.packs.trial import Outcome, compare, reference_outcome
from app.rules.text import Text
from app.services.decide import DecisionRequest, Explain, decide, match_targets
from app.services.pack_files import read_files
from app.services.packs import PACKAGED, load_document
from app.services.registry import ActivePolicy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from app.rules.packs.cases import Case, TargetCase
    from app.rules.policy import Policy
    from app.rules.text import Language

__all__ = ["Diagnostic", "PackReport", "check_policy", "message_of"]

_ENGINES: Final = {
    "reference": Text("参照求值", "reference evaluation"),
    "compiled": Text("编译执行", "compiled rules"),
    "both": Text("两种执行都", "reference and the compiled rules alike"),
}
_JOIN: Final = Text("、", ", ")
_SUGGEST: Final = Text("您要写的是不是 {names}？", " Did you mean {names}?")

#: With one of these no case can be put to the rules.
_BLOCKING = frozenset({"no_version", "possible_division_by_zero", "too_many_alternatives"})


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One fault of a pack and the place that has to be mended."""

    fault: Fault
    place: Place

    def message(self, language: Language) -> str:
        """What is wrong and what to do about it."""
        return message_of(self.fault, language)


@dataclass(frozen=True, slots=True)
class PackReport:
    """What the check of a pack found; ``cases`` is how many were put to the rules."""

    policy_id: str
    version: str | None
    sha256: str | None
    cases: int
    diagnostics: tuple[Diagnostic, ...]

    @property
    def sound(self) -> bool:
        """Whether the pack may be published."""
        return not self.diagnostics


def check_policy(policy_id: str, folder: Path = PACKAGED, official_text: Path | None = None) -> PackReport:
    """Check one pack with its cases.

    Args:
        policy_id: The pack's folder below ``folder``.
        folder: Where packs lie.
        official_text: The text of the document that has the pack's own id, in UTF-8 or GB 18030; quotes from it are
            looked up in it.
    """
    files, clause_files, faults = read_files(policy_id, folder)
    if official_text is not None and not official_text.is_file():
        faults.append(Fault("file_missing", (official_text.name,), {"file": official_text.name}))
    if faults:
        return _report(policy_id, None, [Diagnostic(fault, _in_file(fault)) for fault in faults])
    try:
        document = load_document(policy_id, folder)
    except PackError as error:
        return _report(policy_id, None, [Diagnostic(fault, _in_file(fault)) for fault in error.faults])
    proved = {**document, "cases": files}

    def diagnosed(found: list[Fault]) -> list[Diagnostic]:
        return [Diagnostic(fault, place_of(fault.path, proved, clause_files)) for fault in found]

    try:
        raw, policy = parse_pack(document)
    except PackError as error:
        return _report(policy_id, None, diagnosed(list(error.faults)))
    cases, target_cases = read_cases(files, policy, faults)
    faults += check_pack(raw, policy, cases, _texts(policy_id, official_text))
    if any(fault.code in _BLOCKING for fault in faults):
        return _report(policy_id, policy, diagnosed(faults))
    faults += _tried(policy, cases, target_cases)
    return _report(policy_id, policy, diagnosed(faults), len(cases) + len(target_cases))


def _report(policy_id: str, policy: Policy | None, found: list[Diagnostic], cases: int = 0) -> PackReport:
    """Diagnostics file by file, in the order in which they were found."""
    ordered = sorted(found, key=lambda item: item.place.file)
    version, sha256 = (policy.version, policy.sha256) if policy else (None, None)
    return PackReport(policy_id, version, sha256, cases, tuple(ordered))


def _in_file(fault: Fault) -> Place:
    return Place(str(fault.path[0]) if fault.path else "", "".join(f"/{part}" for part in fault.path[1:]))


def _texts(policy_id: str, file: Path | None) -> dict[str, str]:
    """The official text, if there is one: UTF-8, or what office programs still write."""
    if file is None:
        return {}
    content = file.read_bytes()
    try:
        return {policy_id: content.decode("utf-8-sig")}
    except UnicodeDecodeError:
        return {policy_id: content.decode("gb18030", errors="replace")}


def _tried(policy: Policy, cases: tuple[Case, ...], target_cases: tuple[TargetCase, ...]) -> Iterator[Fault]:
    """Every case through the reference evaluator and through the answer that callers get."""
    active = ActivePolicy(policy)
    for case in cases:
        yield from compare(case, reference_outcome(policy, case), _answered(active, case))
    for target_case in target_cases:
        found = match_targets(active, target_case.given)
        for key, expected in target_case.expected.items():
            actual = found[key]
            if actual != expected:
                words = {"expected": _listed(expected), "actual": _listed(actual)}
                yield Fault("case_targets", target_case.path, {"case": target_case.id, "key": key, **words})


def _answered(active: ActivePolicy, case: Case) -> Outcome:
    """What a caller is answered."""
    request = DecisionRequest(case.given, case.on, rules=frozenset({case.rule}), explain=Explain.NONE)
    result = orjson.loads(decide(active, request, case.on, calculation=False))["results"][0]
    amount = result["amount"]
    return Outcome(
        status=result["status"],
        missing_facts=tuple(result["missing_facts"]),
        amount_status=amount["status"],
        amount=None if amount["value"] is None else Decimal(amount["value"]),
        amount_missing=tuple(amount["missing_facts"]),
        parameter=amount["parameter"],
        caveats=tuple(caveat["code"] for caveat in result["caveats"]),
    )


def _listed(value: Any) -> str:
    """A part of the answer on one line."""
    if not isinstance(value, list):
        return str(value)
    items = (" ".join(item.values()) if isinstance(item, dict) else item for item in value)
    return f"[{', '.join(items)}]"


def message_of(fault: Fault, language: Language) -> str:
    """The words of a fault: those of a pack's own diagnostics, else those that requests share."""
    words = DIAGNOSTICS.get(fault.code)
    if words is None or fault.code in MESSAGES:
        return fault_message(fault, language, fault.suggestions)
    names = _JOIN.in_(language).join(fault.suggestions)
    suggest = _SUGGEST.in_(language).format(names=names) if names else ""
    shown = {name: _shown(name, value, language) for name, value in fault.params.items()}
    return words.in_(language).format_map(defaultdict(str, suggest=suggest, **shown))


def _shown(name: str, value: Any, language: Language) -> str:
    if name == "engine" and value in _ENGINES:
        return _ENGINES[value].in_(language)
    if isinstance(value, (list, tuple)):
        return _JOIN.in_(language).join(excerpt(item) for item in value)
    return excerpt(value)
