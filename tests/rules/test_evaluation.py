"""The compiled edition: selections, missing facts, and the state of each amount."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from app.rules.edition import Edition
from app.rules.evaluation import CompiledEdition
from tests.rules import small

DAY = date(2023, 1, 1)
READY = small.leaf("ready", "is_true")
SMALL = small.leaf("enterprise_size", "is_one_of", ["micro", "small"])


def compiled(*rules, **more):
    return CompiledEdition(Edition.of(small.policy(*rules, **more), DAY))


def evaluate(edition, **given):
    """The evaluation of all rules, and a reader of masks."""

    def names(mask):
        return [fact.id for fact in edition.vocabulary.facts if mask >> fact.index & 1]

    return edition.evaluate(given, edition.select(lambda rule: True)), names


def amount(edition, **given):
    """Status, text of the value, facts wanting and parameter of the only rule's amount."""
    evaluation, names = evaluate(edition, **given)
    found = evaluation.amounts.get(0)
    return found and (found.status, found.value and str(found.value), names(found.missing), found.parameter)


class TestMissing:
    def test_a_derived_fact_is_replaced_by_its_inputs(self):
        edition = compiled(small.rule("r", {"all": [READY, SMALL]}))
        evaluation, names = evaluate(edition, annual_revenue=Decimal(5))
        assert names(evaluation.missing[0]) == ["industry_code", "employees", "total_assets", "ready"]

    def test_in_nested_parts_too(self):
        county = small.leaf("registered_in_county", "is_true")
        edition = compiled(small.rule("r", {"all": [READY, {"any": [{"all": [SMALL, county]}, county]}]}))
        evaluation, names = evaluate(edition, ready=True, enterprise_size="large")
        assert names(evaluation.missing[0]) == ["registration_division"]

    def test_by_itself_when_no_input_can_settle_it(self):
        evaluation, names = evaluate(compiled(small.rule("r", {"all": [SMALL]})), industry_code="J66")
        assert names(evaluation.missing[0]) == ["enterprise_size"]

    def test_nothing_for_a_rule_that_is_decided(self):
        evaluation, _ = evaluate(compiled(small.rule("r", {"all": [READY]})), ready=False)
        assert evaluation.missing == {}

    def test_only_selected_rules_are_looked_into(self):
        edition = compiled(small.rule("one", {"all": [READY]}), small.rule("two", {"all": [SMALL]}))
        selection = edition.select(lambda rule: rule.id == "two")
        assert (selection.places, selection.whole, selection.derived) == ((1,), False, {"enterprise_size"})
        assert set(edition.evaluate({}, selection).missing) == {1}
        assert edition.select(lambda rule: True).whole
        assert edition.select(lambda rule: False).places == ()


class TestAmountStates:
    def test_of_an_ineligible_rule_there_is_none(self):
        assert amount(compiled(small.rule("r", {"all": [READY]}, amount="price")), ready=False) is None

    def test_a_constant(self):
        edition = compiled(small.rule("r", {"all": [READY]}, amount="150000"))
        assert amount(edition, ready=True) == ("computed", "150000.00", [], None)
        assert amount(edition) == ("undetermined", None, [], None)

    def test_facts_wanting(self):
        edition = compiled(small.rule("r", {"all": [READY]}, amount="price * months"))
        assert amount(edition) == ("undetermined", None, ["months", "price"], None)
        assert amount(edition, price=Decimal(1)) == ("undetermined", None, ["months"], None)
        assert amount(edition, ready=True, price=Decimal(1)) == ("undetermined", None, ["months"], None)
        assert amount(edition, ready=True, price=Decimal(2), months=3) == ("computed", "6.00", [], None)

    def test_a_parameter_that_is_not_set(self):
        edition = compiled(small.rule("r", {"all": [READY]}, amount="award"), parameters=[small.parameter("award")])
        assert amount(edition, ready=True) == ("not_published", None, [], "award")
        assert amount(edition) == ("undetermined", None, [], "award")

    def test_a_parameter_that_is_set(self):
        award = small.parameter("award", ("2022-01-01", None, "12.345"))
        edition = compiled(small.rule("r", {"all": [READY]}, amount="award"), parameters=[award])
        assert amount(edition, ready=True) == ("computed", "12.35", [], "award")

    def test_a_branch_chosen_before_all_facts_are_known(self):
        chosen = {"label": small.text("part"), "if": small.leaf("fixed", "is_true"), "then": "1", "else": "price"}
        edition = compiled(small.rule("r", {"all": [READY]}, amount={"formula": "part", "where": {"part": chosen}}))
        assert amount(edition, ready=True, fixed=True) == ("computed", "1.00", [], None)
        assert amount(edition, ready=True, fixed=False) == ("undetermined", None, ["price"], None)
        assert amount(edition, ready=True) == ("undetermined", None, ["fixed", "price"], None)

    @pytest.mark.parametrize("ready", [True, None])
    def test_a_derived_fact_that_an_amount_needs_is_replaced_by_its_inputs(self, ready):
        chosen = {"label": small.text("part"), "if": SMALL, "then": "1", "else": "2"}
        edition = compiled(small.rule("r", {"all": [READY]}, amount={"formula": "part", "where": {"part": chosen}}))
        known = {} if ready is None else {"ready": ready}
        assert amount(edition, **known)[2] == ["industry_code", "employees", "annual_revenue", "total_assets"]
        assert amount(edition, **known, industry_code="A01")[2] == ["annual_revenue"]
        assert amount(edition, **known, industry_code="J66")[2] == ["enterprise_size"]

    def test_after_a_change(self):
        edition = compiled(small.rule("r", {"all": [READY]}, amount="price * 2"), small.rule("s", {"all": [READY]}))
        assert edition.amount_after(0, {"price": Decimal("1.25")}) == Decimal("2.50")
        assert edition.amount_after(0, {}) is None
        assert edition.amount_after(1, {"price": Decimal(1)}) is None
