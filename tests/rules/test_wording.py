"""Facts, conditions and warnings in words, in both languages."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest

from app.rules.conditions import leaves, parse_condition
from app.rules.derived import warnings
from app.rules.operators import OPERATORS
from app.rules.text import LANGUAGES
from app.rules.wording import (
    UNITS,
    ReasonWords,
    expected_text,
    json_value,
    requirement_text,
    value_text,
    warning_text,
)
from tests.rules import plan, small

VOCABULARY = small.vocabulary()
CJK = re.compile(r"[\u3400-\u9fff]")
leaf = small.leaf


def comparison(raw):
    faults = []
    tree = parse_condition(raw, VOCABULARY, (), faults)
    assert faults == []
    return tree


def sentence(raw, actual, truth, language="en"):
    return ReasonWords(comparison(raw), VOCABULARY, language).sentence(actual, truth)


class TestJsonValue:
    @pytest.mark.parametrize(
        ("fact", "value", "shown"),
        [
            ("ready", True, True),
            ("ready", False, False),
            ("kind", "a", "a"),
            ("place", "寒王乡", "寒王乡"),
            ("tags", frozenset("zxy"), ["x", "y", "z"]),
            ("tags", frozenset(), []),
            ("count", 5, 5),
            ("count", Decimal(5), 5),
            ("price", Decimal(5), "5.00"),
            ("price", Decimal("999999999999999.99"), "999999999999999.99"),
            ("share", Decimal("0.0300"), "0.03"),
            ("share", Decimal("1E-10"), "0.0000000001"),
            ("weight", Decimal(10), "10"),
            ("since", date(2022, 4, 18), "2022-04-18"),
            ("price", None, None),
        ],
    )
    def test_of_each_type(self, fact, value, shown):
        found = json_value(VOCABULARY[fact], value)
        assert (found, type(found)) == (shown, type(shown))


class TestValueText:
    @pytest.mark.parametrize(
        ("fact", "value", "zh", "en"),
        [
            ("ready", True, "是", "yes"),
            ("ready", False, "否", "no"),
            ("kind", "a", "A(中)", "A"),
            ("tags", frozenset("zx"), "X(中)、Z(中)", "X, Z"),
            ("tags", frozenset(), "无", "none"),
            ("count", 5, "5人", "5 persons"),
            ("months", 36, "36个月", "36 months"),
            ("price", Decimal("10.50"), "10.5元", "10.5 yuan"),
            ("weight", Decimal(10), "10吨/年", "10 tonnes a year"),
            ("share", Decimal("0.030"), "0.03", "0.03"),
            ("since", date(2022, 4, 18), "2022-04-18", "2022-04-18"),
            ("place", "寒王乡", "寒王乡", "寒王乡"),
            ("partner", "91140722MA0KX7Y867", "91140722MA0KX7Y867", "91140722MA0KX7Y867"),
        ],
    )
    def test_of_each_type(self, fact, value, zh, en):
        assert value_text(VOCABULARY[fact], value, "zh") == zh
        assert value_text(VOCABULARY[fact], value, "en") == en

    def test_every_unit_of_the_plan_but_a_bare_fraction_has_words(self):
        used = {fact.unit for fact in plan.policy().vocabulary.facts if fact.unit}
        assert used - set(UNITS) <= {"fraction"}


class TestRequirement:
    @pytest.mark.parametrize(
        ("raw", "words"),
        [
            (leaf("ready", "is_true"), "must be yes"),
            (leaf("ready", "is_false"), "must be no"),
            (leaf("kind", "equal_to", "a"), "must be A"),
            (leaf("kind", "is_one_of", ["b", "a"]), "must be one of: B, A"),
            (leaf("place", "is_one_of", ["寒王乡", "x"]), "must be one of: 寒王乡, x"),
            (leaf("count", "less_than", "5"), "must be below 5 persons (that figure excluded)"),
            (leaf("count", "less_than_or_equal_to", "5"), "must be at most 5 persons (that figure included)"),
            (leaf("count", "greater_than", "5"), "must be above 5 persons (that figure excluded)"),
            (leaf("count", "greater_than_or_equal_to", "5"), "must be at least 5 persons (that figure included)"),
            (leaf("price", "less_than", {"fact": "ceiling"}), "must be below “ceiling” (that figure excluded)"),
            (
                leaf("price", "less_than", {"fact": "ceiling", "plus": "0.50"}),
                "must be below “ceiling” + 0.5 yuan (that figure excluded)",
            ),
            (leaf("tags", "shares_at_least_one_element_with", ["x", "y"]), "must include at least one of: X, Y"),
            (leaf("tags", "is_empty"), "must be none at all"),
        ],
    )
    def test_of_each_operator(self, raw, words):
        assert requirement_text(comparison(raw), VOCABULARY, "en") == words

    @pytest.mark.parametrize("name", sorted(OPERATORS))
    def test_each_operator_speaks_both_languages(self, name):
        words = OPERATORS[name].words
        assert CJK.search(words.zh)
        assert not CJK.search(words.en)
        assert ("{expected}" in words.zh) == ("{expected}" in words.en) == (OPERATORS[name].operand != "none")

    def test_whether_the_figure_is_included_is_always_said(self):
        for name in ("less_than", "greater_than"):
            assert "不含本数" in OPERATORS[name].words.zh
            assert "(含本数)" in OPERATORS[f"{name}_or_equal_to"].words.zh.replace("（", "(").replace("）", ")")

    def test_nothing_stands_for_no_right_side(self):
        assert expected_text(VOCABULARY["ready"], None, VOCABULARY, "zh") == ""


class TestSentence:
    LIMIT = leaf("count", "less_than", "5")

    def test_met_not_met_and_not_known(self):
        start = "count must be below 5 persons (that figure excluded); "
        assert sentence(self.LIMIT, 4, True) == start + "yours: 4 persons; met."
        assert sentence(self.LIMIT, 5, False) == start + "yours: 5 persons; not met."
        assert sentence(self.LIMIT, None, None) == start + "not known yet."

    def test_where_only_the_other_side_is_unknown(self):
        found = sentence(leaf("price", "less_than", {"fact": "ceiling"}), Decimal(5), None)
        assert found.endswith("yours: 5 yuan, but the figure to compare with is not known yet.")

    def test_in_chinese(self):
        found = sentence(self.LIMIT, 5, False, "zh")
        assert found.startswith("count(中)须低于5人")
        assert "实际为5人" in found
        assert "不符合" in found

    def test_advice_stands_on_a_false_condition_only(self):
        advised = {**self.LIMIT, "hint": {"zh": "请减少。", "en": "Have fewer."}}
        assert sentence(advised, 5, False).endswith("not met. Have fewer.")
        assert sentence(advised, 5, False, "zh").endswith("请减少。")
        assert "Have fewer" not in sentence(advised, 4, True) + sentence(advised, None, None)

    def test_advice_for_some_values_only(self):
        hint = {"zh": "请先转为甲。", "en": "Become A first.", "when": ["b"]}
        advised = leaf("kind", "equal_to", "a", hint=hint)
        assert sentence(advised, "b", False).endswith("Become A first.")
        assert sentence(advised, "c", False).endswith("not met.")


GIVEN = {
    "uscc": "91140722MA0KX7Y860",
    "business_state": "revoked",
    "hnte_times_certified": 1,
    "hnte_consecutive_certifications": 3,
    "registration_division": "140722",
    "registered_in_county": False,
}


class TestWarnings:
    def texts(self, language):
        policy = plan.policy()
        found = warnings(policy.vocabulary, policy.division, GIVEN, date(2023, 1, 1))
        return {item.code: warning_text(item, policy.vocabulary, GIVEN, language) for item in found}

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_name_what_they_are_about(self, language):
        vocabulary, texts = plan.policy().vocabulary, self.texts(language)
        assert vocabulary["registered_in_county"].label.in_(language) in texts["derived_conflict"]
        assert vocabulary["uscc"].label.in_(language) in texts["code_check_digit"]
        assert re.search(r"\b7\b| 7", texts["code_check_digit"])
        for fact in ("hnte_times_certified", "hnte_consecutive_certifications"):
            assert vocabulary[fact].label.in_(language) in texts["inconsistent_facts"]
        assert vocabulary["business_state"].member_labels["revoked"].in_(language) in texts["not_operating"]

    def test_the_date_asked_lies_in_the_future(self):
        for language in LANGUAGES:
            (found,) = plan.ask({}, on="2026-11-25", language=language)["warnings"]
            assert (found["code"], found["facts"]) == ("date_in_future", [])
            assert bool(CJK.search(found["message"])) == (language == "zh")


class TestThePlan:
    """All that the plan can say about conditions, on nothing known and on something that fails."""

    def reasons(self, language):
        failing = {"entity_type": "other", "registered_in_county": False, "general_processes": ["boiler"]}
        for facts in ({}, failing):
            for on in ("2023-01-01", "2026-06-01"):
                for result in plan.ask(facts, on=on, language=language)["results"]:
                    yield from result["reasons"]

    def test_in_english_no_chinese_is_left_but_names_of_places(self):
        for reason in self.reasons("en"):
            if reason["fact"] != "project_township":
                assert not CJK.search(reason["text"]), reason["text"]

    def test_no_placeholder_is_left(self):
        for language in LANGUAGES:
            assert not [reason for reason in self.reasons(language) if re.search(r"[{}]", reason["text"])]

    def test_each_reason_names_its_fact(self):
        for language in LANGUAGES:
            for reason in self.reasons(language):
                assert plan.policy().vocabulary[reason["fact"]].label.in_(language) in reason["text"]

    def test_every_text_of_a_rule_is_in_both_languages(self):
        for rule in plan.policy().rules:
            texts = [rule.title, rule.outcome, *rule.interpretations, *(version.outcome for version in rule.versions)]
            texts += [
                item.hint.text
                for version in rule.versions
                if version.condition
                for item in leaves(version.condition)
                if item.hint
            ]
            for text in texts:
                assert CJK.search(text.zh), rule.id
                assert re.search("[a-z]{3}", text.en), rule.id
