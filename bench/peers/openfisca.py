"""The rules as an OpenFisca tax and benefit system: a variable for each fact and a formula for each rule.

Figures are 32-bit floats, an absent fact has its default, and a set becomes one boolean variable for each member.
"""

from __future__ import annotations

import linecache
from functools import cache
from typing import TYPE_CHECKING, Any

import polars as pl
from openfisca_core.entities import Entity
from openfisca_core.indexed_enums import Enum
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from app.rules.columns_schema import physical_schema
from app.rules.conditions import AllOf, Comparison, FactOperand
from app.rules.vocabulary import NUMERIC, FactType
from bench.subject import Subject

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.rules.columns_schema import PhysicalColumn
    from app.rules.conditions import Condition
    from app.rules.vocabulary import Fact, Value

PERIOD = "2023-06"
_ASKER = Entity("asker", "askers", "Whoever asks", "")
_SYMBOLS = {
    "equal_to": "==",
    "less_than": "<",
    "less_than_or_equal_to": "<=",
    "greater_than": ">",
    "greater_than_or_equal_to": ">=",
}


@cache
def subject() -> Subject:
    """The server builds the system by itself."""
    return Subject()


class CountryTaxBenefitSystem(TaxBenefitSystem):
    """The name under which ``openfisca serve`` looks for it."""

    def __init__(self) -> None:
        super().__init__([_ASKER])
        self.parameters = ParameterNode("", data={"unused": {"values": {"2022-04-18": {"value": 0}}}})
        rules = subject()
        for fact in rules.used:
            for name, options in _fact_variables(fact, rules.known[fact.id]):
                self._add(name, options)
        for rule in rules.rules:
            formula = _formula(rule.condition)
            self._add(variable_of(rule.id), {"value_type": bool, "formula": formula})

    def _add(self, name: str, options: dict[str, Any]) -> None:
        shared = {"entity": _ASKER, "definition_period": DateUnit.MONTH, "label": name}
        self.add_variable(type(name, (Variable,), {**shared, **options}))


def build(rules: Subject) -> Callable[[dict[str, Any]], list[bool]]:
    """``decide(facts)``: a new simulation of one asker, and each rule calculated."""
    system = CountryTaxBenefitSystem()
    names = [variable_of(rule.id) for rule in rules.rules]

    def decide(facts: dict[str, Any]) -> list[bool]:
        simulation = SimulationBuilder().build_from_entities(system, {"askers": {"a": facts}})
        return [bool(simulation.calculate(name, PERIOD)[0]) for name in names]

    return decide


def registry_run(rules: Subject, table: pl.DataFrame) -> Callable[[], Any]:
    """Every rule over a registry of physical columns in memory, as arrays; what is unknown has its default."""
    system = CountryTaxBenefitSystem()
    names = [variable_of(rule.id) for rule in rules.rules]
    columns = physical_schema(rules.vocabulary)
    arrays: dict[str, Any] = {}
    for fact in rules.used:
        if fact.id in table.columns:
            arrays |= _arrays(columns[fact.id], table[fact.id])

    def run() -> Any:
        simulation = SimulationBuilder().build_default_simulation(system, count=table.height)
        for name, values in arrays.items():
            simulation.set_input(name, PERIOD, values)
        return [int(simulation.calculate(name, PERIOD).sum()) for name in names]

    return run


def _arrays(column: PhysicalColumn, values: pl.Series) -> dict[str, Any]:
    """A column as the arrays that variables take: yuan in floats, places among members, a boolean for each member."""
    fact = column.fact
    if fact.type is FactType.SET:
        bits = values.fill_null(0).to_numpy()
        return {f"{fact.id}__{member.value}": (bits >> place & 1) == 1 for place, member in enumerate(fact.members)}
    if fact.type is FactType.BOOL:
        return {fact.id: values.fill_null(value=False).to_numpy()}
    if fact.type in NUMERIC:
        return {fact.id: values.fill_null(0).cast(pl.Float64).to_numpy() / 10**column.scale}
    if fact.members:
        return {fact.id: values.fill_null(0).cast(pl.Int64).to_numpy()}
    return {}


def inputs(rules: Subject, plain: dict[str, Any]) -> dict[str, Any]:
    """Facts in JSON's types as the input of a simulation."""
    found: dict[str, Any] = {}
    for name, value in plain.items():
        fact = rules.vocabulary[name]
        if fact.type is FactType.SET:
            found |= {f"{name}__{member.value}": {PERIOD: member.value in value} for member in fact.members}
        else:
            found[name] = {PERIOD: value}
    return found


def variable_of(rule_id: str) -> str:
    """A rule id as a name of the system."""
    return "rule_" + rule_id.replace("-", "_")


def _fact_variables(fact: Fact, value: Value) -> list[tuple[str, dict[str, Any]]]:
    """Variables with the defaults that stand for what was not told."""
    if fact.type is FactType.SET:
        return [(f"{fact.id}__{m.value}", {"value_type": bool}) for m in fact.members]
    if fact.type is FactType.BOOL:
        return [(fact.id, {"value_type": bool, "default_value": value})]
    if fact.type in NUMERIC:
        return [(fact.id, {"value_type": float, "default_value": float(value)})]
    if fact.members:
        kind = Enum(fact.id, {member.value: member.value for member in fact.members})
        return [(fact.id, {"value_type": Enum, "possible_values": kind, "default_value": kind[value]})]
    return [(fact.id, {"value_type": str, "default_value": value})]


def _formula(condition: Condition) -> Callable[..., Any]:
    """A formula with its source, which ``openfisca serve`` shows to its readers."""
    source = f"def formula(asker, period):\n    return {_source(condition)}"
    name, names = f"<formula {len(linecache.cache)}>", {}
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    exec(compile(source, name, "exec"), names)  # noqa: S102 - written from our own policy
    formula: Callable[..., Any] = names["formula"]
    return formula


def _source(condition: Condition) -> str:
    if isinstance(condition, Comparison):
        return f"({_comparison(condition)})"
    symbol = " * " if isinstance(condition, AllOf) else " + "
    return "(" + symbol.join(_source(part) for part in condition.parts) + ")"


def _comparison(leaf: Comparison) -> str:
    fact = subject().vocabulary[leaf.fact]
    actual = f"asker({leaf.fact!r}, period)"
    members = [f"asker({f'{fact.id}__{m.value}'!r}, period)" for m in fact.members]
    match leaf.operator:
        case "is_true":
            return actual
        case "is_false":
            return f"{actual} == False"
        case "is_empty":
            return f"({' + '.join(members)}) == False"
        case "shares_at_least_one_element_with":
            return " + ".join(f"asker({f'{fact.id}__{value}'!r}, period)" for value in leaf.expected)
        case "is_one_of":
            return " + ".join(f"({_equal(fact, actual, value)})" for value in leaf.expected)
    if isinstance(leaf.expected, FactOperand):
        right = f"asker({leaf.expected.fact!r}, period) + {leaf.expected.plus}"
    elif fact.type in NUMERIC:
        right = str(leaf.expected)
    else:
        return _equal(fact, actual, leaf.expected)
    return f"{actual} {_SYMBOLS[leaf.operator]} {right}"


def _equal(fact: Fact, actual: str, value: str) -> str:
    """Enum values are compared by their index."""
    if not fact.members:
        return f"{actual} == {value!r}"
    return f"{actual}.view('int16') == {[m.value for m in fact.members].index(value)}"
