"""Cases: how they are read, what the reference answers, and how answers are compared with what a case expects."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from app.rules.packs.cases import USUAL_DAY, Case, Expected, case_value, read_cases
from app.rules.packs.trial import Outcome, compare, reference_outcome
from tests.rules import small

READY = {"all": [small.leaf("ready", "is_true")]}
CAVEATS = (
    {"code": "confirm_in_force", "from": "2024-01-01", "text": small.text("confirm")},
    {
        "code": "conflicts_with_national_list",
        "text": small.text("conflict"),
        "when": {"all": [small.leaf("weight", "greater_than", "10")]},
        "unless": {"all": [small.leaf("fixed", "is_true")]},
    },
)
POLICY = small.policy(
    small.rule("m01-grant", READY, amount="award * count", caveats=list(CAVEATS)),
    small.rule("m01-list", {"all": [small.leaf("registered_in_county", "is_true")]}),
    parameters=[small.parameter("award", ("2023-01-01", None, "100"))],
)
CASE = Case("one", "m01-grant", date(2023, 6, 1), {}, Expected("eligible", (), "not_applicable"), ("cases", "m01.yaml"))


def case(given, rule="m01-grant", on="2023-06-01"):
    return replace(CASE, given=given, rule=rule, on=date.fromisoformat(on))


class TestReading:
    def test_a_case_without_a_date_is_of_the_usual_day(self):
        faults = []
        written = {"id": "one", "rule": "m01-list", "facts": {"ready": "true"}, "status": "eligible", "why": "said"}
        (found,), targets = read_cases({"m01.yaml": {"cases": [written]}}, POLICY, faults)
        assert (found.on, found.given, targets, faults) == (USUAL_DAY, {"ready": True}, (), [])

    @pytest.mark.parametrize("written", ["true", "false"])
    def test_yes_and_no_are_no_text(self, written):
        assert case_value("ready", written, POLICY.vocabulary) is (written == "true")

    @pytest.mark.parametrize("name", ["place", "nothing"])
    def test_other_facts_keep_theirs(self, name):
        assert case_value(name, "true", POLICY.vocabulary) == "true"


class TestReference:
    def test_before_the_plan(self):
        assert reference_outcome(POLICY, case({}, on="2021-12-31")) == Outcome("not_in_force")

    def test_derived_facts_are_asked_by_their_inputs(self):
        assert reference_outcome(POLICY, case({}, "m01-list")) == Outcome("undetermined", ("registration_division",))

    @pytest.mark.parametrize(
        ("given", "on", "outcome"),
        [
            ({"ready": True, "count": 3}, "2023-06-01", Outcome("eligible", (), "computed", Decimal("300.00"))),
            ({"ready": True, "count": 3}, "2022-06-01", Outcome("eligible", (), "not_published")),
            ({"ready": True}, "2023-06-01", Outcome("eligible", (), "undetermined", None, ("count",))),
            ({"count": 3}, "2023-06-01", Outcome("undetermined", ("ready",), "undetermined")),
            ({"ready": False}, "2023-06-01", Outcome("ineligible")),
        ],
    )
    def test_the_states_of_an_amount(self, given, on, outcome):
        found = reference_outcome(POLICY, case(given, on=on))
        assert replace(found, parameter=None) == outcome
        assert found.parameter == (None if outcome.status == "ineligible" else "award")

    @pytest.mark.parametrize(
        ("given", "on", "caveats"),
        [
            ({"ready": True}, "2024-01-01", ("confirm_in_force",)),
            ({"ready": True, "weight": Decimal(11)}, "2023-01-01", ("conflicts_with_national_list",)),
            ({"ready": True, "weight": Decimal(11), "fixed": True}, "2023-01-01", ()),
            ({"ready": False, "weight": Decimal(11)}, "2024-01-01", ("confirm_in_force",)),
        ],
    )
    def test_caveats(self, given, on, caveats):
        assert reference_outcome(POLICY, case(given, on=on)).caveats == caveats

    def test_a_rule_that_there_is_not(self):
        with pytest.raises(LookupError):
            reference_outcome(POLICY, case({}, "m01-gone"))


class TestCompare:
    GOOD = Outcome("eligible", amount_status="computed", amount=Decimal("300.00"), caveats=("confirm_in_force",))
    WANTED = replace(CASE, expected=Expected("eligible", (), "computed", Decimal(300)))

    def found(self, reference, compiled, wanted=WANTED):
        return [(f.code, f.params["engine"], f.params["actual"]) for f in compare(wanted, reference, compiled)]

    def test_as_expected(self):
        assert self.found(self.GOOD, self.GOOD) == []

    def test_both_answer_something_else(self):
        other = replace(self.GOOD, amount=Decimal("299.99"), status="undetermined", missing_facts=("ready", "count"))
        assert self.found(other, other) == [
            ("case_status", "both", "undetermined"),
            ("case_missing_facts", "both", "ready, count"),
            ("case_amount", "both", "299.99"),
        ]

    def test_one_of_them_does(self):
        assert self.found(self.GOOD, replace(self.GOOD, amount=None)) == [("case_amount", "compiled", "null")]
        assert self.found(replace(self.GOOD, status="ineligible"), self.GOOD) == [
            ("case_status", "reference", "ineligible")
        ]

    def test_they_differ_where_the_case_expects_nothing(self):
        assert self.found(self.GOOD, replace(self.GOOD, caveats=())) == [("case_caveats", "compiled", "")]

    def test_what_the_case_states_and_both_miss(self):
        wanted = replace(self.WANTED, expected=replace(self.WANTED.expected, parameter="award", caveats=()))
        assert self.found(self.GOOD, self.GOOD, wanted) == [
            ("case_parameter", "both", "null"),
            ("case_caveats", "both", "confirm_in_force"),
        ]
