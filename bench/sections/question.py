"""The next question where nothing is known yet: most rules are open and each wants something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.questions import facts_of_mask, next_question
from app.rules.render import Explain
from app.services.decide import DecisionRequest, decide
from bench.measure import Budget, interleave
from bench.report import Bar, Figure, Row
from bench.subject import ON

if TYPE_CHECKING:
    from bench.subject import Subject


def run(subject: Subject, budget: Budget) -> list[Row]:
    """From the empty set of facts to the question, and the whole answers that carry it."""
    selection = subject.selection

    def question() -> tuple[int, int] | None:
        evaluation = subject.compiled.evaluate({}, selection)
        return next_question([facts_of_mask(mask) for mask in evaluation.missing.values()])

    def answer(explain: Explain) -> bytes:
        return decide(subject.active, DecisionRequest({}, ON, explain=explain), ON, calculation=False)

    assert question() is not None
    name = "decide and choose the question"
    candidates = {
        name: question,
        "whole answer, none": lambda: answer(Explain.NONE),
        "whole answer, summary": lambda: answer(Explain.SUMMARY),
    }
    series = interleave(candidates, budget)
    figures = [Figure(candidate, series.seconds(candidate)) for candidate in candidates]
    return [Row("next question, no facts", figures, [Bar("question", series.seconds(name), 1e-3, unit="s")])]
