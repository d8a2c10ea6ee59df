"""Decisions as JSON bytes. Everything that a rule and a date fix is rendered once and spliced; only figures vary.

The shape is that of ``POST /v1/eligibility`` and ``POST /v1/subsidies/calculations``; key order is part of it.
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from app.rules.compile_python import NOT_IN_FORCE
from app.rules.derived import settle
from app.rules.evaluate import Status, truth_of
from app.rules.money import money_text
from app.rules.near_miss import NearMissFinder
from app.rules.questions import facts_of_mask
from app.rules.reasons import Reasons
from app.rules.steps import arithmetic
from app.rules.truth import FALSE, TRUE, UNKNOWN
from app.rules.vocabulary import FactType
from app.rules.wording import expected_json, json_value, office_names

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from app.rules.conditions import Comparison
    from app.rules.derived import Derivation
    from app.rules.edition import Standing
    from app.rules.evaluation import Amount, Asker, CompiledEdition, Evaluation, Selection
    from app.rules.policy import Source, Version
    from app.rules.text import Language
    from app.rules.vocabulary import Value

__all__ = ["STATUS_WORDS", "Explain", "Outcome", "Renderer", "source_json"]

#: The word for each status of a compiled edition.
STATUS_WORDS = {
    FALSE: Status.INELIGIBLE,
    UNKNOWN: Status.UNDETERMINED,
    TRUE: Status.ELIGIBLE,
    NOT_IN_FORCE: Status.NOT_IN_FORCE,
}
_NO_AMOUNT = (
    b'{"status":"not_applicable","value":null,"currency":"CNY","nature":null,"certainty":null,"steps":[],'
    b'"parameter":null,"missing_facts":[]}'
)
#: Outcomes kept for each rule and depth.
_KEPT = 16
_KEPT_DERIVATIONS = 1024
#: Reads nothing that differs between askers.
_NO_VALUES = len


class Explain(StrEnum):
    """How much of the why is answered."""

    NONE = "none"
    SUMMARY = "summary"
    FULL = "full"


class Outcome(NamedTuple):
    """What one rule says about one asker; ``missing``: the places of the facts that can still change it."""

    status: int
    missing: tuple[int, ...]
    amount: Amount | None
    body: bytes


#: How the facts that a rule reads are read, whether derived ones are among them, and the outcomes kept.
_Shelf = tuple["Callable[[Sequence[Any]], Any]", bool, dict[Any, Outcome]]


class _NothingKept(dict[Any, Outcome]):
    """The shelf of a rule that reads personal data: no asker's values stay in memory after the answer."""

    def __setitem__(self, _key: Any, _outcome: Outcome) -> None:
        """Keep nothing."""


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

    __slots__ = ("conditional", "finder", "heads", "tails", "terms")

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
        self.heads = {code: opened + status.encode() + b'","missing_facts":' for code, status in STATUS_WORDS.items()}
        self.terms = rule.terms
        self.finder = NearMissFinder.of(standing, compiled.edition) if standing.in_force else None
        self.conditional = tuple(caveat for caveat in standing.caveats if caveat.when is not None)
        offices = office_names(compiled.vocabulary, standing.units, language)
        self.tails = {
            (shown, explained): _tail(standing, offices, language, conditional=shown, explained=explained)
            for shown in (False, True)
            for explained in (False, True)
        }


def _tail(standing: Standing, offices: list[str], language: Language, *, conditional: bool, explained: bool) -> bytes:
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
        "units": offices,
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
        standings = compiled.edition.standings
        self.pieces = [_Pieces(standing, compiled, language) for standing in standings]
        self.questions = [self._question(place) for place in range(len(self.vocabulary.facts))]
        self._derivations: dict[tuple[Any, frozenset[str]], bytes] = {}
        self._reasons = Reasons(compiled.edition, language)
        self._shelves = {explain: [self._shelf(place) for place in range(len(standings))] for explain in Explain}
        self.fact_list = lru_cache(maxsize=16384)(self._fact_list)
        self.open_amount = lru_cache(maxsize=4096)(self._open_amount)

    def _fact_list(self, mask: int) -> bytes:
        """The ids of a mask as a JSON list, in the order of the vocabulary."""
        facts = self.vocabulary.facts
        return dumps([facts[place].id for place in facts_of_mask(mask)])

    def derived(self, asker: Asker, selection: Selection) -> bytes:
        """The derived facts that selected rules in force use and that were not given, with what they came from."""
        found = self._derivations.get((asker.stem, selection.derived))
        if found is None:
            if len(self._derivations) >= _KEPT_DERIVATIONS:
                self._derivations.clear()
            found = dumps(
                [self._derivation(item, asker) for item in asker.settled.derived if item.fact in selection.derived]
            )
            self._derivations[asker.stem, selection.derived] = found
        return found

    def _derivation(self, item: Derivation, asker: Asker) -> dict[str, Any]:
        vocabulary, known = self.vocabulary, asker.settled.known
        return {
            "fact": item.fact,
            "value": json_value(vocabulary[item.fact], item.value),
            "from": {name: json_value(vocabulary[name], known[name]) for name in item.inputs},
        }

    def outcomes(self, asker: Asker, selection: Selection, explain: Explain) -> list[Outcome]:
        """What each selected rule says.

        An outcome is a function of the facts that its rule reads. Askers answer one question after another, so that
        most outcomes are those of the call before; they are kept, and only new values are decided and rendered.
        """
        shelves, vector, origin = self._shelves[explain], asker.vector, asker.origin
        evaluation = None
        found = []
        for place in selection.places:
            read, derives, kept = shelves[place]
            key = (read(vector), origin) if derives else read(vector)
            outcome = kept.get(key)
            if outcome is None:
                evaluation = evaluation or self.compiled.decide(asker, selection)
                if len(kept) >= _KEPT:
                    kept.clear()
                outcome = kept[key] = self.outcome(place, evaluation, explain)
            found.append(outcome)
        return found

    def _shelf(self, place: int) -> _Shelf:
        """Where the outcomes of one rule are kept, by all that they hang on."""
        amount, finder = self.compiled.amounts.get(place), self.pieces[place].finder
        mask = self.compiled.mask(self.compiled.edition.standings[place].facts)
        if amount is not None:
            mask |= amount.facts_mask
        derives = bool(mask & self.compiled.derived_mask)
        if finder is not None and derives:
            mask |= self.compiled.mask(finder.hangs_on)
        places = facts_of_mask(mask)
        personal = any(self.vocabulary.facts[fact].personal != "never" for fact in places)
        return itemgetter(*places) if places else _NO_VALUES, derives, _NothingKept() if personal else {}

    def outcome(self, place: int, evaluation: Evaluation, explain: Explain) -> Outcome:
        """What one rule says, rendered anew."""
        missing = facts_of_mask(evaluation.missing.get(place, 0))
        body = self._result(place, evaluation, explain)
        return Outcome(evaluation.statuses[place], missing, evaluation.amounts.get(place), body)

    def _result(self, place: int, evaluation: Evaluation, explain: Explain) -> bytes:
        status, piece, explained = evaluation.statuses[place], self.pieces[place], explain is not Explain.NONE
        reasons = near = b"[]"
        if explained and status != NOT_IN_FORCE:
            reasons = self._reasons.of(place, evaluation, None if explain is Explain.FULL else status)
            near = self._near_misses(place, evaluation) if status == FALSE else near
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
            for caveat in self.pieces[place].conditional
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

    def _near_misses(self, place: int, evaluation: Evaluation) -> bytes:
        finder = self.pieces[place].finder
        if finder is None or not finder.may_find(evaluation.truths):
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
