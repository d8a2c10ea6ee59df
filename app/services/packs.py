"""Packs on disk: YAML files to one document.

Every scalar is kept as text (no YAML float, date or boolean guessing) and a repeated key is refused.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from app.rules.errors import Fault, PackError
from app.rules.packs.parse import parse_policy
from app.rules.reading import json_type

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.rules.policy import Policy

__all__ = ["PACKAGED", "load_document", "load_policy", "packaged_ids", "read_yaml"]

#: The folder of the packs that come with the product.
PACKAGED = Path(__file__).parent.parent / "policies"

_BaseLoader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class _TextLoader(_BaseLoader):  # type: ignore[misc]  # the C loader has no stub
    """All scalars as text; repeated keys refused."""


def _mapping(loader: Any, node: yaml.MappingNode) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node)
        if key in found:
            message = f"repeated key {key!r}"
            raise yaml.constructor.ConstructorError(None, None, message, key_node.start_mark)
        found[key] = loader.construct_object(value_node, deep=True)
    return found


_TextLoader.add_constructor("tag:yaml.org,2002:map", _mapping)


def read_yaml(path: Path) -> Any:
    """The content of one file.

    Raises:
        PackError: naming file, line and column of what YAML cannot read.
    """
    try:
        return yaml.load(path.read_text(encoding="utf-8"), _TextLoader)  # noqa: S506 - a BaseLoader makes text only
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise PackError([Fault("yaml_invalid", (path.name,), {"message": str(error)})]) from error


def packaged_ids(folder: Path = PACKAGED) -> tuple[str, ...]:
    """The packs in a folder: its subfolders with a manifest."""
    return tuple(sorted(path.parent.name for path in folder.glob("*/manifest.yaml")))


def load_document(policy_id: str, folder: Path = PACKAGED) -> dict[str, Any]:
    """The document of a pack; vocabulary and national schemes come from beside it or from the product."""
    pack = folder / policy_id
    manifest = _required(pack / "manifest.yaml")
    found = [_mapping_in(path) for path in sorted((pack / "clauses").glob("*.yaml"))]
    clauses = {str(_under(clause, "clause", "clauses")): clause for clause in found}
    targets = _mapping_in(pack / "targets.yaml")
    return {
        "manifest": manifest,
        "vocabulary": _vocabulary(_shared(folder, "vocabulary")),
        "clauses": [clauses[key] for key in sorted(clauses, key=_clause_order)],
        "national": _schemes(_shared(folder, "national"), _schemes_used(found)),
        "parameters": _under(_mapping_in(pack / "parameters.yaml"), "parameters", "parameters.yaml"),
        "targets": _under(targets, "targets", "targets.yaml"),
        "cadences": targets.get("cadences", []),
    }


def load_policy(policy_id: str, folder: Path = PACKAGED) -> Policy:
    """The typed policy of a pack on disk.

    Raises:
        PackError: when the pack is not sound.
    """
    return parse_policy(load_document(policy_id, folder))


def _required(path: Path) -> Any:
    if not path.is_file():
        raise PackError([Fault("file_missing", (path.name,), {"file": path.name})])
    return read_yaml(path)


def _mapping_in(path: Path) -> dict[str, Any]:
    content = _required(path)
    if not isinstance(content, dict):
        fields = {"expected": "object", "actual": json_type(content)}
        raise PackError([Fault("wrong_type", (path.name,), fields)])
    return content


def _under(mapping: dict[str, Any], key: str, file: str) -> Any:
    if key not in mapping:
        raise PackError([Fault("missing_field", (file, key), {"value": key})])
    return mapping[key]


def _shared(folder: Path, name: str) -> Path:
    beside = folder / name
    return beside if beside.is_dir() else PACKAGED / name


def _vocabulary(folder: Path) -> dict[str, Any]:
    return {
        "facts": _under(_mapping_in(folder / "facts.yaml"), "facts", "facts.yaml"),
        "size_classes": _under(_mapping_in(folder / "size-classes.yaml"), "rows", "size-classes.yaml"),
        "industry_sections": _under(
            _mapping_in(folder / "industry-sections.yaml"), "sections", "industry-sections.yaml"
        ),
    }


def _schemes(folder: Path, used: Iterable[str]) -> list[Any]:
    return [_required(folder / f"{scheme}.yaml") for scheme in sorted(used)]


def _schemes_used(clauses: list[dict[str, Any]]) -> set[str]:
    """The national schemes that rules point at; what is no rule at all is a fault that parsing reports."""
    lists = [rules for clause in clauses if isinstance(rules := clause.get("rules"), list)]
    named = (rule.get("national") for rules in lists for rule in rules if isinstance(rule, dict))
    return {name for name in named if isinstance(name, str)}


def _clause_order(clause: str) -> tuple[int, int, str]:
    """Goals, then the numbered measures, then the work requirements; what is no number of a clause last."""
    letter, digits = (clause[0], clause[1:]) if clause[:1] in ("t", "w") else ("", clause)
    if not digits.isdecimal():
        return (3, 0, clause)
    return ({"t": 0, "": 1, "w": 2}[letter], int(digits), clause)
