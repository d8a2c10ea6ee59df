"""One meaning, several executions: the interpreter, compiled code, the answer's body and business-rules agree."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from app.rules.derived import settle
from app.rules.evaluate import truth_of
from app.rules.truth import DECODE
from app.services.registry import ActivePolicy
from tests.conformance import engines
from tests.properties.strategies import all_facts, amounts, examples, plan_facts, small_policies, some_facts
from tests.rules import plan

DAY = date(2023, 1, 1)


def agree(asked, rule_id, known, on):
    """The outcome of a rule on every engine; the library decides where nothing is unknown to it."""
    meaning = engines.reference(rule_id, known, on, asked)
    assert engines.compiled(rule_id, known, on, asked) == meaning
    assert engines.rendered(rule_id, known, on, asked) == meaning
    assert engines.oracle(rule_id, known, on, asked) in (None, meaning.status)
    return meaning


class TestRandomPolicies:
    @examples(120)
    @given(small_policies(amount=amounts()), some_facts)
    def test_on_partial_facts(self, policy, known):
        asked = ActivePolicy(policy)
        for rule in policy.decidable:
            agree(asked, rule.id, known, DAY)

    @examples(60)
    @given(small_policies(amount=amounts()), all_facts)
    def test_on_complete_facts_business_rules_decides_every_rule(self, policy, known):
        asked = ActivePolicy(policy)
        for rule in policy.decidable:
            meaning = agree(asked, rule.id, known, DAY)
            assert meaning.status == engines.oracle(rule.id, known, DAY, asked)
            assert meaning.amount_status in ("not_applicable", "computed", "not_published")

    @examples(60)
    @given(small_policies(), some_facts)
    def test_on_the_truth_of_each_condition(self, policy, known):
        compiled = ActivePolicy(policy).edition(DAY)
        found = compiled.evaluate(known, compiled.select(lambda rule: True))
        facts = settle(policy.vocabulary, policy.division, known).known
        assert [DECODE[truth] for truth in found.truths] == [
            truth_of(leaf, facts) for leaf in compiled.edition.conditions
        ]


class TestThePlan:
    @examples(60)
    @given(plan_facts(), st.sampled_from(plan.DAYS))
    def test_on_partial_facts(self, known, on):
        for rule in plan.policy().decidable:
            meaning = engines.reference(rule.id, known, on)
            assert engines.compiled(rule.id, known, on) == meaning

    @examples(25)
    @given(plan_facts(), st.sampled_from(plan.DAYS), st.data())
    def test_in_the_body_and_by_business_rules(self, known, on, data):
        for rule in data.draw(st.lists(st.sampled_from(plan.policy().decidable), min_size=8, max_size=8)):
            agree(plan.active(), rule.id, known, on)
