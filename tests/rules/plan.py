"""The packaged plan, read once for all tests, and a short way to ask it."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path

from app.rules.reading import read_facts
from app.services.decide import DecisionRequest, Explain, decide
from app.services.packs import PACKAGED, load_policy
from app.services.registry import ActivePolicy

#: The "now" of these tests; every date asked before it draws no warning.
TODAY = date(2026, 11, 24)
CASES = PACKAGED / "zuoquan-2022" / "cases"
#: A day of each period between two turning days, the first before the plan and the last after every national rule.
DAYS = tuple(
    date.fromisoformat(day)
    for day in (
        "2022-04-17",
        "2022-04-18",
        "2022-12-31",
        "2023-06-01",
        "2023-10-01",
        "2024-03-01",
        "2024-08-01",
        "2025-12-31",
        "2026-06-01",
        "2028-01-01",
    )
)


@cache
def policy():
    return load_policy("zuoquan-2022")


@cache
def active():
    return ActivePolicy(policy())


def read(raw):
    """Exact facts from raw ones that must all be right."""
    values, faults = read_facts(policy().vocabulary, raw)
    assert faults == []
    return values


def body(raw, *, on="2023-01-01", calculation=False, today=TODAY, explain="full", language="zh", **narrowed):
    """The bytes that answer raw facts; ``rules``, ``measures``, ``subjects`` and ``skip`` as lists of ids."""
    request = DecisionRequest(
        given=read(raw),
        on=date.fromisoformat(on),
        explain=Explain(explain),
        language=language,
        **{name: frozenset(ids) for name, ids in narrowed.items()},
    )
    return decide(active(), request, today, calculation=calculation)


def ask(raw, **asked):
    """The answer to raw facts, read by a JSON reader that admits neither a float nor a repeated key."""
    return strict_json(body(raw, **asked))


def ask_rule(rule_id, raw, **asked):
    """The one result of a rule on its own."""
    (result,) = ask(raw, rules=[rule_id], **asked)["results"]
    return result


def strict_json(content):
    return json.loads(content, parse_float=_no_float, parse_constant=_no_float, object_pairs_hook=_unique)


def _no_float(token):
    raise AssertionError(f"{token} is no exact figure")


def _unique(pairs):
    found = dict(pairs)
    assert len(found) == len(pairs)
    return found


def case_files():
    return sorted(Path(CASES).glob("m*.yaml"))
