"""Amounts as written: the tree they become, and every way in which they cannot be read."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.rules.amounts import (
    Bracket,
    Choose,
    FactRef,
    Figure,
    Lookup,
    Named,
    Operation,
    ParameterRef,
    Pick,
    Schedule,
    children,
    facts_of,
    parameters_of,
    walk,
)
from app.rules.formulas import parse_amount
from app.rules.text import Text
from tests.rules import small

VOCABULARY = small.vocabulary()
PARAMETERS = {"award_1": None, "award_2": None}
STEPS = [{"up_to": "100", "rate": "0.1", "quick": "0"}, {"rate": "0.2", "quick": "10"}]
LABEL = small.text("part")


def read(raw):
    faults = []
    tree = parse_amount({"formula": raw} if isinstance(raw, str) else raw, VOCABULARY, PARAMETERS, ("amount",), faults)
    return tree, faults


def parse(raw):
    tree, faults = read(raw)
    assert faults == []
    return tree


def faults(raw):
    return [(fault.code, fault.path[1:]) for fault in read(raw)[1]]


def part(**written):
    """An amount that is one named part."""
    return {"formula": "part", "where": {"part": {"label": LABEL, **written}}}


class TestFormula:
    @pytest.mark.parametrize(
        ("text", "tree"),
        [
            ("150000", Figure(Decimal(150000))),
            ("0.03", Figure(Decimal("0.03"))),
            ("0.1000000000000000000000000000000000001", Figure(Decimal("0.1000000000000000000000000000000000001"))),
            ("price", FactRef("price")),
            ("award_1", ParameterRef("award_1")),
            (" ( price ) ", FactRef("price")),
            ("price\n* 2", Operation("*", FactRef("price"), Figure(Decimal(2)))),
            ("min(price, 2, 3)", Pick("min", (FactRef("price"), Figure(Decimal(2)), Figure(Decimal(3))))),
            ("max(price, 2)", Pick("max", (FactRef("price"), Figure(Decimal(2))))),
        ],
    )
    def test_parts(self, text, tree):
        assert parse(text) == tree

    def test_precedence_is_that_of_arithmetic(self):
        price, two = FactRef("price"), Figure(Decimal(2))
        assert parse("price - 2 * price / 2") == Operation("-", price, Operation("/", Operation("*", two, price), two))
        assert parse("(price - 2) * 2") == Operation("*", Operation("-", price, two), two)
        assert parse("price - 2 - 2") == Operation("-", Operation("-", price, two), two)

    def test_a_figure_never_passes_through_a_float(self):
        assert parse("123456789012345678901234567890.12").value == Decimal("123456789012345678901234567890.12")

    def test_schedule(self):
        tree = parse({"formula": "schedule(tax, price)", "schedules": {"tax": STEPS}})
        brackets = (Bracket(Decimal(100), Decimal("0.1"), Decimal(0)), Bracket(None, Decimal("0.2"), Decimal(10)))
        assert tree == Schedule("tax", brackets, FactRef("price"))

    def test_named_parts(self):
        parts = {"a": {"label": LABEL, "formula": "price"}, "b": {"label": LABEL, "formula": "a * 2"}}
        raw = {"formula": "a + b", "where": parts}
        named = Named("a", Text("part(中)", "part"), FactRef("price"))
        assert parse(raw) == Operation("+", named, Named("b", named.label, Operation("*", named, Figure(Decimal(2)))))

    def test_named_parts_may_stand_in_any_order(self):
        raw = {"formula": "b", "where": {"b": {"label": LABEL, "formula": "a"}, "a": {"label": LABEL, "formula": "1"}}}
        assert parse(raw).body.body == Figure(Decimal(1))

    def test_lookup_in_the_order_of_the_members(self):
        tree = parse(part(by="kind", values={"c": "3", "a": "1", "b": "price"})).body
        assert tree == Lookup("kind", (("a", Figure(Decimal(1))), ("b", FactRef("price")), ("c", Figure(Decimal(3)))))

    def test_choice(self):
        condition = small.leaf("ready", "is_true")
        tree = parse(
            part(**{"if": condition, "then": "price", "else": {"if": condition, "then": "1", "else": "0"}})
        ).body
        assert isinstance(tree, Choose)
        assert (tree.then, tree.otherwise.then) == (FactRef("price"), Figure(Decimal(1)))


class TestWalking:
    def test_every_part_from_left_to_right(self):
        tree = parse(
            part(**{"if": small.leaf("ready", "is_true"), "then": "min(price, award_1)", "else": "award_2 * 0"})
        )
        kinds = [type(node).__name__ for node in walk(tree)]
        assert kinds == ["Named", "Choose", "Pick", "FactRef", "ParameterRef", "Operation", "ParameterRef", "Figure"]
        assert children(Figure(Decimal(1))) == ()

    def test_facts_of_conditions_and_lookups_count(self):
        tree = parse(
            {
                "formula": "a + b + weight",
                "where": {
                    "a": {"label": LABEL, "by": "kind", "values": {"a": "1", "b": "count", "c": "3"}},
                    "b": {
                        "label": LABEL,
                        "if": small.leaf("price", "less_than", {"fact": "ceiling"}),
                        "then": "1",
                        "else": "schedule(tax, share)",
                    },
                },
                "schedules": {"tax": STEPS},
            }
        )
        assert facts_of(tree) == {"kind", "count", "price", "ceiling", "share", "weight"}

    def test_parameters_in_the_order_written_without_repeats(self):
        assert parameters_of(parse("award_2 + award_1 + award_2")) == ("award_2", "award_1")


class TestRefused:
    @pytest.mark.parametrize(
        "text",
        [
            "",
            " ",
            "price +",
            "* price",
            "(price",
            "price)",
            "price price",
            "1 2",
            "price ** 2",
            "price // 2",
            "price % 2",
            "-price",
            "+price",
            "price if 1 else 2",
            "price < 2",
            "price and 2",
            "not price",
            "lambda: 1",
            "[price]",
            "(price, 2)",
            "price.real",
            "price[0]",
            "'x'",
            "True",
            "None",
            "1e5",
            "0x10",
            "0b1",
            "1_000",
            "1j",
            ".5",
            "5.",
            "007",
            "1" * 41,
            "min(price)",
            "max()",
            "min(price, *price)",
            "min(price, key=price)",
            "abs(price)",
            "schedule(price)",
            "schedule(tax, price, 1)",
            "schedule(1, price)",
            "price; price",
            "price # comment",
            "__import__('os').system('id')",
            "price(2)",
            "价格",
            "１",
            "price\x00",
            "x" * 2001,
        ],
    )
    def test_text_that_is_no_formula(self, text):
        assert [code for code, _ in faults(text)] in (["formula_invalid"], ["unknown_fact"])

    @pytest.mark.parametrize("name", ["pric", "kind", "ready", "since", "tags", "place", "award_3", "_price"])
    def test_a_name_that_stands_for_no_figure(self, name):
        assert faults(name) == [("unknown_fact", ("formula",))]

    def test_the_nearest_names_are_told(self):
        _, (found,) = read("pric + 1")
        assert found.suggestions[0] == "price"

    def test_a_schedule_that_is_not_there(self):
        assert faults({"formula": "schedule(tex, price)", "schedules": {"tax": STEPS}}) == [
            ("formula_invalid", ("formula",))
        ]

    @pytest.mark.parametrize("formula", [5, None, ["price"], {"formula": "price"}])
    def test_no_text_at_all(self, formula):
        assert [path for _, path in faults({"formula": formula})] == [("formula",)]

    @pytest.mark.parametrize(("depth", "code"), [(18, []), (25, ["too_deep"])])
    def test_nesting(self, depth, code):
        assert sorted({found for found, _ in faults("min(price, " * depth + "1" + ", 2)" * depth)}) == code

    def test_hostile_nesting_ends(self):
        assert [code for code, _ in faults("(" * 900 + "1" + ")" * 900)] == ["formula_invalid"]


class TestBoundsOfATree:
    """Names multiply: the tree with every name written out must stay one that can be walked."""

    def chain(self, count, form):
        """Parts p0 … pn, each made of the one before."""
        parts = {"p0": {"label": LABEL, "formula": "price"}}
        for place in range(1, count):
            parts[f"p{place}"] = {"label": LABEL, "formula": form.format(f"p{place - 1}")}
        return {"formula": f"p{count - 1}", "where": parts}

    def test_parts_that_double_each_other(self):
        assert faults(self.chain(8, "{0} + {0}")) == []
        assert "too_many_items" in [code for code, _ in faults(self.chain(14, "{0} + {0}"))]

    def test_a_long_chain_of_parts(self):
        assert faults(self.chain(12, "{0} + 1")) == []
        assert "too_deep" in [code for code, _ in faults(self.chain(30, "{0} + 1"))]

    def test_a_ladder_of_choices(self):
        ladder = "0"
        for _ in range(25):
            ladder = {"if": small.leaf("ready", "is_true"), "then": "1", "else": ladder}
        assert "too_deep" in [code for code, _ in faults(part(**ladder))]


class TestRefusedParts:
    @pytest.mark.parametrize(
        ("written", "code", "path"),
        [
            ({}, "missing_field", ("formula",)),
            ({"formula": "1", "unit": "yuan"}, "unknown_field", ("unit",)),
            ({"by": "knd", "values": {}}, "unknown_fact", ("by",)),
            ({"by": "price", "values": {}}, "operator_not_allowed", ("by",)),
            ({"by": "kind", "values": {"a": "1", "b": "2"}}, "missing_field", ("values", "c")),
            ({"by": "kind", "values": {"a": "1", "b": "2", "c": "3", "d": "4"}}, "not_in_enum", ("values", "d")),
            ({"by": "kind", "values": ["1"]}, "wrong_type", ("values",)),
            ({"if": small.leaf("redy", "is_true"), "then": "1", "else": "0"}, "unknown_fact", ("if", "name")),
            ({"if": small.leaf("ready", "is_true"), "then": "1"}, "missing_field", ("else",)),
            ({"if": small.leaf("ready", "is_true"), "else": "1"}, "missing_field", ("then",)),
            ({"if": small.leaf("ready", "is_true"), "then": "1", "else": "x"}, "unknown_fact", ("else",)),
        ],
    )
    def test_each_with_its_place(self, written, code, path):
        assert (code, ("where", "part", *path)) in faults(part(**written))

    def test_a_part_without_words(self):
        raw = {"formula": "a", "where": {"a": {"formula": "1"}}}
        assert ("wrong_type", ("where", "a", "label")) in faults(raw)

    def test_a_part_that_is_no_mapping(self):
        assert ("wrong_type", ("where", "a")) in faults({"formula": "a", "where": {"a": "1"}})

    @pytest.mark.parametrize("name", ["price", "award_1", "min", "schedule"])
    def test_a_name_that_is_taken(self, name):
        raw = {"formula": "1", "where": {name: {"label": LABEL, "formula": "1"}}}
        assert ("name_taken", ("where", name)) in faults(raw)

    def test_parts_that_use_each_other_in_a_circle(self):
        raw = {"formula": "a", "where": {"a": {"label": LABEL, "formula": "b"}, "b": {"label": LABEL, "formula": "a"}}}
        assert "unknown_fact" in [code for code, _ in faults(raw)]

    def test_a_key_that_has_no_meaning(self):
        assert faults({"formula": "1", "when": {}}) == [("unknown_field", ("when",))]


class TestRefusedSchedules:
    @pytest.mark.parametrize(
        "steps",
        [
            [],
            None,
            "x",
            [{"up_to": "100", "rate": "0.1", "quick": "0"}],
            [{"rate": "0.1", "quick": "0"}, {"rate": "0.2", "quick": "10"}],
            [STEPS[0], STEPS[0], STEPS[1]],
            [{"up_to": "200", "rate": "0.1", "quick": "0"}, *STEPS],
            [STEPS[0], {"rate": "0.2"}],
            [STEPS[0], {"rate": "20%", "quick": "10"}],
            [STEPS[0], {"rate": "0.2", "quick": "10", "upto": "5"}],
            [STEPS[0], "0.2"],
        ],
    )
    def test_brackets(self, steps):
        found = faults({"formula": "schedule(tax, price)", "schedules": {"tax": steps}})
        assert found
        assert all(path[:2] == ("schedules", "tax") for _, path in found)
