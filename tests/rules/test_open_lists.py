"""A list that the plan leaves open by 等 is decided by the members named, and a note says so."""

from __future__ import annotations

import pytest

from tests.rules.plan import policy

#: The rules that turn on such a list.
OPEN_LISTS = (
    "m02-repayment-deferral",
    "m15-service-industry-support",
    "m18-talent-income-tax-subsidy",
    "m23-priority-quota",
    "m33-eia-exempt",
    "m34-eia-commitment",
    "m36-registration-only",
    "m42-one-industry-one-licence",
    "m47-one-stop-utilities",
)


@pytest.mark.parametrize("rule_id", OPEN_LISTS)
def test_it_is_noted(rule_id):
    notes = policy().rule(rule_id).interpretations
    assert [note for note in notes if "等" in note.zh and "等" in note.en] != []
