"""Reading a whole set of facts: what is known, and every fault with its place."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.rules.reading import MAX_FAULTS, Number, read_fact, read_facts
from tests.rules import plan, small

VOCABULARY = small.vocabulary()


def read(raw):
    return read_facts(VOCABULARY, raw)


def faults(raw):
    return [(fault.code, fault.path) for fault in read(raw)[1]]


def fault(fact_id, raw):
    (found,) = read_fact(VOCABULARY[fact_id], raw)
    return found


class TestBool:
    @pytest.mark.parametrize("raw", [True, False])
    def test_true_and_false(self, raw):
        assert read({"ready": raw}) == ({"ready": raw}, [])
        assert read_fact(VOCABULARY["ready"], raw) is raw

    @pytest.mark.parametrize("raw", ["true", "false", "False", "yes", "NO", "是", "否", Number("0"), 1, [], {}, ""])
    def test_nothing_else(self, raw):
        found = fault("ready", raw)
        assert (found.code, found.params["expected"]) == ("wrong_type", "boolean")

    def test_every_bool_of_the_plan_refuses_words(self):
        for fact in plan.policy().vocabulary.facts:
            if fact.type == "bool":
                assert [f.code for f in read_fact(fact, "false")] == ["wrong_type"]


class TestEnum:
    def test_exact_members(self):
        assert read({"kind": "a"}) == ({"kind": "a"}, [])

    @pytest.mark.parametrize("raw", ["A", " a", "a ", "", "d", "A(中)", "a\u200b", "null"])
    def test_any_other_text(self, raw):
        found = fault("kind", raw)
        assert (found.code, found.params["allowed"]) == ("not_in_enum", ["a", "b", "c"])

    @pytest.mark.parametrize("raw", [Number("1"), 1, True, ["a"], {"a": 1}])
    def test_another_json_type(self, raw):
        assert fault("kind", raw).code == "wrong_type"


class TestSet:
    @pytest.mark.parametrize(
        ("raw", "value"),
        [
            ([], frozenset()),
            (["x"], frozenset("x")),
            (["y", "x"], frozenset("xy")),
            (["x", "y", "x", "x"], frozenset("xy")),
            (["x"] * 51, frozenset("x")),
            (["x"] * 5000, frozenset("x")),
        ],
    )
    def test_order_and_repeats_do_not_matter(self, raw, value):
        assert read({"tags": raw}) == ({"tags": value}, [])

    @pytest.mark.parametrize("raw", ["x", {"x": True}, Number("1"), True])
    def test_not_an_array(self, raw):
        found = fault("tags", raw)
        assert (found.code, found.params["expected"]) == ("wrong_type", "array")

    def test_each_wrong_item_has_its_place(self):
        raw = ["x", "kiln", Number("1"), None, ["y"], "X"]
        assert faults({"tags": raw}) == [
            ("not_in_enum", ("tags", 1)),
            ("wrong_type", ("tags", 2)),
            ("wrong_type", ("tags", 3)),
            ("wrong_type", ("tags", 4)),
            ("not_in_enum", ("tags", 5)),
        ]

    def test_more_than_fifty_different_items(self):
        assert faults({"tags": [f"item{n}" for n in range(51)]}) == [("too_many_items", ("tags",))]

    def test_fifty_different_ones_are_told_one_by_one(self):
        assert faults({"tags": [f"item{n}" for n in range(50)]}) == [("not_in_enum", ("tags", n)) for n in range(50)]

    def test_no_more_than_fifty_faults_of_one_set(self):
        assert len(faults({"tags": [Number("1")] * 400})) == MAX_FAULTS


class TestUnknown:
    def test_null_is_the_same_as_absent(self):
        every = dict.fromkeys((fact.id for fact in VOCABULARY.facts), None)
        assert read(every) == read({}) == ({}, [])

    def test_a_set_that_is_empty_is_known(self):
        assert read({"tags": []}) == ({"tags": frozenset()}, [])


class TestNames:
    @pytest.mark.parametrize(
        ("name", "first"),
        [
            ("employes", "employees"),
            ("anual_revenue", "annual_revenue"),
            ("entity_typ", "entity_type"),
            ("enterprise_sizes", "enterprise_size"),
            ("Employees", "employees"),
            ("employees ", "employees"),
        ],
    )
    def test_an_unknown_one_is_told_the_nearest(self, name, first):
        _, (found,) = read_facts(plan.policy().vocabulary, {name: Number("5")})
        assert (found.code, found.path, found.params["value"]) == ("unknown_fact", (name,), name)
        assert found.suggestions[0] == first

    def test_at_most_three_are_named(self):
        _, (found,) = read_facts(plan.policy().vocabulary, {"hnte_application": True})
        assert 1 <= len(found.suggestions) <= 3

    @pytest.mark.parametrize("name", ["", "收入", "zzzzzzzz", "x" * 101, "\ud800", "employees" * 50])
    def test_nothing_is_near_some(self, name):
        _, (found,) = read_facts(plan.policy().vocabulary, {name: Number("5")})
        assert (found.code, found.suggestions) == ("unknown_fact", ())

    def test_null_does_not_hide_an_unknown_name(self):
        assert faults({"employes": None}) == [("unknown_fact", ("employes",))]


class TestManyFaults:
    def test_all_are_told_in_the_order_given(self):
        raw = {"employees": True, "nothing": 1, "annual_revenue": "1e9", "ready": True, "tags": ["q"], "count": "1001"}
        values, found = read(raw)
        assert values == {"ready": True}
        assert [(fault.code, fault.path) for fault in found] == [
            ("wrong_type", ("employees",)),
            ("unknown_fact", ("nothing",)),
            ("number_format", ("annual_revenue",)),
            ("not_in_enum", ("tags", 0)),
            ("out_of_range", ("count",)),
        ]

    def test_five_hundred_facts_are_read(self):
        assert len(faults({f"none_{n}": 1 for n in range(500)})) == MAX_FAULTS

    def test_five_hundred_and_one_are_too_many(self):
        values, found = read({"ready": True, **{f"none_{n}": 1 for n in range(500)}})
        assert values == {}
        assert [(fault.code, fault.path, fault.params) for fault in found] == [("too_many_items", (), {"limit": 500})]

    def test_unknown_names_leave_room_for_wrong_values(self):
        raw = {**{f"none_{n}": 1 for n in range(100)}, "employees": True}
        assert faults(raw)[-1] == ("wrong_type", ("employees",))


def test_one_value_of_each_type():
    raw = {
        "ready": True,
        "count": Number("3"),
        "price": Number("1.50"),
        "share": "0.025",
        "weight": "0.5",
        "since": "2022-04-18",
        "place": " 寒王乡 ",
        "kind": "a",
        "tags": ["z", "x"],
        "industry_code": "c33",
    }
    values, found = read(raw)
    assert found == []
    assert {name: type(value).__name__ for name, value in values.items()} == {
        "ready": "bool",
        "count": "int",
        "price": "Decimal",
        "share": "Decimal",
        "weight": "Decimal",
        "since": "date",
        "place": "str",
        "kind": "str",
        "tags": "frozenset",
        "industry_code": "str",
    }
    assert values["price"] == Decimal("1.5")
