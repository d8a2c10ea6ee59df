"""The rules as one zen-engine decision table that collects: a row for each way in which a rule can hold."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from app.rules.conditions import FactOperand
from app.rules.edition import alternatives
from bench.subject import constant

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.rules.conditions import Comparison
    from bench.subject import Subject

_SYMBOLS = {
    "equal_to": "==",
    "less_than": "<",
    "less_than_or_equal_to": "<=",
    "greater_than": ">",
    "greater_than_or_equal_to": ">=",
    "is_one_of": "in",
}


def build(subject: Subject) -> Callable[[dict[str, Any]], set[str]]:
    """``decide(facts)``: the ids of the rules of which a row holds."""
    import zen  # noqa: PLC0415 - a peer that may be absent

    decision = zen.ZenEngine().create_decision(json.dumps(_document(subject)))

    def decide(facts: dict[str, Any]) -> set[str]:
        return {row["rule"] for row in decision.evaluate(facts)["result"]}

    return decide


def _document(subject: Subject) -> dict[str, Any]:
    rows = [
        {"_id": f"{rule.id}-{number}", "rule": json.dumps(rule.id), **_cells(way)}
        for rule in subject.rules
        for number, way in enumerate(alternatives(rule.condition))
    ]
    columns = [{"id": fact.id, "name": fact.id, "field": fact.id} for fact in subject.used]
    table = {
        "hitPolicy": "collect",
        "inputs": columns,
        "outputs": [{"id": "rule", "name": "rule", "field": "rule"}],
        "rules": [{**dict.fromkeys((column["id"] for column in columns), ""), **row} for row in rows],
    }
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode"},
        {"id": "table", "name": "table", "type": "decisionTableNode", "content": table},
        {"id": "out", "name": "out", "type": "outputNode"},
    ]
    edges = [
        {"id": "first", "sourceId": "in", "targetId": "table", "type": "edge"},
        {"id": "second", "sourceId": "table", "targetId": "out", "type": "edge"},
    ]
    return {"nodes": nodes, "edges": edges}


def _cells(way: tuple[Comparison, ...]) -> dict[str, str]:
    cells: dict[str, str] = {}
    for leaf in dict.fromkeys(way):
        test = _test(leaf)
        cells[leaf.fact] = f"{cells[leaf.fact]} and {test}" if leaf.fact in cells else test
    return cells


def _test(leaf: Comparison) -> str:
    match leaf.operator:
        case "is_true" | "is_false":
            return f"$ == {'true' if leaf.operator == 'is_true' else 'false'}"
        case "is_empty":
            return "len($) == 0"
        case "shares_at_least_one_element_with":
            return f"some($, # in {json.dumps(constant(leaf))})"
    right = json.dumps(constant(leaf))
    if isinstance(leaf.expected, FactOperand):
        right = f"{leaf.expected.fact} + {leaf.expected.plus}"
    return f"$ {_SYMBOLS[leaf.operator]} {right}"
