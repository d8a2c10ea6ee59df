"""Results of rules, counted by status: every one, whichever decisions they came with."""

from __future__ import annotations

from collections import Counter
from datetime import date

import orjson
import pytest

from app.services.decide import DecisionRequest, Explain, decided
from app.services.packs import load_policy
from app.services.registry import ActivePolicy
from app.services.rule_tally import RuleTally

ON = date(2023, 6, 1)
SHOP = {"entity_type": "individual_business", "registration_division": "140722"}


@pytest.fixture(scope="module")
def active():
    return ActivePolicy(load_policy("zuoquan-2022"))


def test_counts_are_those_of_the_answers(active):
    requests = [
        DecisionRequest(facts, on, explain=Explain.NONE, **narrowed)
        for facts, on, narrowed in (
            ({}, ON, {}),
            (SHOP, ON, {}),
            (SHOP, ON, {"measures": frozenset({"38"})}),
            ({}, date(2020, 1, 1), {}),
            ({}, ON, {"rules": frozenset()}),
        )
    ]
    tally, answered = RuleTally(), Counter()
    for number in range(1200):  # more than are added up together
        asked = requests[number % len(requests)]
        found = decided(active, asked, ON, calculation=number % 2 == 0)
        tally.note(found)
        answered.update((item["rule_id"], item["status"]) for item in orjson.loads(found.body)["results"])
        if number == 10:
            tally.counts()  # a look in between changes nothing
    counted = tally.counts()
    assert {policy for policy, _, _ in counted} == {"zuoquan-2022"}
    assert {(rule, str(status)): count for (_, rule, status), count in counted.items()} == answered
    assert {status for _, status in answered} == {"eligible", "ineligible", "undetermined", "not_in_force"}


def test_nothing_decided_is_nothing_counted():
    assert RuleTally().counts() == {}
