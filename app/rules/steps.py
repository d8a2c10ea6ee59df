"""The arithmetic of an amount, figure by figure, for people to check."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from app.rules.amount_value import bracket_of, branch, calculate, combine
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
)
from app.rules.money import EXACT, fraction_to_yuan, money_text, number_text
from app.rules.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.rules.text import Language
    from app.rules.vocabulary import Value

__all__ = ["arithmetic"]

_AMOUNT = Text("金额", "Amount")
_ROUNDED = Text("四舍五入到分,不低于零", "Rounded half-up to the fen, never below zero")
_BRACKET = Text(
    "超过 {low} 元至 {high} 元的一档:税率 {rate},速算扣除数 {quick}",
    "Bracket above {low} up to {high} yuan: rate {rate}, quick deduction {quick}",
)
_TOP_BRACKET = Text(
    "超过 {low} 元的一档:税率 {rate},速算扣除数 {quick}",
    "Bracket above {low} yuan: rate {rate}, quick deduction {quick}",
)
_SHOWN = 10


def arithmetic(
    node: Expression,
    known: Mapping[str, Value],
    parameters: Mapping[str, Decimal | None],
    language: Language,
) -> list[dict[str, str]]:
    """The steps of a computed amount: each named part once, the formula with its figures, the rounding if it changed.

    Only for an amount that the facts and parameters settle.
    """
    writer = _Writer(known, parameters, language)
    expression, value = writer.write(node)
    writer.add(_AMOUNT.in_(language), expression, value)
    rounded = fraction_to_yuan(value)
    if Fraction(rounded) != value:
        writer.steps.append(
            {
                "label": _ROUNDED.in_(language),
                "expression": _figure(value),
                "value": money_text(rounded),
            }
        )
    return writer.steps


class _Writer:
    def __init__(
        self,
        known: Mapping[str, Value],
        parameters: Mapping[str, Decimal | None],
        language: Language,
    ) -> None:
        self.known, self.parameters, self.language = known, parameters, language
        self.steps: list[dict[str, str]] = []
        self._named: dict[str, Fraction] = {}

    def add(self, label: str, expression: str, value: Fraction) -> None:
        self.steps.append({"label": label, "expression": expression, "value": _figure(value)})

    def write(self, node: Expression) -> tuple[str, Fraction]:
        """The expression with figures in place of names, and its value; named parts become steps of their own."""
        match node:
            case Operation():
                left, left_value = self._side(node.left, node)
                right, right_value = self._side(node.right, node)
                return f"{left} {_SIGNS[node.symbol]} {right}", combine(node, [left_value, right_value])
            case Pick():
                parts = [self.write(part) for part in node.parts]
                return f"{node.name}({', '.join(text for text, _ in parts)})", combine(node, [v for _, v in parts])
            case Schedule():
                return self._schedule(node)
            case Lookup() | Choose():
                chosen = branch(node, self.known)
                if chosen is None:
                    raise ValueError(node)
                return self.write(chosen)
            case Named():
                return self._part(node)
            case Figure() | FactRef() | ParameterRef():  # pragma: no branch - the match is exhaustive
                value = calculate(node, self.known, self.parameters).value
                if value is None:
                    raise ValueError(node)
                return _figure(value), value

    def _side(self, node: Expression, parent: Operation) -> tuple[str, Fraction]:
        text, value = self.write(node)
        compound = isinstance(node, Operation) and (parent.symbol in "*/" or node is parent.right)
        return (f"({text})" if compound else text), value

    def _part(self, node: Named) -> tuple[str, Fraction]:
        if node.name not in self._named:
            text, value = self.write(node.body)
            self._named[node.name] = value
            self.add(node.label.in_(self.language), text, value)
        value = self._named[node.name]
        return _figure(value), value

    def _schedule(self, node: Schedule) -> tuple[str, Fraction]:
        text, base = self.write(node.base)
        bracket = bracket_of(node.brackets, base)
        label = _bracket_label(node.brackets, bracket, self.language)
        value = combine(node, [base])
        self.add(
            label,
            f"{text} × {number_text(bracket.rate)} − {number_text(bracket.quick)}",
            value,
        )
        return _figure(value), value


def _bracket_label(brackets: tuple[Bracket, ...], bracket: Bracket, language: Language) -> str:
    place = brackets.index(bracket)
    low = brackets[place - 1].up_to if place else Decimal(0)
    form = _TOP_BRACKET if bracket.up_to is None else _BRACKET
    return form.in_(language).format(
        low=number_text(low or Decimal(0)),
        high=number_text(bracket.up_to or Decimal(0)),
        rate=number_text(bracket.rate),
        quick=number_text(bracket.quick),
    )


_SIGNS = {"+": "+", "-": "−", "*": "×", "/": "÷"}


def _figure(value: Fraction) -> str:
    """A figure in plain notation; one without an end is shown to ten decimals and marked so."""
    if value.denominator == 1:
        return str(value.numerator)
    exact = EXACT.divide(Decimal(value.numerator), Decimal(value.denominator))
    if Fraction(exact) == value:
        return number_text(exact)
    return number_text(exact.quantize(Decimal(1).scaleb(-_SHOWN), context=EXACT)) + "…"
