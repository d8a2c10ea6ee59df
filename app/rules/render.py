"""Decisions as JSON bytes. Everything that a rule and a date fix is rendered once and spliced; only figures vary.

The shape is that of ``POST /v1/eligibility`` and ``POST /v1/subsidies/calculations``; key order is part of it.
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import orjson

from app.rules.compile_python import NOT_IN_FORCE
from app.rules.derived import settle
from app.rules.evaluate import Status, truth_of
from app.rules.money import money_text
from app.rules.near_miss import NearMissFinder
from app.rules.questions import facts_of_mask
from app.rules.steps import arithmetic
from app.rules.truth import DECODE, FALSE, TRUE, UNKNOWN
from app.rules.vocabulary import FactType
from app.rules.wording import ReasonWords, expected_json, json_value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from app.rules.conditions import Comparison, Hint
    from app.rules.edition import Standing
    from app.rules.evaluation import Amount, CompiledEdition, Evaluation, Selection
    from app.rules.policy import Source, Version
    from app.rules.text import Language
    from app.rules.vocabulary import Value

    ReasonMaker = Callable[[int, list[Value | None]], bytes]

__all__ = ["Explain", "Renderer", "source_json"]

_STATUS = {
    FALSE: Status.INELIGIBLE,
    UNKNOWN: Status.UNDETERMINED,
    TRUE: Status.ELIGIBLE,
    NOT_IN_FORCE: Status.NOT_IN_FORCE,
}
_TRUTH_WORDS = {FALSE: b"false", UNKNOWN: b"unknown", TRUE: b"true"}
_NO_AMOUNT = (
    b'{"status":"not_applicable","value":null,"currency":"CNY","nature":null,"certainty":null,"steps":[],'
    b'"parameter":null,"missing_facts":[]}'
)


class Explain(StrEnum):
    """How much of the why is answered."""

    NONE = "none"
    SUMMARY = "summary"
    FULL = "full"


def dumps(value: object) -> bytes:
    """Compact JSON bytes."""
    return orjson.dumps(value)


def source_json(source: Source, version: Version | None, language: Language) -> dict[str, Any]:
    """A citation: document, place, the decisive words, and how well it is attested."""
    return {
        "document": source.document,
        "title": source.title.in_(language),
        "clause": source.clause,
        "article": source.article,
        "quote": source.quote,
        "mark": source.mark,
        "valid_from": version.valid_from.isoformat() if version else None,
    }


class _Pieces:
    """The fixed bytes of one rule in one edition and language."""

    __slots__ = (
        "finder",
        "heads",
        "open_tail",
        "plain",
        "tails",
        "terms",
    )

    def __init__(self, standing: Standing, compiled: CompiledEdition, language: Language) -> None:
        rule = standing.rule
        head = {
            "rule_id": rule.id,
            "clause": rule.clause,
            "kind": rule.kind,
            "title": rule.title.in_(language),
            "subjects": list(rule.subjects),
        }
        opened = dumps(head)[:-1] + b',"status":"'
        self.heads = {code: opened + status.encode() + b'","missing_facts":' for code, status in _STATUS.items()}
        self.terms = rule.terms
        self.finder = NearMissFinder.of(standing, compiled.edition) if standing.in_force else None
        self.tails = {
            (shown, explained): _tail(standing, language, conditional=shown, explained=explained)
            for shown in (False, True)
            for explained in (False, True)
        }
        self.open_tail = b',"reasons":[],"near_miss":[],"amount":' + _NO_AMOUNT + self.tails[False, False]
        self.plain = {code: self.heads[code] + b"[]" + self.open_tail for code in _STATUS}


def _tail(standing: Standing, language: Language, *, conditional: bool, explained: bool) -> bytes:
    """From ``outcome`` to the end of a result; ``conditional``: with caveats that hang on some eligible results."""
    rule, version = standing.rule, standing.version
    last = version.last_day
    tail = {
        "outcome": version.outcome.in_(language) if explained else None,
        "validity": {
            "from": version.valid_from.isoformat(),
            "to": last.isoformat() if last else None,
            "basis": version.basis,
        },
        "caveats": [
            {"code": caveat.code, "text": caveat.text.in_(language)}
            for caveat in standing.caveats
            if conditional or caveat.when is None
        ],
        "units": list(standing.units),
        "citations": [source_json(source, version, language) for source in version.sources] if explained else [],
        "interpretations": [note.in_(language) for note in rule.interpretations] if explained else [],
    }
    return b"," + dumps(tail)[1:]


class Renderer:
    """Results of one compiled edition in one language."""

    def __init__(self, compiled: CompiledEdition, language: Language) -> None:
        """Render every fixed piece once."""
        self.compiled = compiled
        self.language = language
        self.vocabulary = compiled.vocabulary
        self.pieces = [_Pieces(standing, compiled, language) for standing in compiled.edition.standings]
        self.questions = [self._question(place) for place in range(len(self.vocabulary.facts))]
        self._reasons = self._reason_makers()
        self._plain = [pieces.plain for pieces in self.pieces]
        self._heads = [pieces.heads[UNKNOWN] for pieces in self.pieces]
        self._open_tails = [pieces.open_tail for pieces in self.pieces]
        self.fact_list = lru_cache(maxsize=16384)(self._fact_list)
        self.open_amount = lru_cache(maxsize=4096)(self._open_amount)

    def _fact_list(self, mask: int) -> bytes:
        """The ids of a mask as a JSON list, in the order of the vocabulary."""
        facts = self.vocabulary.facts
        return dumps([facts[place].id for place in facts_of_mask(mask)])

    def results(self, evaluation: Evaluation, selection: Selection, explain: Explain) -> list[bytes]:
        """One JSON object for each selected rule."""
        if explain is Explain.NONE:
            return self._bare_results(evaluation, selection)
        return [self._explained(place, evaluation, explain) for place in selection.places]

    def _bare_results(self, evaluation: Evaluation, selection: Selection) -> list[bytes]:
        statuses, missing, amounts = evaluation.statuses, evaluation.missing, evaluation.amounts
        plain, heads, open_tails, fact_list = self._plain, self._heads, self._open_tails, self.fact_list
        found = []
        for place in selection.places:
            status = statuses[place]
            if status == UNKNOWN and place not in amounts:
                found.append(heads[place] + fact_list(missing[place]) + open_tails[place])
            elif status in (TRUE, UNKNOWN):
                found.append(self._result(place, evaluation, b"[]", b"[]", explained=False))
            else:
                found.append(plain[place][status])
        return found

    def _explained(self, place: int, evaluation: Evaluation, explain: Explain) -> bytes:
        status = evaluation.statuses[place]
        if status == NOT_IN_FORCE:
            return self._result(place, evaluation, b"[]", b"[]", explained=True)
        reasons = self._reason_list(place, evaluation, None if explain is Explain.FULL else status)
        near = self._near_misses(place, evaluation) if status == FALSE else b"[]"
        return self._result(place, evaluation, reasons, near, explained=True)

    def _result(
        self,
        place: int,
        evaluation: Evaluation,
        reasons: bytes,
        near: bytes,
        *,
        explained: bool,
    ) -> bytes:
        status, piece = evaluation.statuses[place], self.pieces[place]
        missing = self.fact_list(evaluation.missing[place]) if status == UNKNOWN else b"[]"
        conditional = status == TRUE and self._conditional_caveats(place, evaluation)
        return b"".join(
            (
                piece.heads[status],
                missing,
                b',"reasons":',
                reasons,
                b',"near_miss":',
                near,
                b',"amount":',
                self._amount(place, evaluation, explained=explained),
                piece.tails[conditional, explained],
            )
        )

    def _conditional_caveats(self, place: int, evaluation: Evaluation) -> bool:
        """Whether an eligible result carries the caveats that hang on how it became eligible."""
        known = evaluation.settled.known
        return any(
            truth_of(caveat.when, known) is True
            and (caveat.unless is None or truth_of(caveat.unless, known) is not True)
            for caveat in self.compiled.edition.standings[place].caveats
            if caveat.when is not None
        )

    def _amount(self, place: int, evaluation: Evaluation, *, explained: bool) -> bytes:
        amount = evaluation.amounts.get(place)
        terms = self.pieces[place].terms
        if amount is None or terms is None or amount.status == "not_applicable":
            return _NO_AMOUNT
        if amount.value is None:
            return self.open_amount(amount, terms.nature)
        steps = self._steps(place, evaluation) if explained else b"[]"
        return (
            b'{"status":"computed","value":"%b","currency":"CNY","nature":"%b","certainty":"%b","steps":%b,'
            b'"parameter":%b,"missing_facts":[]}'
            % (
                money_text(amount.value).encode(),
                terms.nature.encode(),
                terms.certainty.encode(),
                steps,
                dumps(amount.parameter),
            )
        )

    def _open_amount(self, amount: Amount, nature: str) -> bytes:
        """An amount that is undetermined or not published."""
        missing = self.fact_list(amount.missing) if amount.status == "undetermined" else b"[]"
        return (
            b'{"status":"%b","value":null,"currency":"CNY","nature":"%b","certainty":null,"steps":[],"parameter":%b,'
            b'"missing_facts":%b}'
            % (
                amount.status.encode(),
                nature.encode(),
                dumps(amount.parameter),
                missing,
            )
        )

    def _steps(self, place: int, evaluation: Evaluation) -> bytes:
        edition = self.compiled.edition
        expression = edition.standings[place].version.amount
        if expression is None:
            return b"[]"
        return dumps(arithmetic(expression, evaluation.settled.known, edition.parameters, self.language))

    def _reason_list(self, place: int, evaluation: Evaluation, only: int | None) -> bytes:
        truths, vector = evaluation.truths, evaluation.vector
        found = [
            make(truths[condition], vector)
            for condition, make in self._reasons[place]
            if only is None or truths[condition] == only
        ]
        return b"[" + b",".join(found) + b"]"

    def _reason_makers(self) -> list[list[tuple[int, ReasonMaker]]]:
        """For each rule in force, the place and the maker of each of its conditions, in the order written.

        Rules share the truth of equal conditions, but each has its own advice on them.
        """
        edition = self.compiled.edition
        makers: dict[tuple[Comparison, Hint | None], ReasonMaker] = {}
        for standing in edition.standings:
            for leaf in standing.leaves:
                if standing.in_force and (leaf, leaf.hint) not in makers:
                    makers[leaf, leaf.hint] = self._reason_maker(leaf)
        return [
            [(edition.condition_index[leaf], makers[leaf, leaf.hint]) for leaf in standing.leaves]
            if standing.in_force
            else []
            for standing in edition.standings
        ]

    def _reason_maker(self, leaf: Comparison) -> ReasonMaker:
        """A function of (truth, vector) for one condition; answers on a closed set of values are kept."""
        fact = self.vocabulary[leaf.fact]
        opened = dumps(
            {
                "fact": leaf.fact,
                "operator": leaf.operator,
                "expected": expected_json(fact, leaf),
            }
        )
        opened = opened[:-1] + b',"actual":'
        words = ReasonWords(leaf, self.vocabulary, self.language)
        place = fact.index
        closed = fact.type in (FactType.BOOL, FactType.ENUM)
        kept: dict[tuple[int, Value | None], bytes] = {}

        def make(truth: int, vector: list[Value | None]) -> bytes:
            actual = vector[place]
            if closed or actual is None:
                key = (truth, actual)
                found = kept.get(key)
                if found is None:
                    found = kept[key] = render(truth, actual)
                return found
            return render(truth, actual)

        def render(truth: int, actual: Value | None) -> bytes:
            shown = dumps(json_value(fact, actual))
            text = dumps(words.sentence(actual, DECODE[truth]))
            return b"".join(
                (
                    opened,
                    shown,
                    b',"truth":"',
                    _TRUTH_WORDS[truth],
                    b'","text":',
                    text,
                    b"}",
                )
            )

        return make

    def _near_misses(self, place: int, evaluation: Evaluation) -> bytes:
        finder = self.pieces[place].finder
        if finder is None:
            return b"[]"
        settled = evaluation.settled
        derived = {derivation.fact for derivation in settled.derived}
        given = {fact: value for fact, value in settled.known.items() if fact not in derived}
        return dumps(
            [
                {
                    "changes": [self._change(leaf, evaluation) for leaf in changes],
                    "amount": self._near_amount(place, changes, given),
                }
                for changes in finder.find(settled.known, given)
            ]
        )

    def _change(self, leaf: Comparison, evaluation: Evaluation) -> dict[str, Any]:
        fact = self.vocabulary[leaf.fact]
        return {
            "fact": leaf.fact,
            "actual": json_value(fact, evaluation.settled.known.get(leaf.fact)),
            "operator": leaf.operator,
            "expected": expected_json(fact, leaf),
        }

    def _near_amount(self, place: int, changes: tuple[Comparison, ...], given: Mapping[str, Value]) -> str | None:
        """The value after the changes; null where it hangs on a changed fact, or on one derived from it."""
        if place not in self.compiled.amounts:
            return None
        changed = {leaf.fact for leaf in changes}
        policy = self.compiled.edition.policy
        kept = {fact: value for fact, value in given.items() if fact not in changed}
        value = self.compiled.amount_after(place, settle(policy.vocabulary, policy.division, kept).known)
        return None if value is None else money_text(value)

    def _question(self, place: int) -> bytes:
        """The question for a fact, open at the end for ``settles``."""
        fact = self.vocabulary.facts[place]
        options: list[dict[str, Any]] | None = None
        if fact.type is FactType.BOOL:
            words = {"zh": ("是", "否"), "en": ("Yes", "No")}[self.language]
            options = [
                {"value": True, "label": words[0]},
                {"value": False, "label": words[1]},
            ]
        elif fact.members:
            options = [{"value": m.value, "label": m.label.in_(self.language)} for m in fact.members]
        question = {
            "fact": fact.id,
            "question": fact.question.in_(self.language),
            "type": fact.type.value,
            "options": options,
        }
        return dumps(question)[:-1] + b',"settles":'
