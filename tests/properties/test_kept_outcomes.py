"""What is kept for other askers is what would be decided and rendered anew; nothing kept is ever the wrong one."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from app.rules.truth import FALSE
from app.services.decide import Explain
from app.services.registry import ActivePolicy
from tests.properties.strategies import amounts, any_conditions, examples, plan_facts, small_policies, some_facts
from tests.rules import plan

DAY = date(2023, 1, 1)


def everything(active, on=DAY):
    renderer = active.renderer(on, "zh")
    return renderer, renderer.compiled.select(lambda rule: True)


def check(renderer, selection, facts, explain):
    asker = renderer.compiled.asker(facts)
    evaluation = renderer.compiled.evaluate(facts, selection)
    anew = [renderer.outcome(place, evaluation, explain) for place in selection.places]
    assert renderer.outcomes(asker, selection, explain) == anew
    for place in selection.places:
        finder = renderer.pieces[place].finder
        if finder and evaluation.statuses[place] == FALSE and not finder.may_find(evaluation.truths):
            assert finder.find(asker.settled.known, facts) == []


class TestRandomPolicies:
    @examples(60)
    @given(small_policies(any_conditions, amount=amounts()), st.lists(some_facts, min_size=2, max_size=8), st.data())
    def test_one_asker_after_another(self, policy, askers, data):
        renderer, selection = everything(ActivePolicy(policy))
        for facts in askers:
            changed = {**facts, **data.draw(some_facts)}
            for explain in Explain:
                check(renderer, selection, facts, explain)
                check(renderer, selection, changed, explain)


class TestThePlan:
    active = ActivePolicy(plan.policy())

    @examples(60)
    @given(plan_facts(), st.sampled_from(plan.DAYS), st.sampled_from(list(Explain)))
    def test_one_asker_after_another(self, facts, on, explain):
        renderer, selection = everything(self.active, on)
        check(renderer, selection, facts, explain)
        for fact in list(facts)[:3]:
            check(renderer, selection, {name: value for name, value in facts.items() if name != fact}, explain)
