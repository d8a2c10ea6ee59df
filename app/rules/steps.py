"""The arithmetic of an amount, figure by figure, for people to check."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from app.rules.amount_value import branch, bracket_of, calculate
from app.rules.amounts import (
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
_BRACKET = Text("{low} 至 {high} 一档:税率 {rate},速算扣除数 {quick}", "bracket {low} to {high}: rate {rate}, quick deduction {quick}")
_NO_END = Text("以上", "and above")
_SHOWN = 10


def arithmetic(
    node: Expression, known: Mapping[str, Value], parameters: Mapping[str, Decimal | None], language: Language
) -> list[dict[str, str]]:
    """The steps of a computed amount: each named part once, the formula with its figures, the rounding if it changed."""
    writer = _Writer(known, parameters, language)
    expression = writer.write(node)
    value = calculate(node, known, parameters).value
    if value is None:
        return []
    writer.add(_AMOUNT.in_(language), expression, value)
    rounded = fraction_to_yuan(value)
    if Fraction(rounded) != value:
        writer.steps.append(
            {"label": _ROUNDED.in_(language), "expression": _figure(value), "value": money_text(rounded)}
        )
    return writer.steps


class _Writer:
    def __init__(
        self, known: Mapping[str, Value], parameters: Mapping[str, Decimal | None], language: Language
    ) -> None:
        self.known, self.parameters, self.language = known, parameters, language
        self.steps: list[dict[str, str]] = []
        self._done: set[str] = set()

    def add(self, label: str, expression: str, value: Fraction) -> None:
        self.steps.append({"label": label, "expression": expression, "value": _figure(value)})

    def write(self, node: Expression) -> str:
        """The expression with figures in place of names; named parts become steps of their own."""
        match node:
            case Operation():
                return f"{self._side(node.left, node)} {_SIGNS[node.symbol]} {self._side(node.right, node)}"
            case Pick():
                return f"{node.name}({', '.join(self.write(part) for part in node.parts)})"
            case Schedule():
                return self._schedule(node)
            case Lookup() | Choose():
                chosen = branch(node, self.known)
                return "?" if chosen is None else self.write(chosen)
            case Named():
                return self._named(node)
            case Figure() | FactRef() | ParameterRef():
                return _figure(self._value(node))

    def _value(self, node: Expression) -> Fraction:
        value = calculate(node, self.known, self.parameters).value
        return Fraction(0) if value is None else value

    def _side(self, node: Expression, parent: Operation) -> str:
        text = self.write(node)
        compound = isinstance(node, Operation) and (parent.symbol in "*/" or node is parent.right)
        return f"({text})" if compound else text

    def _named(self, node: Named) -> str:
        value = self._value(node.body)
        if node.name not in self._done:
            self._done.add(node.name)
            self.add(node.label.in_(self.language), self.write(node.body), value)
        return _figure(value)

    def _schedule(self, node: Schedule) -> str:
        self.write(node.base)
        base = self._value(node.base)
        bracket = bracket_of(node.brackets, base)
        place = node.brackets.index(bracket)
        low = node.brackets[place - 1].up_to if place else Decimal(0)
        high = _NO_END.in_(self.language) if bracket.up_to is None else number_text(bracket.up_to)
        label = _BRACKET.in_(self.language).format(
            low=number_text(low or Decimal(0)), high=high, rate=number_text(bracket.rate), quick=number_text(bracket.quick)
        )
        expression = f"{_figure(base)} × {number_text(bracket.rate)} − {number_text(bracket.quick)}"
        value = base * Fraction(bracket.rate) - Fraction(bracket.quick)
        self.add(label, expression, value)
        return _figure(value)


_SIGNS = {"+": "+", "-": "−", "*": "×", "/": "÷"}


def _figure(value: Fraction) -> str:
    """A figure in plain notation; one without an end is shown to ten decimals and marked so."""
    exact = EXACT.divide(Decimal(value.numerator), Decimal(value.denominator))
    if Fraction(exact) == value:
        return number_text(exact)
    return number_text(exact.quantize(Decimal(1).scaleb(-_SHOWN), context=EXACT)) + "…"
