"""Conditions as written: the tree they become, and every way in which they cannot be read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from app.rules.conditions import (
    AllOf,
    AnyOf,
    Comparison,
    FactOperand,
    Hint,
    expected_value,
    leaves,
    parse_condition,
)
from app.rules.text import Text
from tests.rules import small

VOCABULARY = small.vocabulary()
leaf = small.leaf


def parse(raw):
    """The tree of what must be right."""
    faults = []
    tree = parse_condition(raw, VOCABULARY, (), faults)
    assert faults == []
    return tree


def faults(raw, path=()):
    found = []
    parse_condition(raw, VOCABULARY, path, found)
    return [(fault.code, fault.path) for fault in found]


class TestTree:
    def test_all_any_and_comparison(self):
        tree = parse({"all": [leaf("ready", "is_true"), {"any": [leaf("kind", "equal_to", "a")]}]})
        assert tree == AllOf((Comparison("ready", "is_true"), AnyOf((Comparison("kind", "equal_to", "a"),))))

    def test_leaves_in_the_order_written_with_repeats(self):
        ready, fixed = leaf("ready", "is_true"), leaf("fixed", "is_false")
        tree = parse({"any": [{"all": [ready, fixed]}, {"all": [fixed, ready]}]})
        assert [item.fact for item in leaves(tree)] == ["ready", "fixed", "fixed", "ready"]

    @pytest.mark.parametrize(
        ("raw", "expected"),
        [
            (leaf("kind", "equal_to", "a"), "a"),
            (leaf("kind", "is_one_of", ["b", "a"]), ("b", "a")),
            (leaf("count", "equal_to", "3"), 3),
            (leaf("price", "less_than", "10.50"), Decimal("10.5")),
            (leaf("share", "greater_than", "0.03"), Decimal("0.03")),
            (leaf("weight", "greater_than_or_equal_to", "0.000001"), Decimal("0.000001")),
            (leaf("growth", "less_than_or_equal_to", "-0.5"), Decimal("-0.5")),
            (leaf("since", "less_than", "2022-04-18"), date(2022, 4, 18)),
            (leaf("place", "equal_to", "寒王乡"), "寒王乡"),
            (leaf("place", "is_one_of", ["寒王乡"]), ("寒王乡",)),
            (leaf("industry_code", "equal_to", "C33"), "C33"),
            (leaf("tags", "shares_at_least_one_element_with", ["y", "x"]), ("y", "x")),
            (leaf("tags", "is_empty"), None),
            (leaf("ready", "is_true"), None),
            (leaf("ready", "is_true", "true"), None),
            (leaf("ready", "is_false", True), None),
            (leaf("price", "less_than", {"fact": "ceiling"}), FactOperand("ceiling")),
            (leaf("price", "less_than", {"fact": "ceiling", "plus": "0.01"}), FactOperand("ceiling", Decimal("0.01"))),
            (leaf("since", "less_than", {"fact": "since"}), FactOperand("since")),
        ],
    )
    def test_right_sides(self, raw, expected):
        assert parse(raw).expected == expected

    def test_equal_content_is_the_same_condition(self):
        one = parse(leaf("price", "less_than", "3.0", hint={"zh": "甲", "en": "one"}))
        other = parse(leaf("price", "less_than", "3"))
        assert one == other
        assert hash(one) == hash(other)
        assert parse(leaf("kind", "is_one_of", ["a", "b"])) != parse(leaf("kind", "is_one_of", ["b", "a"]))

    def test_facts_of_a_comparison(self):
        assert parse(leaf("price", "less_than", {"fact": "ceiling"})).facts == ("price", "ceiling")
        assert parse(leaf("price", "less_than", {"fact": "price", "plus": "1"})).facts == ("price",)
        assert parse(leaf("price", "less_than", "1")).facts == ("price",)

    def test_hint(self):
        hint = {"zh": "甲", "en": "one", "when": ["a", "b"]}
        assert parse(leaf("kind", "equal_to", "c", hint=hint)).hint == Hint(Text("甲", "one"), frozenset("ab"))


KNOWN = {"count": 3, "price": Decimal("1.5"), "since": date(2022, 4, 18), "ready": True, "kind": "a"}


class TestExpectedValue:
    @pytest.mark.parametrize(
        ("expected", "value"),
        [
            (None, None),
            ("a", "a"),
            (("b", "a"), frozenset("ab")),
            (Decimal("1.5"), Decimal("1.5")),
            (FactOperand("count"), 3),
            (FactOperand("count", Decimal(2)), 5),
            (FactOperand("price", Decimal("0.25")), Decimal("1.75")),
            (FactOperand("since"), date(2022, 4, 18)),
            (FactOperand("since", Decimal(1)), date(2022, 4, 18)),
            (FactOperand("ready", Decimal(1)), True),
            (FactOperand("kind", Decimal(1)), "a"),
            (FactOperand("ceiling"), None),
            (FactOperand("ceiling", Decimal(2)), None),
        ],
    )
    def test_on_known_facts(self, expected, value):
        assert expected_value(expected, KNOWN) == value


class TestFaults:
    @pytest.mark.parametrize("raw", [None, "ready", ["ready"], 5, True])
    def test_not_a_mapping(self, raw):
        assert faults(raw, ("conditions",)) == [("wrong_type", ("conditions",))]

    @pytest.mark.parametrize("key", ["all", "any"])
    @pytest.mark.parametrize("items", [[], None, {}, "ready"])
    def test_nothing_under_all_or_any(self, key, items):
        assert faults({key: items}) == [("empty_condition", (key,))]

    @pytest.mark.parametrize(
        "raw",
        [
            {"all": [leaf("ready", "is_true")], "any": [leaf("ready", "is_true")]},
            {"all": [leaf("ready", "is_true")], "name": "ready"},
            {"any": [leaf("ready", "is_true")], "hint": "x"},
        ],
    )
    def test_all_or_any_beside_something_else(self, raw):
        assert faults(raw) == [("ambiguous_condition", ())]

    @pytest.mark.parametrize(("depth", "code"), [(19, []), (20, ["too_deep"]), (50, ["too_deep"])])
    def test_nesting_of_more_than_twenty(self, depth, code):
        raw = leaf("ready", "is_true")
        for _ in range(depth):
            raw = {"all": [raw]}
        assert [found for found, _ in faults(raw)] == code

    @pytest.mark.parametrize(
        ("operator", "code", "nearest"),
        [
            ("greater_then", "unknown_operator", "greater_than"),
            ("equals", "unknown_operator", None),
            ("", "unknown_operator", None),
            ("matches_regex", "operator_not_allowed", None),
            ("contains", "operator_not_allowed", None),
            ("starts_with", "operator_not_allowed", None),
        ],
    )
    def test_operators_that_are_not_ours(self, operator, code, nearest):
        found = []
        parse_condition(leaf("price", operator, "1"), VOCABULARY, (), found)
        assert [(fault.code, fault.path) for fault in found] == [(code, ("operator",))]
        assert nearest is None or found[0].suggestions[0] == nearest

    @pytest.mark.parametrize(
        ("name", "operator", "value"),
        [
            ("ready", "equal_to", "true"),
            ("ready", "less_than", "1"),
            ("kind", "is_true", None),
            ("kind", "less_than", "a"),
            ("tags", "equal_to", "x"),
            ("tags", "is_one_of", ["x"]),
            ("price", "is_one_of", ["1"]),
            ("price", "is_true", None),
            ("price", "is_empty", None),
            ("since", "is_one_of", ["2022-04-18"]),
            ("place", "less_than", "a"),
            ("industry_code", "greater_than", "C"),
        ],
    )
    def test_operators_that_do_not_fit_the_type(self, name, operator, value):
        assert faults(leaf(name, operator, value)) == [("operator_not_allowed", ("operator",))]

    def test_an_unknown_fact_and_an_unknown_operator_are_both_told(self):
        raw = {"all": [leaf("redy", "is_tru")]}
        assert faults(raw) == [("unknown_fact", ("all", 0, "name")), ("unknown_operator", ("all", 0, "operator"))]

    def test_nothing_said_at_all(self):
        assert faults({}) == [("unknown_fact", ("name",)), ("unknown_operator", ("operator",))]

    @pytest.mark.parametrize(
        ("raw", "code", "path"),
        [
            (leaf("kind", "equal_to", "d"), "not_in_enum", ("value",)),
            (leaf("kind", "is_one_of", ["a", "d"]), "not_in_enum", ("value", 1)),
            (leaf("kind", "is_one_of", []), "empty_list", ("value",)),
            (leaf("kind", "is_one_of", "a"), "empty_list", ("value",)),
            (leaf("kind", "is_one_of"), "empty_list", ("value",)),
            (leaf("tags", "shares_at_least_one_element_with", ["x", "q"]), "not_in_enum", ("value", 1, 0)),
            (leaf("price", "less_than", "1.001"), "too_many_decimals", ("value",)),
            (leaf("price", "less_than", "-1"), "out_of_range", ("value",)),
            (leaf("price", "less_than", "1e5"), "number_format", ("value",)),
            (leaf("count", "less_than", "1.5"), "wrong_type", ("value",)),
            (leaf("since", "less_than", "2022-02-30"), "date_invalid", ("value",)),
            (leaf("industry_code", "equal_to", "3311"), "code_format", ("value",)),
            (leaf("price", "less_than"), "wrong_type", ("value",)),
            (leaf("ready", "is_true", "yes"), "wrong_type", ("value",)),
            (leaf("ready", "is_true", "false"), "wrong_type", ("value",)),
            (leaf("tags", "is_empty", ["x"]), "wrong_type", ("value",)),
        ],
    )
    def test_right_sides(self, raw, code, path):
        assert (code, path) in faults(raw)

    @pytest.mark.parametrize(
        ("value", "code", "path"),
        [
            ({"fact": "cieling"}, "unknown_fact", ("value", "fact")),
            ({}, "unknown_fact", ("value", "fact")),
            ({"fact": "count"}, "unit_mismatch", ("value",)),
            ({"fact": "ready"}, "unit_mismatch", ("value",)),
            ({"fact": "ceiling", "plus": "1.001"}, "too_many_decimals", ("value", "plus")),
            ({"fact": "ceiling", "plus": "x"}, "number_format", ("value", "plus")),
            ({"fact": "ceiling", "minus": "1"}, "unknown_field", ("value", "minus")),
        ],
    )
    def test_another_fact_as_the_right_side(self, value, code, path):
        assert (code, path) in faults(leaf("price", "less_than", value))

    def test_the_same_type_in_another_unit(self):
        assert faults(leaf("count", "less_than", {"fact": "months"})) == [("unit_mismatch", ("value",))]

    def test_a_constant_beside_what_is_no_figure(self):
        assert faults(leaf("kind", "equal_to", {"fact": "kind", "plus": "1"})) == [("unit_mismatch", ("value", "plus"))]

    @pytest.mark.parametrize(
        ("hint", "code", "path"),
        [
            ("call us", "wrong_type", ("hint",)),
            ({"zh": "甲"}, "missing_field", ("hint", "en")),
            ({"zh": "甲", "en": " "}, "text_empty", ("hint", "en")),
            ({"zh": "甲", "en": 5}, "wrong_type", ("hint", "en")),
            ({"zh": "甲\u200b乙", "en": "x"}, "text_invalid", ("hint", "zh")),
            ({"zh": "甲", "en": "x", "if": "a"}, "unknown_field", ("hint", "if")),
            ({"zh": "甲", "en": "x", "when": "a"}, "wrong_type", ("hint", "when")),
            ({"zh": "甲", "en": "x", "when": ["a", "q"]}, "not_in_enum", ("hint", "when", 1)),
        ],
    )
    def test_hints(self, hint, code, path):
        assert faults(leaf("kind", "equal_to", "a", hint=hint)) == [(code, path)]

    def test_a_misspelt_key(self):
        found = []
        parse_condition({**leaf("ready", "is_true"), "vale": "true"}, VOCABULARY, (), found)
        assert [(f.code, f.path, f.suggestions[0]) for f in found] == [("unknown_field", ("vale",), "value")]

    def test_every_fault_is_told_with_its_place(self):
        raw = {
            "all": [
                leaf("redy", "is_true"),
                {"any": [leaf("price", "less_than", "x"), {"all": []}]},
                leaf("kind", "equal_to", "d"),
            ]
        }
        assert faults(raw, ("rule",)) == [
            ("unknown_fact", ("rule", "all", 0, "name")),
            ("number_format", ("rule", "all", 1, "any", 0, "value")),
            ("empty_condition", ("rule", "all", 1, "any", 1, "all")),
            ("not_in_enum", ("rule", "all", 2, "value")),
        ]
