"""The tree of an edition as one Python code object: every unique condition once, then every rule.

Truths are small integers (``truth.py``), so that *and* is ``&`` and *or* is ``|``. The source holds only generated
names; figures and words of the policy are constants in its namespace and never become code.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import TYPE_CHECKING, Any

from app.rules.amount_value import bracket_of
from app.rules.amounts import (
    Bracket,
    Choose,
    Expression,
    FactRef,
    Figure,
    Lookup,
    Named,
    Operation,
    ParameterRef,
    Pick,
    Schedule,
    facts_of,
    parameters_of,
)
from app.rules.conditions import AllOf, Comparison, Condition, FactOperand
from app.rules.money import EXACT, round_yuan
from app.rules.operators import OPERATORS
from app.rules.truth import FALSE, TRUE, UNKNOWN
from app.rules.vocabulary import FactType

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.rules.edition import Edition
    from app.rules.vocabulary import Value, Vocabulary

__all__ = [
    "NOT_IN_FORCE",
    "CompiledAmount",
    "Program",
    "compile_amount",
    "compile_edition",
]

#: The status of a rule that is out of force, beside the three truths.
NOT_IN_FORCE = 4

Vector = list["Value | None"]


@dataclass(frozen=True, slots=True)
class Program:
    """Compiled code of an edition.

    ``run(vector)`` gives the truth of each unique condition and the status of each rule. ``missing_masks[rule]`` is the
    mask of facts outside nested parts; ``nested[rule]`` adds those of nested parts that are unknown.
    """

    run: Callable[[Vector], tuple[tuple[int, ...], tuple[int, ...]]]
    missing_masks: tuple[int, ...]
    nested: tuple[Callable[[tuple[int, ...], int], int] | None, ...]


class _Source:
    """Lines of generated code and the constants they name."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.lines: list[str] = []
        self.names: dict[str, Any] = {}

    def constant(self, value: object) -> str:
        """A name for a constant."""
        name = f"k{len(self.names)}"
        self.names[name] = value
        return name

    def slot(self, fact: str) -> str:
        """The place of a fact in the vector."""
        return f"v[{self.vocabulary[fact].index}]"

    def function(self, signature: str) -> Callable[..., Any]:
        """The finished function."""
        text = f"def compiled({signature}):\n" + "\n".join(f"    {line}" for line in self.lines)
        exec(compile(text, "<policy>", "exec"), self.names)  # noqa: S102 - generated names only, see the module's text
        function: Callable[..., Any] = self.names["compiled"]
        return function


def compile_edition(edition: Edition) -> Program:
    """One function for all rules of the edition."""
    source = _Source(edition.policy.vocabulary)
    _emit_conditions(edition, source)
    statuses = [
        _truth_source(standing.condition, edition) if standing.in_force else str(NOT_IN_FORCE)
        for standing in edition.standings
    ]
    truths = "".join(f"c{place}, " for place in range(len(edition.conditions)))
    source.lines.append(f"return ({truths}), ({''.join(f'{status}, ' for status in statuses)})")
    conditions = [standing.condition for standing in edition.standings]
    return Program(
        run=source.function("v"),
        missing_masks=tuple(_flat_mask(condition, edition) for condition in conditions),
        nested=tuple(
            _nested_missing(standing.condition, edition) if standing.in_force else None
            for standing in edition.standings
        ),
    )


def _emit_conditions(edition: Edition, source: _Source) -> None:
    by_fact: dict[str, list[int]] = {}
    for place, leaf in enumerate(edition.conditions):
        if not isinstance(leaf.expected, FactOperand):
            by_fact.setdefault(leaf.fact, []).append(place)
    for fact, places in by_fact.items():
        unknown = " = ".join(f"c{place}" for place in places)
        source.lines += [
            f"f = {source.slot(fact)}",
            "if f is None:",
            f"    {unknown} = {UNKNOWN}",
            "else:",
        ]
        for place in places:
            test = _test_source(edition.conditions[place], "f", source)
            source.lines.append(f"    c{place} = {TRUE} if {test} else {FALSE}")
    for place, leaf in enumerate(edition.conditions):
        if isinstance(leaf.expected, FactOperand):
            left, right = source.slot(leaf.fact), source.slot(leaf.expected.fact)
            test = _test_source(leaf, left, source)
            source.lines.append(
                f"c{place} = {UNKNOWN} if {left} is None or {right} is None else {TRUE} if {test} else {FALSE}"
            )


def _test_source(leaf: Comparison, actual: str, source: _Source) -> str:
    """The comparison on known values as a Python expression."""
    match leaf.expected:
        case FactOperand(fact=fact, plus=plus):
            expected = f"({source.slot(fact)} + {source.constant(plus)})" if plus else source.slot(fact)
        case tuple() as members:
            expected = source.constant(frozenset(members))
        case None:
            expected = ""
        case value:
            expected = source.constant(value)
    return OPERATORS[leaf.operator].source.format(actual=actual, expected=expected)


def _truth_source(condition: Condition, edition: Edition, name: str = "c{}") -> str:
    """The truth of a tree from the truths of its conditions (``name`` says how one is read)."""
    if isinstance(condition, Comparison):
        return name.format(edition.condition_index[condition])
    symbol = " & " if isinstance(condition, AllOf) else " | "
    inner = symbol.join(_truth_source(part, edition, name) for part in condition.parts)
    return f"({inner})" if len(condition.parts) > 1 else inner


def _leaf_mask(leaf: Comparison, vocabulary: Vocabulary) -> int:
    mask = 0
    for fact in leaf.facts:
        mask |= 1 << vocabulary[fact].index
    return mask


def _flat_mask(condition: Condition, edition: Edition) -> int:
    """The facts of the comparisons directly below the root."""
    vocabulary = edition.policy.vocabulary
    if isinstance(condition, Comparison):
        return _leaf_mask(condition, vocabulary)
    mask = 0
    for part in condition.parts:
        if isinstance(part, Comparison):
            mask |= _leaf_mask(part, vocabulary)
    return mask


def _nested_missing(condition: Condition, edition: Edition) -> Callable[[tuple[int, ...], int], int] | None:
    """A function of (truths, unknown mask) for the parts below the root that are trees themselves."""
    terms = _nested_terms(condition, edition)
    if not terms:
        return None
    source = _Source(edition.policy.vocabulary)
    source.lines.append(f"return ({' | '.join(terms)}) & u")
    return source.function("c, u")


def _nested_terms(condition: Condition, edition: Edition) -> list[str]:
    if isinstance(condition, Comparison):
        return []
    terms = []
    for part in condition.parts:
        if not isinstance(part, Comparison):
            inner = " | ".join([str(_flat_mask(part, edition)), *_nested_terms(part, edition)])
            terms.append(f"(({inner}) if {_truth_source(part, edition, 'c[{}]')} == {UNKNOWN} else 0)")
    return terms


@dataclass(frozen=True, slots=True)
class CompiledAmount:
    """An amount as straight-line Decimal code, valid when every fact and parameter it can read is known."""

    expression: Expression
    facts_mask: int
    ready: bool
    formula: Callable[[Vector], Decimal]
    constant: Decimal | None = None

    def value(self, vector: Vector) -> Decimal:
        """The amount in yuan, rounded; only for a vector that knows all its facts."""
        if self.constant is not None:
            return self.constant
        with localcontext(EXACT):
            return round_yuan(Decimal(self.formula(vector)))


def compile_amount(expression: Expression, edition: Edition) -> CompiledAmount:
    """The amount of one rule of the edition."""
    vocabulary = edition.policy.vocabulary
    mask = 0
    for fact in facts_of(expression):
        mask |= 1 << vocabulary[fact].index
    if any(edition.parameters[name] is None for name in parameters_of(expression)):
        return CompiledAmount(expression, mask, ready=False, formula=_unset)
    source = _Source(vocabulary)
    body = _amount_source(expression, edition, source)
    source.lines.append(f"return {body}")
    source.names.update(schedule=_schedule, Decimal=Decimal)
    formula = source.function("v")
    with localcontext(EXACT):
        constant = None if mask else round_yuan(Decimal(formula([])))
    return CompiledAmount(expression, mask, ready=True, formula=formula, constant=constant)


def _unset(_vector: Vector) -> Decimal:
    """An amount whose parameters are not all published has no code; the reference calculation says what is wanting."""
    raise ValueError(_vector)


def _amount_source(node: Expression, edition: Edition, source: _Source) -> str:
    def inner(part: Expression) -> str:
        return _amount_source(part, edition, source)

    match node:
        case Figure() | FactRef() | ParameterRef():
            return _figure_source(node, edition, source)
        case Operation():
            return f"({inner(node.left)} {node.symbol} {inner(node.right)})"
        case Pick():
            return f"{node.name}({', '.join(inner(part) for part in node.parts)})"
        case Schedule():
            return f"schedule({source.constant(node.brackets)}, {inner(node.base)})"
        case Lookup():
            cases = "".join(
                f"{inner(body)} if {source.slot(node.fact)} == {source.constant(key)} else "
                for key, body in node.cases[:-1]
            )
            return f"({cases}{inner(node.cases[-1][1])})"
        case Choose():
            return f"({inner(node.then)} if {_bool_source(node.condition, source)} else {inner(node.otherwise)})"
        case Named():  # pragma: no branch - the match is exhaustive
            return inner(node.body)


def _figure_source(node: Figure | FactRef | ParameterRef, edition: Edition, source: _Source) -> str:
    if isinstance(node, FactRef):
        slot = source.slot(node.fact)
        return f"Decimal({slot})" if source.vocabulary[node.fact].type is FactType.INT else slot
    return source.constant(node.value if isinstance(node, Figure) else edition.parameters[node.parameter])


def _bool_source(condition: Condition, source: _Source) -> str:
    """A condition on known facts as a plain Python boolean."""
    if isinstance(condition, Comparison):
        return _test_source(condition, source.slot(condition.fact), source)
    word = " and " if isinstance(condition, AllOf) else " or "
    return "(" + word.join(f"({_bool_source(part, source)})" for part in condition.parts) + ")"


def _schedule(brackets: tuple[Bracket, ...], base: Decimal) -> Decimal:
    bracket = bracket_of(brackets, base)
    return base * bracket.rate - bracket.quick
