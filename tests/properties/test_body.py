"""The answer's body: exact figures as plain text, every key, the order of results, the same bytes when asked again."""

from __future__ import annotations

import re
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from app.rules.vocabulary import FactType
from app.services.decide import DecisionRequest, Explain, decide
from app.services.registry import ActivePolicy
from tests.properties.strategies import (
    PARAMETERS,
    SMALL_POOLS,
    amounts,
    any_leaves,
    examples,
    movable_conditions,
    plan_facts,
    plan_pools,
    small_policies,
    some_facts,
    trees,
)
from tests.rules import plan, small

MONEY = re.compile(r"-?\d+\.\d{2}")
PLAIN = re.compile(r"-?\d+(\.\d*[1-9])?")
ANSWER_KEYS = ["on", "policy", "counts", "derived", "warnings", "results", "next_question"]
STATUSES = ["eligible", "ineligible", "undetermined", "not_in_force"]


@st.composite
def policies_with_caveats(draw):
    """A small policy whose rules have amounts, and caveats that hang on facts of their own."""
    rules = [
        small.rule(
            f"r-{place}",
            draw(movable_conditions),
            amount=draw(amounts()),
            caveats=[
                {
                    "code": "conflicts_with_national_list",
                    "text": small.text("conflict"),
                    "when": draw(trees(any_leaves, 0)),
                    **draw(st.sampled_from([{}, {"unless": {"any": [small.leaf("fixed", "is_true")]}}])),
                }
            ],
        )
        for place in range(draw(st.integers(1, 2)))
    ]
    return small.policy(*rules, parameters=PARAMETERS)


depths = st.sampled_from(list(Explain))
languages = st.sampled_from(["zh", "en"])
days = st.sampled_from(plan.DAYS)


def body(known, on, *, asked=None, calculation=False, explain=Explain.FULL, language="zh", **narrowed):
    request = DecisionRequest(known, on, explain=explain, language=language, **narrowed)
    return decide(asked or plan.active(), request, plan.TODAY, calculation=calculation)


def raw(known):
    """The facts as a caller could send them."""
    vocabulary = plan.policy().vocabulary
    return {fact: _raw(vocabulary[fact], value) for fact, value in known.items()}


def _raw(fact, value):
    if fact.type in (FactType.BOOL, FactType.ENUM, FactType.CODE, FactType.TEXT):
        return value
    if fact.type is FactType.SET:
        return sorted(value)
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def assert_figures(answer):
    for result in answer["results"]:
        amount = result["amount"]
        assert amount["value"] is None or MONEY.fullmatch(amount["value"])
        assert (amount["value"] is not None) == (amount["status"] == "computed")
        assert all(near["amount"] is None or MONEY.fullmatch(near["amount"]) for near in result["near_miss"])
        for reason in result["reasons"]:
            if plan.policy().vocabulary.get(reason["fact"]) is not None:
                assert_value(plan.policy().vocabulary[reason["fact"]], reason["actual"])


def assert_value(fact, shown):
    if shown is None:
        return
    if fact.type is FactType.MONEY:
        assert MONEY.fullmatch(shown)
    elif fact.type in (FactType.RATE, FactType.NUMBER):
        assert PLAIN.fullmatch(shown)
    elif fact.type is FactType.INT:
        assert type(shown) is int


class TestShape:
    @examples(40)
    @given(plan_facts(), days, depths, languages, st.booleans())
    def test_of_every_answer(self, known, on, explain, language, calculation):
        answer = plan.strict_json(body(known, on, explain=explain, language=language, calculation=calculation))
        keys = [*ANSWER_KEYS[:-1], "total", ANSWER_KEYS[-1]] if calculation else ANSWER_KEYS
        assert list(answer) == keys
        assert answer["on"] == on.isoformat()
        assert list(answer["policy"].values()) == [plan.policy().id, plan.policy().version, plan.policy().sha256]
        assert_figures(answer)

    @examples(40)
    @given(plan_facts(), days, st.booleans())
    def test_counts_add_up_and_results_stand_in_the_order_of_the_table(self, known, on, calculation):
        answer = plan.strict_json(body(known, on, explain=Explain.NONE, calculation=calculation))
        found = [result["status"] for result in answer["results"]]
        assert answer["counts"] == {status: found.count(status) for status in STATUSES}
        assert list(answer["counts"]) == STATUSES
        assert [result["rule_id"] for result in answer["results"]] == [
            rule.id for rule in plan.policy().decidable if rule.terms is not None or not calculation
        ]

    @examples(40)
    @given(plan_facts(), days)
    def test_missing_facts_stand_in_the_order_of_the_vocabulary_and_are_not_given(self, known, on):
        places = {fact.id: fact.index for fact in plan.policy().vocabulary.facts}
        for result in plan.strict_json(body(known, on, explain=Explain.NONE))["results"]:
            for missing in (result["missing_facts"], result["amount"]["missing_facts"]):
                assert missing == sorted(missing, key=places.__getitem__)
                assert not set(missing) & set(known)
                assert (result["status"] == "undetermined") or not result["missing_facts"]

    @examples(30)
    @given(plan_facts(), days)
    def test_reasons_at_each_depth(self, known, on):
        full, summary, none = (
            plan.strict_json(body(known, on, explain=explain))["results"]
            for explain in (Explain.FULL, Explain.SUMMARY, Explain.NONE)
        )
        truth_of = {"eligible": "true", "ineligible": "false", "undetermined": "unknown"}
        for most, some, bare in zip(full, summary, none, strict=True):
            wanted = truth_of.get(most["status"])
            assert some["reasons"] == [reason for reason in most["reasons"] if reason["truth"] == wanted]
            assert bare["reasons"] == []
            assert some["near_miss"] == most["near_miss"]
            assert {key: most[key] for key in ("status", "missing_facts", "validity", "caveats")} == {
                key: bare[key] for key in ("status", "missing_facts", "validity", "caveats")
            }
            assert {**most["amount"], "steps": []} == bare["amount"]

    @examples(30)
    @given(small_policies(amount=amounts()), some_facts)
    def test_of_random_policies(self, policy, known):
        asked = ActivePolicy(policy)
        answer = plan.strict_json(body(known, plan.DAYS[3], asked=asked, calculation=True, language="en"))
        computed = [r["amount"]["value"] for r in answer["results"] if r["amount"]["status"] == "computed"]
        assert all(MONEY.fullmatch(value) for value in computed)
        assert answer["total"]["value"] == f"{sum(map(Decimal, computed), Decimal(0)):.2f}"
        for result in answer["results"]:
            steps = result["amount"]["steps"]
            assert bool(steps) == (result["amount"]["status"] == "computed")
            if steps:
                assert Decimal(steps[-1]["value"]) == Decimal(result["amount"]["value"])


class TestTotal:
    @examples(40)
    @given(plan_facts(), days)
    def test_adds_up_what_is_money_in_hand(self, known, on):
        answer = plan.strict_json(body(known, on, explain=Explain.NONE, calculation=True))
        natures = ("grant", "tax_saved")
        amounts_of = {result["rule_id"]: result["amount"] for result in answer["results"]}
        computed = {rule: amount for rule, amount in amounts_of.items() if amount["status"] == "computed"}
        total = sum((Decimal(a["value"]) for a in computed.values() if a["nature"] in natures), Decimal(0))
        assert answer["total"] == {
            "value": f"{total:.2f}",
            "currency": "CNY",
            "complete": not answer["total"]["excludes"],
            "excludes": [r for r, a in amounts_of.items() if a["status"] in ("not_published", "undetermined")],
            "separate": [r for r, a in computed.items() if a["nature"] not in natures],
        }


class TestBytes:
    @examples(30)
    @given(plan_facts(), days, depths, languages, st.booleans())
    def test_the_same_question_has_the_same_answer(self, known, on, explain, language, calculation):
        asked = {"explain": explain, "language": language, "calculation": calculation}
        first = body(known, on, **asked)
        body({}, on, **asked)
        assert body(dict(reversed(known.items())), on, **asked) == first

    @examples(30)
    @given(plan_facts(), days, st.lists(st.sampled_from([f.id for f in plan.policy().vocabulary.facts])))
    def test_null_is_absent(self, known, on, nothing):
        sent = raw(known)
        nulls = {fact: None for fact in nothing if fact not in sent}
        for explain in Explain:
            with_nulls = plan.body({**nulls, **sent}, on=on.isoformat(), explain=explain)
            assert with_nulls == plan.body(sent, on=on.isoformat(), explain=explain)

    @examples(12)
    @given(plan_facts(), days, st.data())
    def test_what_is_kept_between_askers_never_shows(self, known, on, data):
        """The same asker step by step with other values: each answer is that of a policy compiled for it alone."""
        asked, pools = ActivePolicy(plan.policy()), plan_pools()
        for fact in data.draw(st.lists(st.sampled_from(sorted(pools)), min_size=2, max_size=4)):
            known = {**known, fact: data.draw(st.sampled_from(pools[fact]))}
            assert body(known, on, asked=asked) == body(known, on, asked=ActivePolicy(plan.policy()))

    @examples(60)
    @given(policies_with_caveats(), some_facts, st.data())
    def test_what_is_kept_between_askers_never_shows_on_random_policies(self, policy, known, data):
        asked, explain = ActivePolicy(policy), data.draw(depths)
        for fact in data.draw(st.lists(st.sampled_from(sorted(SMALL_POOLS)), min_size=2, max_size=6)):
            known = {name: value for name, value in known.items() if name != fact}
            if data.draw(st.integers(0, 3)):
                known[fact] = data.draw(st.sampled_from(SMALL_POOLS[fact]))
            found = body(known, plan.DAYS[3], asked=asked, explain=explain, calculation=True)
            fresh = ActivePolicy(policy)
            assert found == body(known, plan.DAYS[3], asked=fresh, explain=explain, calculation=True)

    @examples(20)
    @given(plan_facts(), days)
    def test_warnings_change_no_result(self, known, on):
        """A code with a wrong check character, an entity that is gone: the results are the same."""
        odd = {**known, "uscc": "1" * 18, "business_state": "revoked"}
        answer, plain = (plan.strict_json(body(facts, on)) for facts in (odd, {**known, "uscc": "91140722MA0KX7Y867"}))
        assert {"code_check_digit", "not_operating"} <= {warning["code"] for warning in answer["warnings"]}
        assert answer["results"] == plain["results"]

    @examples(20)
    @given(plan_facts(), days, st.data())
    def test_a_result_does_not_hang_on_what_else_is_asked(self, known, on, data):
        whole = {r["rule_id"]: r for r in plan.strict_json(body(known, on))["results"]}
        some = data.draw(st.frozensets(st.sampled_from(sorted(whole)), min_size=1, max_size=5))
        found = plan.strict_json(body(known, on, rules=some))["results"]
        assert {result["rule_id"]: result for result in found} == {rule: whole[rule] for rule in some}
