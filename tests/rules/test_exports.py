"""Public names: each module of the core says which they are, and nothing else is taken from it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import app

ROOT = Path(app.__file__).parent


def name_of(path):
    return ".".join(path.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(".__init__")


TREES = {name_of(path): ast.parse(path.read_text(encoding="utf-8")) for path in sorted(ROOT.rglob("*.py"))}
CORE = [name for name, tree in TREES.items() if name.startswith("app.rules.") and tree.body[1:]]


def taken():
    """Module → what others take from it: who takes it, and its name."""
    found = {}
    for taker, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module in TREES:
                names = [alias.name for alias in node.names if f"{node.module}.{alias.name}" not in TREES]
                found.setdefault(node.module, []).extend((taker, name) for name in names)
    return found


TAKEN = taken()


def exported(tree):
    """The names in ``__all__``, or None where a module has none."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return ast.literal_eval(node.value)
    return None


def defined(tree):
    """The names that a module gives itself, at its top level."""
    found = set()
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {target.id for target in targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.ImportFrom | ast.Import):
            found |= {alias.asname or alias.name for alias in node.names}
    return found


@pytest.mark.parametrize("module", CORE)
def test_each_public_name_is_there_once(module):
    names = exported(TREES[module])
    assert names is not None
    assert len(set(names)) == len(names)
    assert set(names) <= defined(TREES[module])
    assert not [name for name in names if name.startswith("_")]


@pytest.mark.parametrize("module", CORE)
def test_other_modules_take_public_names_only(module):
    public = exported(TREES[module]) or ()
    assert [(taker, name) for taker, name in TAKEN.get(module, ()) if name not in public] == []
