"""Corners that the shipped pack never reaches."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from app.rules.columns_packed import pack_columns
from app.rules.columns_questions import question_column
from app.rules.columns_schema import physical_schema
from app.rules.derived import settle
from app.rules.errors import PackError
from app.rules.evaluate import status_of
from app.rules.packs.parse import parse_policy
from app.rules.vocabulary import Vocabulary
from tests.rules import columns, plan

DAY = date(2023, 1, 1)


@pytest.mark.parametrize("value", [1, None, 2.5])
def test_a_document_of_plain_values_is_refused_with_its_places(value):
    with pytest.raises(PackError) as refusal:
        parse_policy({"manifest": value, "clauses": [value]})
    assert ("manifest",) in {fault.path[:1] for fault in refusal.value.faults}


@pytest.mark.parametrize("results", [[], [{}]])
def test_nothing_open_asks_nothing(results):
    asked = question_column(results, ["employees"], lambda expression: expression)
    assert pl.DataFrame({"row": [1, 2]}).select(pl.col("row"), asked=asked)["asked"].to_list() == [None, None]


def test_columns_without_a_packed_fact_stay_as_they_are():
    schema = physical_schema(plan.policy().vocabulary)
    table = pl.DataFrame({"entity": ["a"], "employees": [3]})
    assert table.select(pack_columns(schema, ["entity", "employees"])).equals(table)


def test_members_in_another_order_decide_the_same():
    """A vocabulary may list sections and classes as it likes; a section it does not list is no section of its own."""
    plain = plan.policy()
    facts = list(plain.vocabulary.facts)
    for name, kept in (("industry_section", ("E", "B")), ("enterprise_size", ("large", "small", "micro", "medium"))):
        fact = plain.vocabulary[name]
        facts[fact.index] = replace(fact, members=tuple(m for value in kept for m in fact.members if m.value == value))
    policy = replace(plain, vocabulary=Vocabulary(tuple(facts), plain.vocabulary.size_rows))
    entities = [
        {"entity_type": "enterprise", "industry_code": code, "employees": number, "annual_revenue": Decimal(10**8)}
        for code in ("B06", "C3311", "E4710", "F51", "J66")
        for number in (1, 150, 5000)
    ]
    found = columns.outcomes(columns.program(policy, DAY), columns.frame(policy.vocabulary, entities))
    for entity, outcomes in zip(entities, found, strict=True):
        known = settle(policy.vocabulary, policy.division, entity).known
        for rule in ("m02-medium-term-credit-line", "m29-green-mine-guidance", "m12-construction-output-tier"):
            condition = policy.rule(rule).in_force(DAY).condition
            assert outcomes[rule].status == status_of(condition, known), (entity, rule)
