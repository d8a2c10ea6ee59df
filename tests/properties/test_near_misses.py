"""Near misses against brute force: every set makes the rule eligible, no proper subset does, none is left out."""

from __future__ import annotations

from datetime import date
from itertools import combinations, islice, product

from hypothesis import given
from hypothesis import strategies as st

from app.rules.amounts import facts_of
from app.rules.derived import settle
from app.rules.edition import Edition
from app.rules.evaluate import truth_of
from app.rules.near_miss import MAX_SETS, NearMissFinder
from app.services.registry import ActivePolicy
from tests.conformance import cases, engines
from tests.properties.strategies import (
    SMALL_POOLS,
    all_facts,
    amounts,
    examples,
    movable_conditions,
    plan_pools,
    small_policies,
    some_facts,
)
from tests.rules import plan

DAY = date(2023, 1, 1)
MOST_TRIALS = 20_000


def found_by(edition, standing, given):
    """What the finder says: for each set, its changes."""
    finder = NearMissFinder.of(standing, edition)
    known = settle(edition.policy.vocabulary, edition.policy.division, given).known
    return [] if finder is None else finder.find(known, given)


def holds(edition, standing, given):
    known = settle(edition.policy.vocabulary, edition.policy.division, given).known
    return truth_of(standing.condition, known)


def trials(facts, pools, given):
    """Ways to change all of these facts; one that is derived or unknown is never among them."""
    choices = [[value for value in pools[fact] if value != given[fact]] for fact in facts]
    return islice(product(*choices), MOST_TRIALS)


def can_open(edition, standing, given, facts, pools):
    """Whether some change of exactly these facts makes the rule eligible."""
    return any(
        holds(edition, standing, {**given, **dict(zip(facts, values, strict=True))})
        for values in trials(facts, pools, given)
    )


def smallest(edition, standing, given, pools):
    """Every smallest set of known facts in the asker's power whose change makes the rule eligible, by brute force."""
    vocabulary = edition.policy.vocabulary
    read = {fact for leaf in standing.leaves for fact in leaf.facts}
    movable = sorted(fact for fact in read if fact in given and vocabulary[fact].actionable)
    for size in range(1, len(movable) + 1):
        sets = [facts for facts in combinations(movable, size) if can_open(edition, standing, given, facts, pools)]
        if sets:
            return {frozenset(facts) for facts in sets}
    return set()


def compare(edition, standing, given, pools):
    """The finder's sets are the smallest ones, in the order of the conditions, three at most."""
    found = found_by(edition, standing, given)
    sets = [frozenset(change.fact for change in changes) for changes in found]
    wanted = smallest(edition, standing, given, pools)
    assert len(set(sets)) == len(sets) == min(MAX_SETS, len(wanted))
    assert set(sets) <= wanted
    for changes in found:
        known = settle(edition.policy.vocabulary, edition.policy.division, given).known
        assert [truth_of(change, known) for change in changes] == [False] * len(changes)
        assert set(changes) <= set(standing.leaves)
    return sets


class TestRandomPolicies:
    @examples(200)
    @given(small_policies(movable_conditions, rules=2), some_facts)
    def test_on_partial_facts(self, policy, given):
        edition = Edition.of(policy, DAY)
        for standing in edition.standings:
            if holds(edition, standing, given) is False:
                compare(edition, standing, given, SMALL_POOLS)

    @examples(200)
    @given(small_policies(movable_conditions, rules=2), all_facts)
    def test_on_complete_facts(self, policy, given):
        edition = Edition.of(policy, DAY)
        for standing in edition.standings:
            if holds(edition, standing, given) is False:
                compare(edition, standing, given, SMALL_POOLS)


ELIGIBLE = [case for case in cases.rule_cases() if case["status"] == "eligible"]


class TestThePlan:
    @examples(200)
    @given(st.sampled_from(ELIGIBLE), st.data())
    def test_an_eligible_case_with_some_facts_changed(self, case, data):
        edition = plan.active().edition(cases.day(case)).edition
        standing = next(standing for standing in edition.standings if standing.rule.id == case["rule"])
        facts, pools = cases.given(case), plan_pools()
        for fact in data.draw(st.lists(st.sampled_from(sorted(facts)), min_size=1, max_size=3, unique=True)):
            facts[fact] = data.draw(st.sampled_from(pools[fact]))
        if holds(edition, standing, facts) is False:
            compare(edition, standing, facts, pools)


class TestAmounts:
    """The amount of a near miss is what the rule then pays, whatever the changed facts become."""

    @examples(100)
    @given(small_policies(movable_conditions, rules=1, amount=amounts()), all_facts)
    def test_of_random_policies(self, policy, given):
        asked = ActivePolicy(policy)
        renderer = asked.renderer(DAY, "en")
        standing = renderer.compiled.edition.standings[0]
        for changes in found_by(renderer.compiled.edition, standing, given):
            shown = renderer._near_amount(0, changes, given)
            facts = sorted({change.fact for change in changes})
            for values in islice(trials(facts, SMALL_POOLS, given), 200):
                changed = {**given, **dict(zip(facts, values, strict=True))}
                after = engines.reference("r-0", changed, DAY, asked)
                if after.status == "eligible":
                    assert shown in (None, after.amount)
                    assert shown is not None or reads(standing, facts) or after.amount is None


def reads(standing, facts):
    """Whether the amount reads one of the facts."""
    return not facts_of(standing.version.amount).isdisjoint(facts)
