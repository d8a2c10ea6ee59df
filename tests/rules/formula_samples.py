"""Random formulas, conditions and facts over the small vocabulary, to compare an analysis with the truth."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

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
)
from app.rules.conditions import AllOf, AnyOf, Comparison, FactOperand
from app.rules.text import Text
from app.rules.vocabulary import FactType
from tests.rules import small

VOCABULARY = small.vocabulary()
FIGURES = ("count", "months", "price", "ceiling", "share", "growth", "weight")
PARAMETERS = ("award_1", "award_2")
BRACKETS = (
    Bracket(Decimal(1000), Decimal("0.05"), Decimal(0)),
    Bracket(Decimal(50000), Decimal("0.1"), Decimal(50)),
    Bracket(None, Decimal("0.35"), Decimal("12550.5")),
)


def value_of(fact):
    """Any value that the fact may have, often one of its bounds or a neighbour of a round figure."""
    match fact.type:
        case FactType.BOOL:
            return st.booleans()
        case FactType.ENUM:
            return st.sampled_from([member.value for member in fact.members])
        case FactType.SET:
            return st.frozensets(st.sampled_from(sorted(fact.allowed)))
        case FactType.DATE:
            return st.dates(date(2020, 1, 1), date(2020, 1, 6))
        case FactType.TEXT:
            return st.sampled_from(["here", "there"])
        case FactType.CODE:
            return st.sampled_from(["A01", "C3311"])
    places = fact.decimals
    low, high = int(fact.minimum.scaleb(places)), int(fact.maximum.scaleb(places))
    near = st.integers(max(low, -3), min(high, 3))
    units = st.one_of(st.sampled_from([low, high]), near, st.integers(low, high))
    return units.map(lambda unit: unit if fact.type is FactType.INT else Decimal(unit).scaleb(-places))


def facts(names):
    """Values for some or all of these facts."""
    return st.fixed_dictionaries({}, optional={name: value_of(VOCABULARY[name]) for name in names})


def all_facts(names):
    """A value for each of these facts."""
    return st.fixed_dictionaries({name: value_of(VOCABULARY[name]) for name in names})


DECIDING = ("kind", "ready", "fixed", "tags", "since", *FIGURES)
_COMPARISONS = ("less_than", "less_than_or_equal_to", "greater_than", "greater_than_or_equal_to")


@st.composite
def comparisons(draw):
    """One comparison that fits the type of its fact."""
    fact = VOCABULARY[draw(st.sampled_from(DECIDING))]
    match fact.type:
        case FactType.BOOL:
            return Comparison(fact.id, draw(st.sampled_from(["is_true", "is_false"])))
        case FactType.SET:
            group = tuple(draw(st.lists(st.sampled_from(sorted(fact.allowed)), min_size=1)))
            return draw(
                st.sampled_from(
                    [
                        Comparison(fact.id, "is_empty"),
                        Comparison(fact.id, "shares_at_least_one_element_with", group),
                    ]
                )
            )
        case FactType.ENUM:
            members = st.sampled_from(sorted(fact.allowed))
            if draw(st.booleans()):
                return Comparison(fact.id, "equal_to", draw(members))
            return Comparison(fact.id, "is_one_of", tuple(draw(st.lists(members, min_size=1))))
    operator = draw(st.sampled_from([*_COMPARISONS, "equal_to"]))
    if fact.type is FactType.MONEY and draw(st.booleans()):
        plus = Decimal(draw(st.sampled_from([0, 1, 100])))
        return Comparison(fact.id, operator, FactOperand(draw(st.sampled_from(["price", "ceiling"])), plus))
    return Comparison(fact.id, operator, draw(value_of(fact)))


def conditions():
    """Trees of comparisons."""
    parts = st.deferred(lambda: st.lists(conditions_or_leaf, min_size=1, max_size=3).map(tuple))
    conditions_or_leaf = st.deferred(lambda: st.one_of(comparisons(), parts.map(AllOf), parts.map(AnyOf)))
    return conditions_or_leaf


def _figures():
    return st.sampled_from(["0", "0.01", "0.03", "1", "2.5", "12", "30000"]).map(lambda text: Figure(Decimal(text)))


def _larger(inner):
    pair = st.tuples(inner, inner)
    return st.one_of(
        st.builds(Operation, st.sampled_from("+-*/"), inner, inner),
        st.builds(Pick, st.sampled_from(["min", "max"]), pair),
        st.builds(Schedule, st.just("steps"), st.just(BRACKETS), inner),
        st.builds(Choose, conditions(), inner, inner),
        st.builds(lambda a, b, c: Lookup("kind", (("a", a), ("b", b), ("c", c))), inner, inner, inner),
        inner.map(lambda body: Named("part", Text("部分", "part"), body)),
    )


def formulas():
    """Amounts of a few operations."""
    leaves = st.one_of(_figures(), st.sampled_from(FIGURES).map(FactRef), st.sampled_from(PARAMETERS).map(ParameterRef))
    return st.recursive(leaves, _larger, max_leaves=6)
