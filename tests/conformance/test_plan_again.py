"""The pack against the plan written again by hand: the same status on every set of complete facts."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.conditions import leaves
from tests.conformance import cases, engines
from tests.conformance.plan_again import RULES
from tests.properties.strategies import examples, plan_pools
from tests.rules import plan

ELIGIBLE = {}
for case in cases.rule_cases():
    if case["status"] == "eligible":
        ELIGIBLE.setdefault(case["rule"], []).append(case)


def facts_of(rule):
    """Every fact that some version of the rule reads."""
    versions = rule.versions
    return sorted({fact for version in versions for leaf in leaves(version.condition) for fact in leaf.facts})


def values(fact):
    """Values near every figure of the plan; townships that are nearly the one named are others."""
    return [*plan_pools()[fact], "寒王"] if fact == "project_township" else plan_pools()[fact]


def test_every_rule_is_written_again():
    assert set(RULES) == {rule.id for rule in plan.policy().decidable}


@pytest.mark.parametrize("rule_id", sorted(RULES))
class TestRule:
    def check(self, rule_id, facts, on):
        status = engines.compiled(rule_id, facts, on).status
        if status == "not_in_force":
            assert plan.policy().rule(rule_id).in_force(on) is None
        else:
            applies = bool(RULES[rule_id](SimpleNamespace(**facts), on))
            assert status == ("eligible" if applies else "ineligible"), facts

    @examples(25)
    @given(st.data(), st.sampled_from(plan.DAYS))
    def test_on_any_complete_facts(self, rule_id, data, on):
        names = facts_of(plan.policy().rule(rule_id))
        self.check(rule_id, {fact: data.draw(st.sampled_from(values(fact))) for fact in names}, on)

    @examples(25)
    @given(st.data(), st.sampled_from(plan.DAYS))
    def test_near_an_eligible_case(self, rule_id, data, on):
        """An eligible case with what it leaves out filled in, and up to two facts changed."""
        names = facts_of(plan.policy().rule(rule_id))
        given = cases.given(data.draw(st.sampled_from(ELIGIBLE[rule_id])))
        known = engines.settle(plan.policy().vocabulary, plan.policy().division, given).known
        facts = {f: known[f] if f in known else data.draw(st.sampled_from(values(f))) for f in names}
        for fact in data.draw(st.lists(st.sampled_from(names), max_size=2)):
            facts[fact] = data.draw(st.sampled_from(values(fact)))
        self.check(rule_id, facts, on)
