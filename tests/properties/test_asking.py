"""Asking: the next question is the one that exact points name, and asking on settles everything."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.decide import DecisionRequest, Explain, decide
from app.services.registry import ActivePolicy
from tests.properties.strategies import (
    SMALL_POOLS,
    amounts,
    examples,
    plan_facts,
    plan_pools,
    small_policies,
    some_facts,
)
from tests.rules import plan

DAY = date(2023, 1, 1)
SUBJECTS = [subject.id for subject in plan.policy().subjects if subject.id != "county"]


def ask(asked, known, on=DAY, *, calculation=False, **narrowed):
    request = DecisionRequest(known, on, explain=Explain.NONE, **narrowed)
    return plan.strict_json(decide(asked, request, plan.TODAY, calculation=calculation))


def open_lists(answer, *, calculation):
    """What each open result still needs, by the wording of the contract."""
    for result in answer["results"]:
        needed = set(result["missing_facts"])
        if calculation and result["amount"]["status"] == "undetermined":
            needed |= set(result["amount"]["missing_facts"])
        yield needed


def by_points(answer, vocabulary, skip, *, calculation):
    """The next question by exact fractions: the fact and how many open results list it."""
    points, lists = defaultdict(Fraction), list(open_lists(answer, calculation=calculation))
    for needed in lists:
        askable = needed - skip
        for fact in askable:
            points[fact] += Fraction(1, len(askable))
    if not points:
        return None
    best = max(points.values())
    fact = min((fact for fact in points if points[fact] == best), key=lambda name: vocabulary[name].index)
    return fact, sum(fact in needed for needed in lists)


def said(answer):
    question = answer["next_question"]
    return question and (question["fact"], question["settles"])


class TestPoints:
    """The answer's question against the same rule written again, on what the answer itself lists."""

    @examples(60)
    @given(plan_facts(), st.sampled_from(plan.DAYS), st.booleans(), st.data())
    def test_on_the_plan(self, known, on, calculation, data):
        skip = data.draw(st.frozensets(st.sampled_from(sorted(plan_pools())), max_size=30))
        subjects = data.draw(st.one_of(st.none(), st.frozensets(st.sampled_from(SUBJECTS), min_size=1)))
        answer = ask(plan.active(), known, on, calculation=calculation, skip=skip, subjects=subjects)
        assert said(answer) == by_points(answer, plan.policy().vocabulary, skip, calculation=calculation)

    @examples(60)
    @given(small_policies(amount=amounts()), some_facts, st.frozensets(st.sampled_from(sorted(SMALL_POOLS))))
    def test_on_random_policies(self, policy, known, skip):
        asked = ActivePolicy(policy)
        for calculation in (False, True):
            answer = ask(asked, known, calculation=calculation, skip=skip)
            assert said(answer) == by_points(answer, policy.vocabulary, skip, calculation=calculation)


def ask_on(asked, known, pools, draw, on=DAY, **narrowed):
    """Answer each question with a value drawn for it; the last answer and the facts asked, in their order."""
    asked_for = []
    while True:
        answer = ask(asked, known, on, **narrowed)
        question = answer["next_question"]
        if question is None:
            return answer, asked_for
        fact = question["fact"]
        assert fact not in known
        assert fact not in asked_for
        assert fact not in narrowed.get("skip", ())
        asked_for.append(fact)
        assert len(asked_for) <= len(asked.policy.vocabulary.facts)
        known = {**known, fact: draw(pools[fact])}


def assert_settled(answer, skip=frozenset(), *, calculation=False):
    """Nothing is open but what needs a skipped fact."""
    for needed in open_lists(answer, calculation=calculation):
        assert needed <= skip
    if not skip:
        assert answer["counts"]["undetermined"] == 0
    if calculation and not skip:
        assert "undetermined" not in {result["amount"]["status"] for result in answer["results"]}


class TestAskingOnThePlan:
    @examples(12)
    @given(st.one_of(st.just({}), plan_facts()), st.booleans(), st.data())
    def test_every_rule_is_settled(self, known, calculation, data):
        answer, _ = ask_on(plan.active(), known, plan_pools(), chooser(data), calculation=calculation)
        assert_settled(answer, calculation=calculation)

    @examples(12)
    @given(plan_facts(), st.sampled_from(plan.DAYS), st.booleans(), st.data())
    def test_all_but_what_needs_a_skipped_fact(self, known, on, calculation, data):
        skip = data.draw(st.frozensets(st.sampled_from(sorted(plan_pools())), min_size=1, max_size=40))
        answer, _ = ask_on(plan.active(), known, plan_pools(), chooser(data), on, calculation=calculation, skip=skip)
        assert_settled(answer, skip, calculation=calculation)

    @pytest.mark.parametrize("subject", SUBJECTS)
    def test_with_subjects_nothing_is_asked_that_only_others_need(self, subject):
        """Every fact asked stands in a condition of a selected rule, or is an input of a derived fact in one."""
        _, asked_for = ask_on(plan.active(), {}, plan_pools(), lambda values: values[-1], subjects=frozenset({subject}))
        needed = set()
        for standing in plan.active().edition(DAY).edition.standings:
            if subject in standing.rule.subjects:
                needed |= {fact for leaf in standing.leaves for fact in leaf.facts}
        if "enterprise_size" in needed:
            needed |= {"industry_code", "employees", "annual_revenue", "total_assets"}
        if needed & {"registered_in_county", "registered_in_province"}:
            needed |= {"registration_division"}
        if "industry_section" in needed:
            needed |= {"industry_code"}
        assert set(asked_for) <= needed
        assert asked_for


def chooser(data):
    return lambda values: data.draw(st.sampled_from(values))


class TestAskingOnRandomPolicies:
    @examples(60)
    @given(small_policies(amount=amounts()), some_facts, st.booleans(), st.data())
    def test_every_rule_is_settled(self, policy, known, calculation, data):
        answer, _ = ask_on(ActivePolicy(policy), known, SMALL_POOLS, chooser(data), calculation=calculation)
        assert_settled(answer, calculation=calculation)

    @examples(40)
    @given(small_policies(amount=amounts()), some_facts, st.frozensets(st.sampled_from(sorted(SMALL_POOLS))), st.data())
    def test_all_but_what_needs_a_skipped_fact(self, policy, known, skip, data):
        answer, _ = ask_on(ActivePolicy(policy), known, SMALL_POOLS, chooser(data), calculation=True, skip=skip)
        assert_settled(answer, skip, calculation=True)
