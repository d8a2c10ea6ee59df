"""Whatever stands in a document, the answer is a policy or a list of faults, never another exception."""

from __future__ import annotations

import copy
import random

import pytest

from app.rules.errors import PackError
from app.rules.packs.cases import read_cases
from app.rules.packs.checks import sound_policy
from app.rules.packs.diagnostics import DIAGNOSTICS
from app.rules.packs.parse import parse_policy
from app.rules.packs.places import in_document, place_of
from app.rules.reading import Number
from app.services.decide import DecisionRequest, decide
from app.services.packs import load_document, read_yaml
from app.services.policy_check import message_of
from app.services.registry import ActivePolicy
from tests.services import bad_packs

DOCUMENT = load_document(bad_packs.PACK, bad_packs.BASE)
CASES = {file.name: read_yaml(file) for file in (bad_packs.BASE / bad_packs.PACK / "cases").glob("*.yaml")}
ODD = (
    None,
    True,
    3,
    Number("1e5"),
    "",
    " ",
    "x",
    "0",
    "-1",
    "NaN",
    "1e400",
    "2023-02-30",
    "\ud800",
    "\u202e",
    "a" * 3000,
    "9" * 50,
    [],
    ["x"],
    [[]],
    {},
    {"x": "y"},
    {"zh": "中", "en": "en"},
    {"all": []},
    {"any": [{}]},
    {"name": [], "operator": {}},
    {"name": "kind", "operator": "is_one_of", "value": [[], {}, None]},
    {"name": "loan", "operator": "equal_to", "value": {"fact": [], "plus": []}},
    {"name": "kind", "operator": "equal_to", "value": "firm", "hint": {"zh": 3, "en": None, "when": [3, {}]}},
    {
        "formula": "hired",
        "where": {"x": [], "": {}, "y": {"by": {}, "values": []}, "z": {"if": 3}},
        "schedules": {"s": 3},
    },
    {"formula": "schedule(s, 1) / 0", "schedules": {"s": [{"rate": "1", "quick": {}}, "x", None]}},
    "(" * 300,
    "1 if 2 else 3",
    "hired.__class__",
    "lambda: 1",
    "min(hired, *[1])",
    "hired @ hired",
)
ROUNDS = 200


def nodes(node, path=()):
    """Every place of a document below its root."""
    entries = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, item in entries:
        yield (*path, key)
        yield from nodes(item, (*path, key))


def broken(document, path, value):
    """The document with one place changed, or taken away."""
    found = copy.deepcopy(document)
    node = found
    for key in path[:-1]:
        node = node[key]
    if value is KeyError:
        del node[path[-1]]
    else:
        node[path[-1]] = value
    return found


def faults_of(document):
    """The faults; a document without any decides and has a renderer on each of its days."""
    try:
        policy = sound_policy(document)
    except PackError as error:
        return error.faults
    active = ActivePolicy(policy)
    for day in policy.turning_days:
        decide(active, DecisionRequest({}, day), day, calculation=True)
    return ()


@pytest.mark.parametrize("seed", range(2))
def test_a_document_with_something_odd_in_it(seed):
    chance = random.Random(seed)  # noqa: S311 - samples, not secrets
    places = list(nodes(DOCUMENT))
    for _ in range(ROUNDS):
        path, value = chance.choice(places), chance.choice((*ODD, KeyError))
        document = broken(DOCUMENT, path, value)
        for fault in faults_of(document):
            assert in_document(fault.path, document) is not None
            assert place_of(fault.path, document, {})
            assert message_of(fault, "zh")
            assert message_of(fault, "en")
            assert fault.code in DIAGNOSTICS or fault.code.islower()


def test_cases_with_something_odd_in_them():
    policy = parse_policy(DOCUMENT)
    places = list(nodes(CASES))
    chance = random.Random(5)  # noqa: S311 - samples, not secrets
    for _ in range(ROUNDS):
        faults = []
        path, value = chance.choice(places), chance.choice(ODD)
        read_cases(broken(CASES, path, value), policy, faults)
        assert all(message_of(fault, "en") for fault in faults)


@pytest.mark.parametrize("document", [None, [], "x", 3, {}, {"manifest": None}, {"manifest": {}, "clauses": {}}])
def test_something_that_is_no_document(document):
    assert faults_of(document)
