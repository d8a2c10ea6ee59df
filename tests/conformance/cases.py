"""The cases that lie beside the pack as data: what a caller gives, what must come out."""

from __future__ import annotations

from datetime import date

from app.rules.vocabulary import FactType
from app.services.packs import read_yaml
from tests.conformance.engines import Outcome
from tests.rules.plan import CASES, case_files, policy, read

DEFAULT_DAY = "2023-01-01"


def rule_cases():
    """Every case about a rule, in the order of the files."""
    return [case for path in case_files() for case in read_yaml(path)["cases"]]


def target_cases():
    """Every case about the time limit that a request has."""
    return read_yaml(CASES / "targets.yaml")["cases"]


def sent(case):
    """The facts of a case as a caller would send them: the scalars of the file are all text."""
    return {fact: _sent(fact, written) for fact, written in case["facts"].items()}


def given(case):
    """The same facts as exact values."""
    return read(sent(case))


def _sent(fact, written):
    if policy().vocabulary[fact].type is FactType.BOOL:
        return {"true": True, "false": False}[written]
    return written


def day(case):
    return date.fromisoformat(case.get("on", DEFAULT_DAY))


def expected(case):
    """The outcome that the case asks for; the facts wanting for an amount stand in the order of the vocabulary."""
    amount_status = "computed" if "amount" in case else case.get("amount_status", "not_applicable")
    return Outcome(
        case["status"],
        tuple(case.get("missing_facts", ())),
        amount_status,
        case.get("amount"),
        tuple(case.get("amount_missing", ())),
        case.get("parameter"),
    )
