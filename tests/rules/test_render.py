"""Results as bytes: every key in its place, the three depths of explanation, caveats, words of each rule."""

from __future__ import annotations

import json
from datetime import date

import pytest

from app.services.decide import DecisionRequest, Explain, decide
from app.services.registry import ActivePolicy
from tests.rules import plan, small

DAY = date(2023, 1, 1)
READY, FIXED = small.leaf("ready", "is_true"), small.leaf("fixed", "is_true")
RESULT_KEYS = [
    "rule_id",
    "clause",
    "kind",
    "title",
    "subjects",
    "status",
    "missing_facts",
    "reasons",
    "near_miss",
    "amount",
    "outcome",
    "validity",
    "caveats",
    "units",
    "citations",
    "interpretations",
]
AMOUNT_KEYS = ["status", "value", "currency", "nature", "certainty", "steps", "parameter", "missing_facts"]
SUBSTANCE = ("reasons", "near_miss", "citations", "interpretations")

HNTE = {
    "entity_type": "enterprise",
    "registered_in_county": True,
    "hnte_application_accepted": True,
    "hnte_application_grant_received": False,
}


def answer(policy, on=DAY, explain="full", language="zh", **given):
    request = DecisionRequest(given, on, explain=Explain(explain), language=language)
    return json.loads(decide(ActivePolicy(policy), request, on, calculation=False))


def result(policy, **asked):
    return answer(policy, **asked)["results"][0]


class TestShape:
    @pytest.mark.parametrize("explain", ["none", "summary", "full"])
    @pytest.mark.parametrize("on", ["2022-04-17", "2023-01-01"])
    def test_every_key_in_the_same_order_at_every_depth(self, explain, on):
        for item in plan.ask(HNTE, on=on, explain=explain)["results"]:
            assert list(item) == RESULT_KEYS
            assert list(item["amount"]) == AMOUNT_KEYS
            assert list(item["validity"]) == ["from", "to", "basis"]
            assert all(list(caveat) == ["code", "text"] for caveat in item["caveats"])

    def test_citation(self):
        citation = plan.ask_rule("m38-hnte-certification-award", {})["citations"][0]
        assert list(citation) == ["document", "title", "clause", "article", "quote", "mark", "valid_from"]
        assert (citation["document"], citation["clause"], citation["valid_from"]) == (
            "zuoquan-2022",
            "38",
            "2022-04-18",
        )
        assert len(citation["quote"]) <= 60


class TestExplain:
    def test_none_leaves_every_list_of_the_why_empty(self):
        for on in ("2022-04-17", "2023-01-01"):
            for item in plan.ask(HNTE, on=on, explain="none")["results"]:
                assert [item[key] for key in SUBSTANCE] == [[], [], [], []]
                assert item["amount"]["steps"] == []

    @pytest.mark.parametrize(
        ("facts", "truths"),
        [
            (HNTE, ["true"] * 4),
            ({**HNTE, "hnte_application_accepted": False}, ["false"]),
            ({**HNTE, "hnte_application_accepted": None}, ["unknown"]),
            ({}, ["unknown"] * 4),
        ],
    )
    def test_summary_holds_the_conditions_whose_truth_is_the_results(self, facts, truths):
        found = plan.ask_rule("m38-hnte-application-grant", facts, explain="summary")
        assert [reason["truth"] for reason in found["reasons"]] == truths

    def test_full_holds_every_condition_also_after_the_result_was_settled(self):
        facts = {"entity_type": "other", "hnte_application_accepted": True}
        found = plan.ask_rule("m38-hnte-application-grant", facts, explain="full")
        assert [(reason["fact"], reason["truth"]) for reason in found["reasons"]] == [
            ("entity_type", "false"),
            ("registered_in_county", "unknown"),
            ("hnte_application_accepted", "true"),
            ("hnte_application_grant_received", "unknown"),
        ]

    def test_a_rule_out_of_force_is_cited_and_gives_no_reason(self):
        found = plan.ask_rule("m38-hnte-application-grant", HNTE, on="2022-04-17")
        assert found["status"] == "not_in_force"
        assert [found[key] for key in ("missing_facts", "reasons", "near_miss", "caveats")] == [[], [], [], []]
        assert found["validity"] == {"from": "2022-04-18", "to": None, "basis": "open_ended"}
        assert found["citations"]
        assert found["amount"]["status"] == "not_applicable"

    def test_after_its_last_version_the_nearest_is_named(self):
        found = plan.ask_rule("m10-land-use-tax-reduction", {}, on="2027-06-01")
        assert found["validity"] == {"from": "2022-04-18", "to": "2025-12-31", "basis": "stated"}


def below(fact, **more):
    return small.leaf("price", "less_than", {"fact": fact, **more})


class TestReasons:
    @pytest.mark.parametrize(
        ("leaf", "given", "expected", "actual"),
        [
            (READY, {"ready": False}, True, False),
            (small.leaf("ready", "is_false"), {"ready": False}, False, False),
            (small.leaf("tags", "is_empty"), {"tags": frozenset("zx")}, [], ["x", "z"]),
            (small.leaf("kind", "is_one_of", ["b", "a"]), {"kind": "c"}, ["b", "a"], "c"),
            (small.leaf("count", "equal_to", "3"), {"count": 4}, 3, 4),
            (small.leaf("price", "less_than", "3"), {}, "3.00", None),
            (small.leaf("share", "less_than", "0.030"), {}, "0.03", None),
            (small.leaf("since", "less_than", "2022-04-18"), {"since": date(2022, 4, 18)}, "2022-04-18", "2022-04-18"),
            (below("ceiling"), {}, {"fact": "ceiling"}, None),
            (below("ceiling", plus="1"), {}, {"fact": "ceiling", "plus": "1.00"}, None),
        ],
    )
    def test_expected_and_actual(self, leaf, given, expected, actual):
        (reason,) = result(small.policy(small.rule("r", {"all": [leaf]})), **given)["reasons"]
        assert list(reason) == ["fact", "operator", "expected", "actual", "truth", "text"]
        assert (reason["fact"], reason["operator"]) == (leaf["name"], leaf["operator"])
        assert (reason["expected"], reason["actual"]) == (expected, actual)

    def test_repeated_conditions_are_each_listed(self):
        condition = {"any": [READY, {"all": [READY, FIXED]}]}
        found = result(small.policy(small.rule("r", condition)), ready=True)
        assert [reason["fact"] for reason in found["reasons"]] == ["ready", "ready", "fixed"]

    def test_each_rule_gives_its_own_advice_on_a_shared_condition(self):
        one, other = ({**READY, "hint": {"zh": f"甲{n}", "en": f"advice {n}"}} for n in (1, 2))
        policy = small.policy(
            small.rule("one", {"all": [one]}),
            small.rule("other", {"all": [other]}),
            small.rule("bare", {"all": [READY]}),
        )
        texts = [item["reasons"][0]["text"] for item in answer(policy, language="en", ready=False)["results"]]
        assert [("advice 1" in text, "advice 2" in text) for text in texts] == [
            (True, False),
            (False, True),
            (False, False),
        ]

    def test_the_land_rules_of_the_plan_do_not_share_their_advice(self):
        facts = {"on_green_mine_list": True, "mine_work_kind": "new", "construction_land_approved": False}
        (reason,) = plan.ask_rule("m29-green-mine-flexible-grant", facts, explain="summary")["reasons"]
        assert "请先依法办理建设用地手续" in reason["text"]
        assert "直接配置指标" not in reason["text"]


class TestAmount:
    def test_not_applicable_has_no_nature(self):
        amount = plan.ask_rule("m10-deed-tax-minimum-rate", {"is_deed_tax_payer": True})["amount"]
        assert list(amount.values()) == ["not_applicable", None, "CNY", None, None, [], None, []]

    def test_computed(self):
        amount = plan.ask_rule("m38-hnte-application-grant", HNTE, explain="summary")["amount"]
        steps = [{"label": "金额", "expression": "60000", "value": "60000"}]
        assert list(amount.values()) == ["computed", "60000.00", "CNY", "grant", "stated", steps, None, []]

    def test_undetermined_has_a_nature_and_no_certainty(self):
        amount = plan.ask_rule("m38-hnte-application-grant", {})["amount"]
        assert list(amount.values()) == ["undetermined", None, "CNY", "grant", None, [], None, []]

    def test_not_published_names_the_parameter(self):
        facts = {"land_use_tax_payer": True}
        amount = plan.ask_rule("m10-land-use-tax-reduction", facts)["amount"]
        assert list(amount.values()) == [
            "not_published",
            None,
            "CNY",
            "tax_saved",
            None,
            [],
            "m10_land_use_tax_cut",
            [],
        ]

    def test_of_a_near_miss_hangs_on_no_fact_derived_from_a_change(self):
        more = small.leaf("annual_revenue", "greater_than_or_equal_to", "30000000")
        medium = small.leaf("enterprise_size", "equal_to", "medium")
        chosen = {"label": small.text("part"), "if": medium, "then": "1", "else": "2"}
        rule = small.rule("r", {"all": [more]}, amount={"formula": "part", "where": {"part": chosen}})
        given = {"industry_code": "C33", "employees": 500, "annual_revenue": 19_000_000}
        (near,) = result(small.policy(rule), **given)["near_miss"]
        assert (near["changes"][0]["fact"], near["amount"]) == ("annual_revenue", None)
        (near,) = result(small.policy(rule), enterprise_size="medium", annual_revenue=1)["near_miss"]
        assert near["amount"] == "1.00"


SOLAR = {"project_sector": "photovoltaic", "pv_capacity_kw": "5999", "eia_catalogue_listed": True}


class TestCaveats:
    def codes(self, facts, on):
        return [caveat["code"] for caveat in plan.ask_rule("m33-eia-exempt", facts, on=on)["caveats"]]

    def test_conflicts_with_the_national_list_on_an_eligible_result_only(self):
        assert self.codes(SOLAR, "2023-01-01") == ["conflicts_with_national_list"]
        assert self.codes({**SOLAR, "pv_capacity_kw": "6000"}, "2023-01-01") == []
        assert self.codes({**SOLAR, "pv_capacity_kw": None}, "2023-01-01") == []

    def test_not_where_another_branch_is_true(self):
        assert self.codes({**SOLAR, "eia_catalogue_listed": False}, "2023-01-01") == []

    def test_the_horizon_hangs_on_every_status_in_force(self):
        for capacity in ("5999", "6000", None):
            assert self.codes({**SOLAR, "pv_capacity_kw": capacity}, "2026-01-01")[-1] == "confirm_in_force"

    def test_every_caveat_speaks_both_languages(self):
        for rule in plan.policy().rules:
            for caveat in (*rule.caveats, *(c for version in rule.versions for c in version.caveats)):
                assert caveat.text.zh != caveat.text.en


class TestQuestions:
    @pytest.mark.parametrize(
        ("fact", "kind", "options"),
        [
            ("ready", "bool", [{"value": True, "label": "是"}, {"value": False, "label": "否"}]),
            ("kind", "enum", [{"value": m, "label": f"{m.upper()}(中)"} for m in "abc"]),
            ("tags", "set", [{"value": m, "label": f"{m.upper()}(中)"} for m in "xyz"]),
            ("price", "money", None),
            ("count", "int", None),
            ("since", "date", None),
            ("place", "text", None),
            ("partner", "code", None),
        ],
    )
    def test_type_and_options(self, fact, kind, options):
        operator, value = {
            "bool": ("is_true", None),
            "enum": ("equal_to", "a"),
            "set": ("is_empty", None),
            "money": ("less_than", "5"),
            "int": ("less_than", "5"),
            "date": ("less_than", "2022-01-01"),
            "text": ("equal_to", "x"),
            "code": ("equal_to", "91140722MA0KX7Y867"),
        }[kind]
        policy = small.policy(small.rule("r", {"all": [small.leaf(fact, operator, value)]}))
        question = answer(policy)["next_question"]
        assert list(question) == ["fact", "question", "type", "options", "settles"]
        assert question == {"fact": fact, "question": f"{fact}?(中)", "type": kind, "options": options, "settles": 1}

    def test_in_english(self):
        question = answer(small.policy(small.rule("r", {"all": [READY]})), language="en")["next_question"]
        assert question["question"] == "ready?"
        assert [option["label"] for option in question["options"]] == ["Yes", "No"]


class TestWhatIsKept:
    """Outcomes are kept by the facts they hang on, and only so many of them."""

    def test_a_full_shelf_is_emptied_and_the_answers_stay(self, monkeypatch):
        for limit in ("_KEPT", "_KEPT_DERIVATIONS"):
            monkeypatch.setattr(f"app.rules.render.{limit}", 2)
        policy = small.policy(
            small.rule("r", {"all": [small.leaf("count", "less_than", "5")]}, amount="count * 2"),
            small.rule("s", {"all": [small.leaf("enterprise_size", "equal_to", "micro"), READY]}),
        )
        kept = ActivePolicy(policy)
        for revenue in (1, 2, 3):
            for count in (0, 1, 2, 3, 0, 9):
                given = {"count": count, "industry_code": "A01", "annual_revenue": revenue, "ready": count > 1}
                answers = [
                    decide(asked, DecisionRequest(given, DAY), DAY, calculation=False)
                    for asked in (kept, ActivePolicy(policy))
                ]
                assert answers[0] == answers[1]
