"""Rule ids, subjects, kinds and amounts are public: callers store them, so that none may change unseen."""

from __future__ import annotations

from pathlib import Path

from app.rules.amounts import parameters_of
from tests.rules import plan

PUBLISHED = Path(__file__).with_name("published_rules.txt")


def as_published(rule):
    """A rule as a line of the list."""
    parts = [rule.id, ", ".join(rule.subjects), ", ".join(rule.kinds)]
    if rule.terms is not None:
        named = {name: None for version in rule.versions for name in parameters_of(version.amount)}
        tiers = ", ".join(sorted(named))
        parts.append(f"{rule.terms.nature}: {tiers}" if tiers else rule.terms.nature)
    return " | ".join(parts)


def test_every_rule_in_its_order():
    lines = PUBLISHED.read_text(encoding="utf-8").splitlines()
    assert [as_published(rule) for rule in plan.policy().rules] == [line for line in lines if not line.startswith("#")]


def test_every_rule_belongs_to_the_clause_in_its_name():
    for rule in plan.policy().rules:
        prefix = rule.id.split("-")[0]
        assert prefix == (f"m{rule.clause:0>2}" if rule.clause.isdigit() else rule.clause)
