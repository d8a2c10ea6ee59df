"""What is measured: the plan's policy on one date, and one firm that has told 41 facts about itself."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from app.rules.compile_python import NOT_IN_FORCE
from app.rules.conditions import Comparison, FactOperand, leaves
from app.rules.reading import read_facts
from app.rules.truth import FALSE, TRUE, UNKNOWN
from app.rules.vocabulary import NUMERIC, FactType
from app.services.packs import load_policy
from app.services.registry import ActivePolicy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from app.rules.conditions import Condition
    from app.rules.vocabulary import Fact, Value

ON = date(2023, 6, 1)
STATUS_WORDS = {FALSE: "ineligible", UNKNOWN: "undetermined", TRUE: "eligible", NOT_IN_FORCE: "not_in_force"}

FACTS: dict[str, Any] = {
    "entity_type": "enterprise",
    "ownership": "private",
    "registration_division": "140722",
    "established_on": "2019-05-20",
    "industry_code": "C3670",
    "employees": 86,
    "annual_revenue": "18000000",
    "total_assets": "52000000.00",
    "business_state": "operating",
    "is_key_enterprise": False,
    "tax_credit_rating": "B",
    "has_bank_loan_history": False,
    "has_current_bank_loan": False,
    "hardship_causes": ["covid19"],
    "credit_record_good": True,
    "operating_normally": True,
    "supply_chain_role": "upstream",
    "vat_taxpayer_type": "general",
    "vat_filing_period": "month",
    "vat_period_sales": "3100000.50",
    "vat_credit_balance": "120000",
    "income_tax_overpaid": True,
    "is_restricted_industry": False,
    "annual_taxable_income": "2400000",
    "employees_avg": 86,
    "total_assets_avg": "50000000",
    "other_tax_relief_amount": "0",
    "land_use_tax_payer": True,
    "key_group_category": "none",
    "annual_output_value": "36000000",
    "is_chain_leader": False,
    "pays_tender_deposit": True,
    "guarantor_is_policy_based": True,
    "guarantee_client_kind": "small_micro",
    "guarantee_fee_rate": "0.015",
    "guaranteed_amount": "5000000",
    "guarantee_months": 12,
    "is_technology_enterprise": True,
    "hnte_certified_this_year": True,
    "hnte_times_certified": 1,
    "hnte_consecutive_certifications": 1,
}


@dataclass(frozen=True)
class SubjectRule:
    """A rule in force and its condition."""

    id: str
    condition: Condition


class Subject:
    """Policy, rules in force, the firm as it asks, and the same firm with nothing left unknown."""

    def __init__(self) -> None:
        self.active = ActivePolicy(load_policy("zuoquan-2022"))
        self.compiled = self.active.edition(ON)
        self.selection = self.compiled.select(lambda _rule: True)
        self.vocabulary = self.compiled.vocabulary
        self.rules = [SubjectRule(s.rule.id, s.condition) for s in self.compiled.edition.standings if s.in_force]
        self.given, faults = read_facts(self.vocabulary, FACTS)
        assert not faults, faults

    @cached_property
    def used(self) -> tuple[Fact, ...]:
        """The facts that the rules read."""
        return tuple(self.vocabulary[fact] for fact in self.vocabulary.ordered(self._read()))

    def _read(self) -> set[str]:
        return {fact for rule in self.rules for leaf in leaves(rule.condition) for fact in leaf.facts}

    @cached_property
    def known(self) -> dict[str, Value]:
        """Every fact that a rule reads, known: what the firm told, what follows from it, and the assumptions."""
        assumed = {fact.id: assumption(fact) for fact in self.used if not fact.derived}
        settled = self.active.settle({**assumed, **self.given}).known
        return {fact.id: settled[fact.id] for fact in self.used}

    @cached_property
    def plain(self) -> dict[str, Any]:
        """The same as the peers take it."""
        return self.to_plain(self.known)

    @staticmethod
    def to_plain(entity: Mapping[str, Value]) -> dict[str, Any]:
        """Values in JSON's own types: figures as floats, sets as lists."""
        return {fact: _plain(value) for fact, value in entity.items()}

    def variants(self, count: int) -> Iterator[dict[str, Value]]:
        """Random entities with nothing unknown, always the same ones."""
        dice = random.Random(20220418)
        for _ in range(count):
            yield {fact.id: _random_value(fact, dice) for fact in self.used}

    def other_firms(self, count: int) -> Iterator[dict[str, Any]]:
        """Firms that tell the same 41 facts with other values, as a request body holds them."""
        dice = random.Random(41)
        for _ in range(count):
            yield {name: _as_sent(self.vocabulary[name], FACTS[name], dice) for name in FACTS}

    def vector(self, entity: Mapping[str, Value]) -> list[Value | None]:
        """An entity as the compiled rules take it."""
        return [entity.get(fact.id) for fact in self.vocabulary.facts]

    def eligible(self, entity: Mapping[str, Value]) -> set[str]:
        """The rules that apply to it by our own compiled code."""
        _, statuses = self.compiled.program.run(self.vector(entity))
        standings = self.compiled.edition.standings
        return {standing.rule.id for standing, status in zip(standings, statuses, strict=True) if status == TRUE}

    def ids(self, found: Iterable[Any]) -> set[str]:
        """A peer's answer, ids or a truth for each rule, as ids."""
        found = list(found)
        if all(isinstance(item, str) for item in found):
            return set(found)
        return {rule.id for rule, holds in zip(self.rules, found, strict=True) if holds}


def assumption(fact: Fact) -> Value:
    """What a peer that knows no unknown takes for a fact that it was not told."""
    if fact.type in NUMERIC:
        return fact.minimum if fact.minimum and fact.type is not FactType.INT else int(fact.minimum or 0)
    if fact.type is FactType.SET:
        return frozenset()
    if fact.members:
        return fact.members[-1].value
    return False if fact.type is FactType.BOOL else ""


def _as_sent(fact: Fact, told: Any, dice: random.Random) -> Any:
    """Another value: figures within a third of those told, choices as likely as not the same."""
    if fact.type is FactType.INT:
        return max(0, told + dice.randint(-told // 3, told // 3))
    if fact.type is FactType.MONEY:
        return str((Decimal(told) * dice.randint(667, 1333) / 1000).quantize(Decimal("0.01")))
    if fact.type is FactType.BOOL:
        return told if dice.random() < 0.8 else not told
    if fact.type is FactType.ENUM and dice.random() < 0.4:
        return dice.choice(fact.members).value
    return told


def _random_value(fact: Fact, dice: random.Random) -> Value:
    if fact.type is FactType.BOOL:
        return dice.random() < 0.5
    members = [member.value for member in fact.members]
    if fact.type is FactType.SET:
        return frozenset(dice.sample(members, dice.randint(0, len(members))))
    if fact.type in NUMERIC:
        figure = dice.choice(_FIGURES[fact.type])
        return figure if fact.type is FactType.INT else Decimal(figure)
    return dice.choice(members) if members else dice.choice(("", "140722"))


#: Figures on and beside the limits that rules have.
_FIGURES: dict[FactType, tuple[Any, ...]] = {
    FactType.INT: (0, 1, 2, 3, 24, 100, 300, 36000),
    FactType.MONEY: ("0", "100000", "150000", "300000", "3000000", "50000000", "200000000", "1000000000"),
    FactType.RATE: ("0", "0.01", "0.015", "0.03", "0.5"),
    FactType.NUMBER: ("0", "1", "10", "50", "6000"),
}


def _plain(value: Value) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    return sorted(value) if isinstance(value, frozenset) else value


def constant(leaf: Comparison) -> Any:
    """The right side in JSON's own types; None when it is another fact or nothing."""
    expected = leaf.expected
    if isinstance(expected, tuple):
        return list(expected)
    return None if isinstance(expected, FactOperand) else _plain(expected) if expected is not None else None
