"""Every case beside the pack, on every engine that decides."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.conformance import cases, engines
from tests.rules.plan import ask_rule, policy

RULE_CASES = cases.rule_cases()
WITH_CAVEATS = [case for case in RULE_CASES if "caveats" in case]
ENGINES = {"reference": engines.reference, "compiled": engines.compiled, "rendered": engines.rendered}
#: Every member of the only fact it reads makes this rule eligible.
NEVER_INELIGIBLE = {"m43-e-invoice-platform"}


def named(rule_cases):
    return pytest.mark.parametrize("case", rule_cases, ids=[case["id"] for case in rule_cases])


def as_asked(outcome, case):
    """The outcome without what the case leaves unsaid."""
    if case["status"] == "undetermined" and "amount_missing" not in case:
        outcome = replace(outcome, amount_missing=())
    return outcome if "parameter" in case or outcome.amount_status == "computed" else replace(outcome, parameter=None)


@named(RULE_CASES)
def test_case_on_every_engine(case):
    given, day = cases.given(case), cases.day(case)
    found = {name: as_asked(decide(case["rule"], given, day), case) for name, decide in ENGINES.items()}
    assert found == dict.fromkeys(ENGINES, cases.expected(case))
    assert engines.oracle(case["rule"], given, day) in (None, case["status"])


@named(WITH_CAVEATS)
def test_caveats_of_a_case(case):
    result = ask_rule(case["rule"], cases.sent(case), on=str(cases.day(case)), explain="none")
    assert [caveat["code"] for caveat in result["caveats"]] == case["caveats"]


class TestTheCasesThemselves:
    def test_ids_are_unique(self):
        ids = [case["id"] for case in RULE_CASES]
        assert len(set(ids)) == len(ids)

    def test_each_rule_has_an_eligible_an_ineligible_and_an_undetermined_one(self):
        seen = {(case["rule"], case["status"]) for case in RULE_CASES}
        wanted = {(rule.id, status) for rule in policy().decidable for status in ("eligible", "undetermined")}
        wanted |= {(rule.id, "ineligible") for rule in policy().decidable if rule.id not in NEVER_INELIGIBLE}
        assert wanted - seen == set()

    def test_each_rule_is_tried_on_the_first_day_of_every_version_and_on_the_day_before(self):
        seen = {(case["rule"], cases.day(case)) for case in RULE_CASES}
        wanted = {(rule.id, version.valid_from) for rule in policy().decidable for version in rule.versions}
        wanted |= {(r.id, v.last_day) for r in policy().decidable for v in r.versions if v.last_day}
        assert wanted - seen == set()

    def test_there_are_five_hundred_or_more(self):
        assert len(RULE_CASES) >= 500

    def test_business_rules_decides_most_of_them(self):
        known = [c for c in RULE_CASES if engines.oracle(c["rule"], cases.given(c), cases.day(c)) is not None]
        assert len(known) >= len(RULE_CASES) // 2
