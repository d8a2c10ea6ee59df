"""Random facts and random small policies. Values lie near the figures that conditions compare with."""

from __future__ import annotations

import os
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from itertools import combinations

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from app.rules.conditions import FactOperand, leaves
from app.rules.vocabulary import NUMERIC, FactType
from tests.rules import plan, small

#: Industry codes: one in each row of the size table of the plan, and some outside it.
IN_TABLE = [
    *("A0111", "B06", "C3311", "D44", "E47", "F51", "F52", "G54", "G592", "G60", "H61", "H62", "I64", "I65"),
    *("K701", "K702", "L71", "M73"),
]
OUTSIDE = ["G59", "J66", "K", "P83", "T97"]
DIVISIONS = ["140722", "140700", "130722"]
MONEY = ["0", "0.01", "1", "2.5", "99.99", "100", "100.01", "1000000"]
POOLS = {
    FactType.BOOL: [True, False],
    FactType.INT: [0, 1, 2, 3, 4, 12],
    FactType.MONEY: [Decimal(text) for text in MONEY],
    FactType.RATE: [Decimal(text) for text in ("0", "0.0000000001", "0.0299999999", "0.03", "0.5", "1")],
    FactType.NUMBER: [Decimal(text) for text in ("0", "0.000001", "9.999999", "10", "5999.999")],
    FactType.DATE: [date(2022, 4, 17), date(2022, 4, 18), date(2023, 1, 1)],
    FactType.TEXT: ["x", "y", "寒王乡"],
}
CODES = {
    "industry": ["A01", "C33", "J66", "E"],
    "division": DIVISIONS,
    "uscc": ["91140722MA0KX7Y867", "93140722MA0KX8A19Q"],
}


#: How many of the examples are tried; half of them in the gate, whose time is short.
SHARE = float(os.environ.get("EXAMPLES", "0.5"))


def examples(count):
    """So many examples, the same on every run; a machine that is busy is no failure."""
    return settings(
        max_examples=max(10, round(count * SHARE)),
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


def pool(fact, comparisons=()):
    """Values of a fact: all members, or figures on, above and below those that conditions compare with."""
    if fact.type is FactType.ENUM:
        return [member.value for member in fact.members]
    if fact.type is FactType.SET:
        members = [member.value for member in fact.members]
        return [frozenset(), *(frozenset({m}) for m in members), frozenset(members), frozenset(members[:2])]
    if fact.type is FactType.CODE:
        return CODES[fact.code]
    found = dict.fromkeys(POOLS[fact.type])
    for leaf in comparisons:
        if leaf.fact == fact.id:
            found.update(dict.fromkeys(_around(fact, leaf.expected)))
        elif isinstance(leaf.expected, FactOperand) and leaf.expected.fact == fact.id:
            found.update(dict.fromkeys(_around(fact, leaf.expected.plus)))
    return [value for value in found if _within(fact, value)]


def _around(fact, expected):
    if fact.type in NUMERIC and isinstance(expected, (int, Decimal)):
        near = (expected - fact.quantum, Decimal(expected), expected + fact.quantum)
        return [int(value) if fact.type is FactType.INT else value for value in near]
    if isinstance(expected, date):
        return [expected - timedelta(1), expected, expected + timedelta(1)]
    return expected if isinstance(expected, tuple) else [expected] if isinstance(expected, str) else []


def _within(fact, value):
    return fact.type not in NUMERIC or fact.minimum <= value <= fact.maximum


def comparisons_of(policy):
    """Every comparison of every version of a policy."""
    versions = [version for rule in policy.decidable for version in rule.versions]
    return [leaf for version in versions for leaf in leaves(version.condition)]


@cache
def plan_pools():
    """The pool of each fact that the plan's rules, amounts or derivations read."""
    asked, comparisons = plan.policy().vocabulary, comparisons_of(plan.policy())
    pools = {fact.id: pool(fact, comparisons) for fact in asked.facts if fact.type is not FactType.TEXT}
    return {**pools, "project_township": ["寒王乡", "他乡"], "industry_code": IN_TABLE + OUTSIDE}


@cache
def plan_facts():
    """Partial facts about the plan: mostly few, sometimes nearly all."""
    pools = plan_pools()
    names = sorted(pools)
    some = st.dictionaries(st.sampled_from(names), st.integers(0, 1000), max_size=12)
    many = st.fixed_dictionaries({}, optional={name: st.integers(0, 1000) for name in names})
    return st.one_of(some, many).map(
        lambda drawn: {name: pools[name][number % len(pools[name])] for name, number in drawn.items()}
    )


# Random small policies. Every strategy is built once: drawing from one is then quick.

LITERALS = {
    "kind": ["a", "b", "c"],
    "level": ["low", "mid", "high"],
    "count": ["0", "1", "3", "12"],
    "months": ["0", "3", "36"],
    "price": MONEY[1:],
    "ceiling": MONEY[1:],
    "share": ["0.03", "0.5"],
    "growth": ["-0.5", "0.3"],
    "weight": ["10", "9.999999"],
    "since": ["2022-04-18"],
    "place": ["x", "寒王乡"],
    "industry_section": ["A", "C"],
    "enterprise_size": ["micro", "small", "medium"],
    "annual_revenue": ["500000", "3000000"],
}
ORDERED = ["less_than", "less_than_or_equal_to", "greater_than", "greater_than_or_equal_to", "equal_to"]
BOOLS = ["ready", "fixed", "registered_in_county", "registered_in_province"]
CHOICES = ["kind", "level", "industry_section", "enterprise_size", "place"]
FIGURES = ["count", "months", "price", "ceiling", "share", "growth", "weight", "since", "annual_revenue"]
MEETS = "shares_at_least_one_element_with"

#: Every comparison of a fact with a figure, a member or a list that random policies may hold.
LEAVES = [
    *(small.leaf(name, operator) for name in BOOLS for operator in ("is_true", "is_false")),
    *(small.leaf(name, "equal_to", value) for name in CHOICES for value in LITERALS[name]),
    *(small.leaf(n, "is_one_of", list(two)) for n in CHOICES for two in combinations(LITERALS[n], 2)),
    *(small.leaf(name, operator, value) for name in FIGURES for operator in ORDERED for value in LITERALS[name]),
    *(small.leaf("tags", MEETS, list(members)) for members in ("x", "y", "xz", "yz")),
    small.leaf("tags", "is_empty"),
]
#: Every comparison of a fact with another fact.
OPERANDS = [
    small.leaf("price", operator, {"fact": "ceiling", **more})
    for operator in ORDERED
    for more in ({}, {"plus": "0.01"}, {"plus": "100"})
]
#: Facts first, so that each is as likely as another whatever the number of its comparisons.
_BY_FACT = [
    [leaf for leaf in LEAVES if leaf["name"] == name] for name in dict.fromkeys(leaf["name"] for leaf in LEAVES)
]
plain_leaves = st.sampled_from(_BY_FACT).flatmap(st.sampled_from)
any_leaves = st.sampled_from([*_BY_FACT, OPERANDS]).flatmap(st.sampled_from)

#: Comparisons mostly of facts that the asker can change.
_IN_REACH = ("level", "ready", "count", "price", "share", "tags", "since", "annual_revenue")
movable_leaves = st.sampled_from(
    [*([group for group in _BY_FACT if group[0]["name"] in _IN_REACH] * 4), *_BY_FACT, OPERANDS]
).flatmap(st.sampled_from)


@st.composite
def trees(draw, leaf, depth=3):
    """A condition with all or any at its root, a few levels deep."""
    parts = []
    for _ in range(draw(st.integers(1, 3))):
        nested = depth > 0 and draw(st.integers(0, 2)) == 0
        parts.append(draw(trees(leaf, depth - 1)) if nested else draw(leaf))
    return {draw(st.sampled_from(["all", "any"])): parts}


plain_conditions = trees(plain_leaves)
any_conditions = trees(any_leaves)
movable_conditions = trees(movable_leaves)

NUMBERS = ["count", "months", "price", "ceiling", "share", "growth", "weight", "annual_revenue"]
ATOMS = [*NUMBERS, *NUMBERS, "0", "1", "0.03", "2.5", "100", "given_award", "open_award", "by_kind", "chosen"]
TAX = [
    {"up_to": "100", "rate": "0.05", "quick": "0"},
    {"up_to": "1000", "rate": "0.1", "quick": "5"},
    {"rate": "0.35", "quick": "255"},
]


@st.composite
def formulas(draw, depth=2):
    """Arithmetic text over facts, a set and an unset parameter, a lookup, a choice and a schedule."""
    shape = draw(st.sampled_from(["atom", "+", "-", "*", "/", "min", "max", "schedule"])) if depth else "atom"
    if shape == "atom":
        return draw(st.sampled_from(ATOMS))
    inner = draw(formulas(depth - 1))
    if shape == "/":
        return f"({inner} / {draw(st.sampled_from(['2', '3', '7', '12', '0.3']))})"
    if shape == "schedule":
        return f"schedule(tax, {inner})"
    other = draw(formulas(depth - 1))
    return f"{shape}({inner}, {other})" if shape.isalpha() else f"({inner} {shape} {other})"


@st.composite
def amounts(draw):
    """An amount with the parts that its formula may name."""
    label = small.text("part")
    where = {
        "by_kind": {"label": label, "by": "kind", "values": {"a": "1", "b": "price", "c": "share * 100"}},
        "chosen": {
            "label": label,
            "if": draw(trees(any_leaves, 1)),
            "then": draw(st.sampled_from(["price", "2", "ceiling / 3", "open_award"])),
            "else": draw(st.sampled_from(["0", "months", "given_award"])),
        },
    }
    return {"formula": draw(formulas()), "where": where, "schedules": {"tax": TAX}}


PARAMETERS = (small.parameter("given_award", ("2022-01-01", None, "33.33")), small.parameter("open_award"))


@st.composite
def small_policies(draw, conditions=any_conditions, *, rules=3, amount=None):
    """A policy of a few rules with random conditions; ``amount``: a strategy of amounts, where they have some."""
    made = [
        small.rule(f"r-{place}", draw(conditions), amount=None if amount is None else draw(amount))
        for place in range(draw(st.integers(1, rules)))
    ]
    return small.policy(*made, parameters=PARAMETERS)


def _small_pools():
    policy = small.policy(small.rule("every", {"any": [*LEAVES, *OPERANDS]}))
    found = {fact.id: pool(fact, comparisons_of(policy)) for fact in policy.vocabulary.facts}
    sums = {ceiling + Decimal(plus) for ceiling in found["ceiling"] for plus in ("0", "0.01", "100")}
    near = {value + Decimal(step) for value in sums for step in ("-0.01", "0", "0.01")}
    found["price"] += sorted(value for value in near if value >= 0 and value not in found["price"])
    return found


#: The values of each fact of the small vocabulary.
SMALL_POOLS = _small_pools()
SMALL_POOLS["annual_revenue"] += [Decimal(20_000_000), Decimal(400_000_000)]
SMALL_POOLS["employees"] = [19, 20, 299, 1000]
all_facts = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in SMALL_POOLS.items()})
some_facts = st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in SMALL_POOLS.items()})
