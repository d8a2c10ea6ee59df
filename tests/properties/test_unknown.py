"""Unknown is a value: filling it in never turns a decision, and the missing facts are exactly those that can."""

from __future__ import annotations

from datetime import date
from itertools import islice, product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.rules.conditions import AllOf, AnyOf, leaves
from app.rules.derived import settle
from app.rules.evaluate import truth_of
from app.rules.vocabulary import FactType
from app.services.registry import ActivePolicy
from tests.conformance import engines
from tests.properties.strategies import (
    IN_TABLE,
    SMALL_POOLS,
    any_conditions,
    comparisons_of,
    examples,
    plain_leaves,
    plan_facts,
    plan_pools,
    pool,
    small_policies,
    some_facts,
    trees,
)
from tests.rules import plan

DAY = date(2023, 1, 1)
OPEN = "undetermined"


def statuses(asked, known, on=DAY):
    """The status and the missing facts of every rule."""
    edition = asked.edition(on)
    found = edition.evaluate(known, edition.select(lambda rule: True))
    facts = edition.vocabulary.facts
    return {
        standing.rule.id: (
            engines.STATUSES[found.statuses[place]],
            tuple(fact.id for fact in facts if found.missing.get(place, 0) >> fact.index & 1),
        )
        for place, standing in enumerate(edition.edition.standings)
    }


def unknown_to(policy, known):
    """The facts that are neither given nor derived."""
    settled = settle(policy.vocabulary, policy.division, known)
    return [fact.id for fact in policy.vocabulary.facts if fact.id not in settled.known]


class TestFillingIn:
    """What is decided stays decided, whatever is learned."""

    @examples(100)
    @given(small_policies(), some_facts, st.data())
    def test_on_random_policies(self, policy, known, data):
        asked = ActivePolicy(policy)
        before = statuses(asked, known)
        for fact in data.draw(st.lists(st.sampled_from(sorted(SMALL_POOLS)), min_size=1, max_size=6)):
            if fact in unknown_to(policy, known):
                known = {**known, fact: data.draw(st.sampled_from(SMALL_POOLS[fact]))}
        after = statuses(asked, known)
        for rule, (status, _) in before.items():
            assert status in (OPEN, after[rule][0])

    @examples(60)
    @given(plan_facts(), st.sampled_from(plan.DAYS), st.data())
    def test_on_the_plan(self, known, on, data):
        before = statuses(plan.active(), known, on)
        pools = plan_pools()
        for fact in data.draw(st.lists(st.sampled_from(sorted(pools)), min_size=1, max_size=10)):
            if fact in unknown_to(plan.policy(), known):
                known = {**known, fact: data.draw(st.sampled_from(pools[fact]))}
        after = statuses(plan.active(), known, on)
        for rule, (status, _) in before.items():
            assert status in (OPEN, after[rule][0])


def supply(known, missing, pools, data):
    """The missing facts, each with a value; an industry is one that the size table has."""
    values = {**pools, "industry_code": [code for code in pools["industry_code"] if code in (*IN_TABLE, "A01", "C33")]}
    return {**known, **{fact: data.draw(st.sampled_from(values[fact])) for fact in missing}}


class TestSufficient:
    """All missing facts together decide."""

    @examples(80)
    @given(small_policies(), some_facts, st.data())
    def test_on_random_policies(self, policy, known, data):
        asked = ActivePolicy(policy)
        for rule, (status, missing) in statuses(asked, known).items():
            assert (status == OPEN) == bool(missing)
            decided = statuses(asked, supply(known, missing, SMALL_POOLS, data))[rule]
            assert decided[0] != OPEN

    @examples(50)
    @given(plan_facts(), st.sampled_from(plan.DAYS), st.data())
    def test_on_the_plan(self, known, on, data):
        for rule, (status, missing) in statuses(plan.active(), known, on).items():
            assert (status == OPEN) == bool(missing)
            if status == OPEN:
                everything = supply(known, missing, plan_pools(), data)
                assert engines.compiled(rule, everything, on).status != OPEN

    @examples(40)
    @given(plan_facts())
    def test_where_no_input_settles_a_size_the_size_is_asked_itself(self, known):
        known = {**{k: v for k, v in known.items() if k != "enterprise_size"}, "industry_code": "J66"}
        _, missing = statuses(plan.active(), {**known, "entity_type": "enterprise"})["m02-medium-term-credit-line"]
        assert missing == ("enterprise_size",)


def completion_leaving_open(open_after, facts, pools, most):
    """Whether some values of the facts leave the status open; ``most`` of them are tried."""
    choices = product(*(pools[fact] for fact in facts))
    return any(open_after(dict(zip(facts, values, strict=True))) for values in islice(choices, most))


@st.composite
def read_once(draw, depth=2):
    """A tree in which no fact stands twice."""
    condition = draw(trees(plain_leaves, depth))
    used = set()

    def prune(node):
        if "name" in node:
            group = "industry_code" if node["name"] in ("industry_section", "enterprise_size") else node["name"]
            group = "registered" if group.startswith("registered") else group
            fresh = group not in used and not (group == "annual_revenue" and "industry_code" in used)
            used.add(group)
            return node if fresh else None
        ((key, parts),) = node.items()
        kept = [part for part in map(prune, parts) if part is not None]
        return {key: kept} if kept else None

    pruned = prune(condition)
    assume(pruned is not None)
    return pruned


class TestNecessary:
    """For each missing fact, some values of the others leave the status open."""

    @examples(80)
    @given(small_policies(read_once(), rules=1), some_facts)
    def test_where_each_fact_is_read_once(self, policy, known):
        known = {k: v for k, v in known.items() if not policy.vocabulary[k].derived and k != "annual_revenue"}
        condition = policy.rules[0].versions[0].condition
        status, missing = statuses(ActivePolicy(policy), known)["r-0"]
        sides = {fact: two_sides(policy, fact) for fact in missing}
        # a comparison that no value meets, or that every value meets, is refused when a pack is checked
        assume(all(len(values) > 1 for values in sides.values()))
        for fact in missing:
            others = [other for other in missing if other != fact]

            def still_open(chosen, fact=fact):
                facts = settle(policy.vocabulary, policy.division, {**known, **chosen}).known
                return truth_of(condition, facts) is None

            assert completion_leaving_open(still_open, others, sides, 5000), (status, fact, missing)

    @pytest.mark.parametrize("on", ["2022-12-31", "2024-03-01", "2026-06-01"])
    def test_on_each_rule_of_the_plan_with_nothing_known(self, on):
        on = date.fromisoformat(on)
        idle = {}
        for rule in plan.policy().decidable:
            version = rule.in_force(on)
            if version is not None:
                missing = engines.compiled(rule.id, {}, on).missing
                idle[rule.id] = [fact for fact in missing if not _can_leave_open(version, missing, fact)]
        assert {rule: facts for rule, facts in idle.items() if facts} == {}


def _can_leave_open(version, missing, fact):
    """Whether values of the others, some for each way in which the conditions can turn out, leave the rule open."""
    policy = plan.policy()
    others = [other for other in missing if other != fact]
    values = {other: two_sides(policy, other, version) for other in others}

    def still_open(chosen):
        return truth_of(version.condition, settle(policy.vocabulary, policy.division, chosen).known) is None

    return completion_leaving_open(still_open, others, values, 60_000)


SIZES = {
    "industry_code": ["E47", "C33", "A01", "J66"],
    "employees": [10**6, 300, 0],
    "annual_revenue": [10**15, 60_000_000, 0],
    "total_assets": [10**15, 50_000_000, 0],
    "registration_division": ["140722", "130722"],
}


def two_sides(policy, fact, version=None):
    """A few values of a fact: what makes a condition on it true, and what makes it false."""
    comparisons = list(leaves(version.condition)) if version else comparisons_of(policy)
    candidates = pool(policy.vocabulary[fact], comparisons) if version else SMALL_POOLS[fact]
    if policy.vocabulary[fact].type is FactType.TEXT:
        candidates = ["寒王乡", "x", "他乡"]
    about = [leaf for leaf in comparisons if fact in leaf.facts]
    if fact in SIZES and not about:
        return SIZES[fact]
    seen = {}
    for value in candidates:
        known = {other: candidates[0] for leaf in about for other in leaf.facts} | {fact: value}
        seen.setdefault(tuple(truth_of(leaf, known) for leaf in about), value)
    return [*seen.values(), *SIZES.get(fact, ())]


def test_of_no_conditions_all_hold_and_none_does():
    assert truth_of(AllOf(()), {}) is True
    assert truth_of(AnyOf(()), {}) is False


def test_random_trees_do_reach_every_status():
    """The generator is worth its runs: on the same draws all three statuses occur."""
    found = set()

    @examples(60)
    @given(small_policies(any_conditions, rules=1), some_facts)
    def collect(policy, known):
        found.add(statuses(ActivePolicy(policy), known)["r-0"][0])

    collect()
    assert found == {"eligible", "ineligible", OPEN}
