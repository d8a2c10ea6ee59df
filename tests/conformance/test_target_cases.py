"""Every case of the time limits: which target a request has, or still can have."""

from __future__ import annotations

import pytest

from app.services.decide import match_targets
from tests.conformance import cases
from tests.rules.plan import active

TARGET_CASES = cases.target_cases()


@pytest.mark.parametrize("case", TARGET_CASES, ids=[case["id"] for case in TARGET_CASES])
def test_matching(case):
    asked = {"status", "targets", "missing_facts", "ranges"}
    assert match_targets(active(), cases.given(case)) == {key: case[key] for key in asked}
