"""Packs on disk: YAML files to one document.

Every scalar is kept as text (no YAML float, date or boolean guessing) and a repeated key is refused.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from app.rules.errors import Fault, PackError
from app.rules.packs.parse import parse_policy

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
    clauses = {clause["clause"]: clause for clause in map(_required, (pack / "clauses").glob("*.yaml"))}
    targets = _required(pack / "targets.yaml")
    used = {rule.get("national") for clause in clauses.values() for rule in clause["rules"]} - {None}
    return {
        "manifest": manifest,
        "vocabulary": _vocabulary(_shared(folder, "vocabulary")),
        "clauses": [clauses[key] for key in sorted(clauses, key=_clause_order)],
        "national": _schemes(_shared(folder, "national"), used),
        "parameters": _required(pack / "parameters.yaml")["parameters"],
        "targets": targets["targets"],
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


def _shared(folder: Path, name: str) -> Path:
    beside = folder / name
    return beside if beside.is_dir() else PACKAGED / name


def _vocabulary(folder: Path) -> dict[str, Any]:
    return {
        "facts": _required(folder / "facts.yaml")["facts"],
        "size_classes": _required(folder / "size-classes.yaml")["rows"],
        "industry_sections": _required(folder / "industry-sections.yaml")["sections"],
    }


def _schemes(folder: Path, used: Iterable[str]) -> list[Any]:
    return [_required(folder / f"{scheme}.yaml") for scheme in sorted(used)]


def _clause_order(clause: str) -> tuple[int, int]:
    """Goals, then the numbered measures, then the work requirements."""
    letter = clause[:1] if clause[:1].isalpha() else ""
    return ({"t": 0, "": 1, "w": 2}.get(letter, 3), int(clause.lstrip("tw") or 0))
