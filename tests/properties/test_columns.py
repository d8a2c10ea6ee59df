"""The third execution: columns say of every row what the interpreter says of it alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
from hypothesis import assume, given
from hypothesis import strategies as st

from app.rules.amount_bounds import bound_faults
from app.rules.columns_packed import pack_columns
from app.rules.compile_columns import compile_columns
from app.rules.derived import settle
from app.rules.edition import Edition
from app.rules.evaluate import truth_of
from app.rules.near_miss import NearMissFinder
from app.rules.questions import facts_of_mask, next_question
from app.services.registry import ActivePolicy
from tests.conformance import engines
from tests.properties.strategies import (
    all_facts,
    amounts,
    examples,
    movable_conditions,
    plan_facts,
    small_policies,
    some_facts,
)
from tests.rules import columns, plan

DAY = date(2023, 1, 1)
ENTITIES = st.lists(st.one_of(some_facts, all_facts), min_size=1, max_size=8)


@st.composite
def sound_policies(draw):
    """Random policies with amounts that a pack may have: none so large that columns could not hold it."""
    policy = draw(small_policies(amount=amounts()))
    versions = [version for rule in policy.decidable for version in rule.versions]
    faults = [
        fault
        for version in versions
        for fault in bound_faults(version.amount, policy.vocabulary, policy.parameters, ())
    ]
    assume(all(fault.code != "possible_overflow" for fault in faults))
    return policy


def without_parameter(outcome):
    return replace(outcome, parameter=None)


def assert_same(asked, entities, on):
    """Status, missing facts, amount, its state and what it needs, of each rule for each entity."""
    program = columns.program(asked.policy, on)
    found = columns.outcomes(program, columns.frame(asked.policy.vocabulary, entities))
    for row, entity in zip(found, entities, strict=True):
        for rule_id, outcome in row.items():
            assert outcome == without_parameter(engines.reference(rule_id, entity, on, asked)), rule_id


class TestRandomPolicies:
    @examples(80)
    @given(sound_policies(), ENTITIES)
    def test_equal_to_the_interpreter(self, policy, entities):
        assert_same(ActivePolicy(policy), entities, DAY)

    @examples(30)
    @given(
        small_policies(amount=amounts()), ENTITIES, st.sets(st.sampled_from(["kind", "price", "employees", "ready"]))
    )
    def test_a_fact_without_a_column_is_unknown(self, policy, entities, left_out):
        names = [fact.id for fact in policy.vocabulary.facts if fact.id not in left_out]
        program = columns.program(policy, DAY, names)
        table = columns.frame(policy.vocabulary, entities, names)
        whole = columns.program(policy, DAY)
        cut = [{name: value for name, value in entity.items() if name not in left_out} for entity in entities]
        found = columns.outcomes(program, table)
        assert found == columns.outcomes(whole, columns.frame(policy.vocabulary, cut))

    @examples(30)
    @given(sound_policies(), ENTITIES)
    def test_packed_columns_say_the_same(self, policy, entities):
        whole = columns.program(policy, DAY)
        table = columns.frame(policy.vocabulary, entities)
        packed = table.select(pack_columns(whole.schema, table.columns))
        program = compile_columns(Edition.of(policy, DAY), packed.columns)
        assert columns.decide(program, packed) == columns.decide(whole, table)

    @examples(40)
    @given(small_policies(), ENTITIES)
    def test_missing_facts_as_expressions_and_out_of_the_bitmaps(self, policy, entities):
        program = columns.program(policy, DAY)
        table = columns.frame(policy.vocabulary, entities)
        words = [word for place in program.layout.places for word in columns.missing_words(program, place)]
        masks = program.run(table, words).rows(named=True)
        for row, mask in zip(columns.outcomes(program, table), masks, strict=True):
            for place, outcome in zip(program.layout.places, row.values(), strict=True):
                whole = mask[f"missing.{place}.0"]
                assert outcome.missing == tuple(policy.vocabulary.facts[bit].id for bit in facts_of_mask(whole))

    @examples(60)
    @given(small_policies(movable_conditions, rules=2), ENTITIES)
    def test_distance_of_near_misses(self, policy, entities):
        program = columns.program(policy, DAY)
        table = columns.frame(policy.vocabulary, entities)
        found = program.run(table, [pl.lit(0).alias("none"), *program.near_misses()])
        for standing in program.edition.standings:
            column = f"{standing.rule.id}.near_miss"
            distances = found[column] if column in found.columns else [None] * len(entities)
            for entity, distance in zip(entities, distances, strict=True):
                assert distance == nearest(program.edition, standing, entity)

    @examples(60)
    @given(sound_policies(), ENTITIES, st.booleans(), st.sets(st.sampled_from(["kind", "price"])))
    def test_next_question(self, policy, entities, calculation, skip):
        program = columns.program(policy, DAY)
        asked = program.next_question(skip, calculation=calculation)
        found = program.run(columns.frame(policy.vocabulary, entities), [asked]).to_series()
        for entity, fact in zip(entities, found, strict=True):
            assert fact == question(policy, entity, skip, calculation=calculation)


def nearest(edition, standing, entity):
    """The number of facts in the sets that the finder offers for an ineligible rule."""
    finder = NearMissFinder.of(standing, edition)
    known = settle(edition.policy.vocabulary, edition.policy.division, entity).known
    if finder is None or truth_of(standing.condition, known) is not False:
        return None
    sets = finder.find(known, entity)
    return len({change.fact for change in sets[0]}) if sets else None


def question(policy, entity, skip, *, calculation):
    compiled = ActivePolicy(policy).edition(DAY)
    found = compiled.evaluate(entity, compiled.select(lambda rule: True))
    masks = dict(found.missing)
    if calculation:
        for place, amount in found.amounts.items():
            if amount.status == "undetermined":
                masks[place] = masks.get(place, 0) | amount.missing
    passed = [policy.vocabulary[fact].index for fact in skip]
    best = next_question([facts_of_mask(mask) for mask in masks.values()], passed)
    return None if best is None else policy.vocabulary.facts[best[0]].id


class TestThePlan:
    @examples(40)
    @given(st.lists(plan_facts(), min_size=1, max_size=12), st.sampled_from(plan.DAYS))
    def test_equal_to_the_interpreter(self, entities, on):
        assert_same(plan.active(), entities, on)
