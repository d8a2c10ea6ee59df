"""An assessment says what the single decisions say, of whatever facts."""

from __future__ import annotations

from datetime import date, datetime

from hypothesis import given
from hypothesis import strategies as st

from app.deadlines import SHANGHAI
from app.services.assessments import applicable_targets
from app.services.calendars import build_calendar
from app.services.deadlines import DeadlineRequest, answer_deadline
from app.services.decide import DecisionRequest, Explain, assessed, decide, match_targets
from tests.properties.strategies import examples, plan_facts
from tests.properties.test_asking import SUBJECTS
from tests.rules import plan

CALENDAR = build_calendar()
CLOCK = DeadlineRequest(datetime(2023, 3, 1, 9, 30, tzinfo=SHANGHAI), datetime(2023, 3, 6, 10, 0, tzinfo=SHANGHAI))
NARROWED = st.fixed_dictionaries(
    {},
    optional={
        "subjects": st.sets(st.sampled_from(SUBJECTS), min_size=1).map(frozenset),
        "measures": st.sets(st.integers(1, 56).map(str), min_size=1, max_size=9).map(frozenset),
        "skip": st.sets(st.sampled_from(["entity_type", "employees", "industry_code"])).map(frozenset),
    },
)


@examples(60)
@given(plan_facts(), st.sampled_from([date(2022, 4, 17), date(2023, 1, 1), date(2026, 6, 1)]), NARROWED)
def test_every_part_is_that_of_the_operation_that_gives_it_alone(facts, on, narrowed):
    active, policy = plan.active(), plan.policy()
    request = DecisionRequest(facts, on, explain=Explain.SUMMARY, **narrowed)
    targets = applicable_targets(active, request, CLOCK, CALENDAR)
    body = assessed(active, request, plan.TODAY, targets).body
    answer = plan.strict_json(body)
    eligibility = plan.strict_json(decide(active, request, plan.TODAY, calculation=False))
    calculation = plan.strict_json(decide(active, request, plan.TODAY, calculation=True))
    assert answer.pop("total") == calculation["total"]
    assert answer.pop("targets") == targets
    given_question, asked_alone = answer.pop("next_question"), eligibility.pop("next_question")
    assert answer == eligibility
    assert (given_question is None) <= (asked_alone is None)
    if not any(result["amount"]["missing_facts"] for result in eligibility["results"]):
        assert given_question == asked_alone
    matched = match_targets(active, facts)
    assert [item["id"] for item in targets["items"]] == matched.pop("targets")
    assert {name: targets[name] for name in matched} == matched
    known = {target.id: target for target in policy.targets}
    for item in targets["items"]:
        assert item["deadline"] == answer_deadline(policy, known[item["id"]], CLOCK, CALENDAR, "zh")
    assert body == assessed(active, request, plan.TODAY, targets).body
