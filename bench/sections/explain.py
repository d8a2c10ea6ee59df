"""A decided entity to JSON bytes with every reason: ours, and the same content as dicts through orjson."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from app.rules.money import money_text
from app.rules.questions import facts_of_mask
from app.rules.render import Explain, source_json
from app.rules.steps import arithmetic
from app.rules.truth import DECODE
from app.rules.wording import ReasonWords, expected_json, json_value
from bench.measure import Budget, interleave
from bench.report import Bar, Figure, Row
from bench.subject import ON, STATUS_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.rules.conditions import Comparison
    from app.rules.evaluation import Evaluation
    from app.rules.render import Outcome
    from bench.subject import Subject

_NEAR = "Explanation: dicts + orjson is handed the near misses ready-made; ours finds them."
_KEPT = (
    "Ours keeps the outcome of a rule for askers whose values of that rule's facts are the same, as they are while one "
    "asker answers question after question; “nothing kept” renders every rule anew."
)
_TRUTHS = {True: "true", False: "false", None: "unknown"}


def run(subject: Subject, budget: Budget) -> list[Row]:
    """The same evaluation rendered in turns."""
    selection, compiled = subject.selection, subject.compiled
    asker, evaluation = compiled.asker(subject.given), compiled.evaluate(subject.given, selection)
    renderer, dicts = subject.active.renderer(ON, "zh"), _Dicts(subject)

    def joined(outcomes: Iterable[Outcome]) -> bytes:
        return b"[" + b",".join([outcome.body for outcome in outcomes]) + b"]"

    def ours() -> bytes:
        return joined(renderer.outcomes(asker, selection, Explain.FULL))

    def anew() -> bytes:
        return joined(renderer.outcome(place, evaluation, Explain.FULL) for place in selection.places)

    def theirs() -> bytes:
        return orjson.dumps(dicts.results(evaluation))

    dicts.near_misses = [result["near_miss"] for result in orjson.loads(ours())]
    assert ours() == anew()
    assert orjson.loads(ours()) == orjson.loads(theirs()), "the two explanations differ"
    series = interleave({"dicts + orjson": theirs, "ours": ours, "ours, nothing kept": anew}, budget)
    figures = [Figure(name, series.seconds(name)) for name in series.rounds]
    work = f"full explanation to JSON bytes ({len(ours()) // 1000} kB)"
    bars = [Bar("dicts + orjson ÷ ours", series.ratio("dicts + orjson", "ours"), 3, at_least=True)]
    return [Row(work, figures, bars, [_NEAR, _KEPT])]


class _Dicts:
    """The straightforward way: what is fixed prepared once as dicts, the rest filled in for each request."""

    def __init__(self, subject: Subject) -> None:
        self.edition, self.vocabulary = subject.compiled.edition, subject.vocabulary
        self.words = [ReasonWords(leaf, self.vocabulary, "zh") for leaf in self.edition.conditions]
        self.fixed = [self._condition(leaf) for leaf in self.edition.conditions]
        self.heads = [self._head(place) for place in range(len(self.edition.standings))]
        self.near_misses: list[Any] = []

    def _condition(self, leaf: Comparison) -> dict[str, Any]:
        expected = expected_json(self.vocabulary[leaf.fact], leaf)
        return {"fact": leaf.fact, "operator": leaf.operator, "expected": expected}

    def _head(self, place: int) -> dict[str, Any]:
        standing = self.edition.standings[place]
        rule, version = standing.rule, standing.version
        return {
            "rule_id": rule.id,
            "clause": rule.clause,
            "kind": rule.kind,
            "title": rule.title.zh,
            "subjects": list(rule.subjects),
            "outcome": version.outcome.zh,
            "validity": {
                "from": version.valid_from.isoformat(),
                "to": version.last_day.isoformat() if version.last_day else None,
                "basis": version.basis,
            },
            "caveats": [{"code": c.code, "text": c.text.zh} for c in standing.caveats if c.when is None],
            "units": list(standing.units),
            "citations": [source_json(source, version, "zh") for source in version.sources],
            "interpretations": [note.zh for note in rule.interpretations],
        }

    def results(self, evaluation: Evaluation) -> list[dict[str, Any]]:
        """One dict for each rule."""
        reasons = [self._reason(place, evaluation) for place in range(len(self.fixed))]
        index = self.edition.condition_index
        return [
            {
                **self.heads[place],
                "status": STATUS_WORDS[evaluation.statuses[place]],
                "missing_facts": self._facts(evaluation.missing.get(place, 0)),
                "reasons": [reasons[index[leaf]] for leaf in standing.leaves],
                "near_miss": self.near_misses[place],
                "amount": self._amount(place, evaluation),
            }
            for place, standing in enumerate(self.edition.standings)
        ]

    def _facts(self, mask: int) -> list[str]:
        return [self.vocabulary.facts[place].id for place in facts_of_mask(mask)]

    def _reason(self, place: int, evaluation: Evaluation) -> dict[str, Any]:
        fact = self.vocabulary[self.fixed[place]["fact"]]
        actual, truth = evaluation.vector[fact.index], DECODE[evaluation.truths[place]]
        text = self.words[place].sentence(actual, truth)
        return {**self.fixed[place], "actual": json_value(fact, actual), "truth": _TRUTHS[truth], "text": text}

    def _amount(self, place: int, evaluation: Evaluation) -> dict[str, Any]:
        amount, rule = evaluation.amounts.get(place), self.edition.standings[place].rule
        terms = rule.terms
        steps: list[dict[str, str]] = []
        expression = self.edition.standings[place].version.amount
        if amount is not None and amount.value is not None and expression is not None:
            steps = arithmetic(expression, evaluation.settled.known, self.edition.parameters, "zh")
        computed = amount is not None and amount.value is not None
        return {
            "status": amount.status if amount else "not_applicable",
            "value": money_text(amount.value) if amount and amount.value is not None else None,
            "currency": "CNY",
            "nature": terms.nature if amount and terms else None,
            "certainty": terms.certainty if computed and terms else None,
            "steps": steps,
            "parameter": amount.parameter if amount else None,
            "missing_facts": self._facts(amount.missing) if amount else [],
        }
