"""Reasons as JSON bytes: what each condition of a rule asks, what is there, whether it is met, and that in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from app.rules.truth import DECODE, FALSE, TRUE, UNKNOWN
from app.rules.vocabulary import CLOSED, NUMERIC
from app.rules.wording import ReasonWords, expected_json, json_value, value_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.rules.conditions import Comparison, Hint
    from app.rules.edition import Edition
    from app.rules.evaluation import Evaluation
    from app.rules.text import Language
    from app.rules.vocabulary import Value

    ReasonMaker = Callable[[int, list[Value | None]], bytes]

__all__ = ["Reasons"]

_TRUTH_WORDS = {FALSE: b"false", UNKNOWN: b"unknown", TRUE: b"true"}


class Reasons:
    """The reasons of every rule of an edition in one language."""

    def __init__(self, edition: Edition, language: Language) -> None:
        """Prepare what each condition asks.

        Rules share the truth of equal conditions, but each has its own advice on them.
        """
        self._vocabulary, self._language = edition.policy.vocabulary, language
        makers: dict[tuple[Comparison, Hint | None], ReasonMaker] = {}
        for standing in edition.standings:
            for leaf in standing.leaves:
                if standing.in_force and (leaf, leaf.hint) not in makers:
                    makers[leaf, leaf.hint] = self._maker(leaf)
        self._makers = [
            [(edition.condition_index[leaf], makers[leaf, leaf.hint]) for leaf in standing.leaves]
            if standing.in_force
            else []
            for standing in edition.standings
        ]

    def of(self, place: int, evaluation: Evaluation, only: int | None) -> bytes:
        """The reasons of one rule in the order written; ``only``: those with this truth."""
        truths, vector = evaluation.truths, evaluation.vector
        found = [
            make(truths[condition], vector)
            for condition, make in self._makers[place]
            if only is None or truths[condition] == only
        ]
        return b"[" + b",".join(found) + b"]"

    def _maker(self, leaf: Comparison) -> ReasonMaker:
        """A function of (truth, vector) for one condition; what figures have around them and all else is kept."""
        fact = self._vocabulary[leaf.fact]
        asked = {"fact": leaf.fact, "operator": leaf.operator, "expected": expected_json(fact, leaf)}
        opened = orjson.dumps(asked)[:-1] + b',"actual":'
        words = ReasonWords(leaf, self._vocabulary, self._language)
        place, closed, numeric = fact.index, fact.type in CLOSED, fact.type in NUMERIC
        kept: dict[tuple[int, Value | None], bytes] = {}
        forms: dict[int, bytes] = {}

        def make(truth: int, vector: list[Value | None]) -> bytes:
            actual = vector[place]
            if closed or actual is None:
                key = (truth, actual)
                found = kept.get(key)
                if found is None:
                    found = kept[key] = render(truth, actual)
                return found
            return figure(truth, actual) if numeric else render(truth, actual)

        def render(truth: int, actual: Value | None) -> bytes:
            shown = orjson.dumps(json_value(fact, actual))
            text = orjson.dumps(words.sentence(actual, DECODE[truth]))
            return b"".join((opened, shown, b',"truth":"', _TRUTH_WORDS[truth], b'","text":', text, b"}"))

        def figure(truth: int, actual: Value) -> bytes:
            form = forms.get(truth)
            if form is None:
                before, after = (orjson.dumps(part)[1:-1] for part in words.around(actual, DECODE[truth]))
                parts = (opened, b"%b", b',"truth":"', _TRUTH_WORDS[truth], b'","text":"', before, b"%b", after, b'"}')
                form = forms[truth] = b"".join(part if part == b"%b" else part.replace(b"%", b"%%") for part in parts)
            text = value_text(fact, actual, self._language)
            return form % (orjson.dumps(json_value(fact, actual)), text.encode())

        return make
