"""Whatever a caller sends for a fact is either an exact value of that fact or a fault; it is never an exception."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.rules.errors import Fault
from app.rules.messages import MESSAGES, fault_message
from app.rules.reading import Number, read_fact, read_facts
from app.rules.vocabulary import NUMERIC, FactType
from tests.properties.strategies import examples
from tests.rules import plan, small

VOCABULARY = small.vocabulary()
TYPES = {
    FactType.BOOL: bool,
    FactType.INT: int,
    FactType.MONEY: Decimal,
    FactType.RATE: Decimal,
    FactType.NUMBER: Decimal,
    FactType.DATE: date,
    FactType.TEXT: str,
    FactType.ENUM: str,
    FactType.SET: frozenset,
    FactType.CODE: str,
}
ONE_OF_EACH = sorted({fact.type: fact.id for fact in VOCABULARY.facts}.values())

#: JSON number tokens, long and odd ones too.
tokens = st.one_of(
    st.from_regex(r"-?(0|[1-9][0-9]{0,45})(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,4})?", fullmatch=True).map(Number),
    st.integers(-(10**16), 10**16).map(str).map(Number),
)
#: Any code point, surrogates included, and the shapes that facts have.
texts = st.one_of(
    st.text(st.characters(exclude_categories=[])),
    st.from_regex(r"-?[0-9]{1,20}(\.[0-9]{0,12})?", fullmatch=True),
    st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", fullmatch=True),
    st.from_regex(r"[A-Za-z0-9]{0,20}", fullmatch=True),
    st.sampled_from(["a", "x", "true", "NaN", "1e5", "", " "]),
)
scalars = st.one_of(st.none(), st.booleans(), tokens, texts)
values = st.recursive(
    scalars, lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(), inner, max_size=3))
)


@pytest.mark.parametrize("fact_id", ONE_OF_EACH)
class TestAnyJson:
    @examples(80)
    @given(raw=values)
    def test_is_a_value_of_the_fact_or_a_fault(self, fact_id, raw):
        fact = VOCABULARY[fact_id]
        found = read_fact(fact, raw)
        if isinstance(found, list):
            assert found
            for fault in found:
                assert isinstance(fault, Fault)
                assert fault.code in MESSAGES
                for language in ("zh", "en"):
                    assert fault_message(fault, language, fault.suggestions).isprintable()
        else:
            assert type(found) is TYPES[fact.type]
            assert_lawful(fact, found)


def assert_lawful(fact, value):
    """The value keeps the promises of its type."""
    if fact.type in NUMERIC:
        assert fact.minimum <= value <= fact.maximum
        assert Decimal(value) % fact.quantum == 0
        assert not str(value).startswith("-0") or value < 0
    elif fact.type in (FactType.ENUM, FactType.SET):
        assert {value} <= fact.allowed if isinstance(value, str) else value <= fact.allowed
    elif isinstance(value, str):
        assert value.isprintable() or " " not in value
        assert value == value.strip()
        value.encode()


class TestFigures:
    @examples(100)
    @given(st.integers(0, 10**17))
    @example(0)
    @example(10**17)
    def test_money_is_read_to_the_fen_in_every_spelling(self, fen):
        value = Decimal(fen).scaleb(-2)
        text = f"{value:f}"
        spellings = [text, Number(text), Number(f"{fen}e-2"), Number(f"{fen}E-02"), Number(f"{value:e}"), value]
        if len(text) < 36:
            spellings += [text + "000", Number(text + "0")]
        for spelling in spellings:
            assert read_fact(VOCABULARY["annual_revenue"], spelling) == value

    @examples(50)
    @given(st.integers(10**17 + 1, 10**30))
    def test_more_is_out_of_range(self, fen):
        for spelling in (Number(f"{fen}e-2"), f"{Decimal(fen).scaleb(-2):f}"):
            (fault,) = read_fact(VOCABULARY["annual_revenue"], spelling)
            assert fault.code == "out_of_range"

    @examples(100)
    @given(st.integers(-(10**10), 10**12))
    def test_rates_are_read_to_the_tenth_decimal(self, steps):
        value = Decimal(steps).scaleb(-10)
        assert read_fact(VOCABULARY["growth"], f"{value:f}") == value


class TestManyFacts:
    @examples(60)
    @given(st.dictionaries(st.one_of(st.sampled_from(ONE_OF_EACH), st.text(max_size=30)), values, max_size=12))
    def test_each_fact_is_read_on_its_own(self, raw):
        read, faults = read_facts(VOCABULARY, raw)
        for name, item in raw.items():
            about = [fault for fault in faults if fault.path[0] == name]
            if name not in VOCABULARY:
                assert [fault.code for fault in about] == ["unknown_fact"]
            elif item is None:
                assert name not in read
                assert about == []
            else:
                alone = read_fact(VOCABULARY[name], item)
                wrong = isinstance(alone, list)
                assert about == ([fault.below(name) for fault in alone] if wrong else [])
                assert (name in read) != wrong
                assert wrong or read[name] == alone

    @examples(60)
    @given(st.text(max_size=120))
    def test_the_nearest_names_are_names(self, name):
        _, faults = read_facts(plan.policy().vocabulary, {name: True})
        for fault in faults:
            assert all(suggestion in plan.policy().vocabulary for suggestion in fault.suggestions)
            assert len(fault.suggestions) <= 3
