"""The files of a pack one by one, before they are put together: can each be read, and is it what its name says?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from app.rules.errors import Fault, PackError, excerpt
from app.services.packs import read_yaml

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["read_files"]

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_CLAUSE = re.compile(r"[tw]?[1-9][0-9]{0,2}")

#: File → the key that it has to hold.
_PACK_FILES: Final = {"manifest.yaml": "id", "parameters.yaml": "parameters", "targets.yaml": "targets"}
_VOCABULARY_FILES: Final = {
    "vocabulary/facts.yaml": "facts",
    "vocabulary/size-classes.yaml": "rows",
    "vocabulary/industry-sections.yaml": "sections",
}


def read_files(policy_id: str, folder: Path) -> tuple[dict[str, Any], dict[str, str], list[Fault]]:
    """What the case files hold, the file of each clause, and what keeps the files from being put together.

    Returns:
        Case file → content, clause → file, and faults whose paths begin with the name of a file.
    """
    pack, faults = folder / policy_id, list[Fault]()
    clause_files: dict[str, str] = {}
    named = [(pack / name, name, key) for name, key in _PACK_FILES.items()]
    if (folder / "vocabulary").is_dir():
        named += [(folder / name, name, key) for name, key in _VOCABULARY_FILES.items()]
    for file, name, key in named:
        _keyed(_content(file, name, faults), key, name, faults)
    for file in sorted((pack / "clauses").glob("*.yaml")):
        name = f"clauses/{file.name}"
        _clause_shape(_content(file, name, faults), name, clause_files, faults)
    cases = {file.name: file for file in sorted((pack / "cases").glob("*.yaml"))}
    contents = {name: _content(file, f"cases/{name}", faults) for name, file in cases.items()}
    return contents, clause_files, faults


def _content(file: Path, name: str, faults: list[Fault]) -> Any:
    """What a file holds; None, and a fault, where it cannot be read."""
    if not file.is_file():
        faults.append(Fault("file_missing", (name,), {"file": name}))
        return None
    try:
        return read_yaml(file)
    except PackError as error:
        faults.extend(Fault(fault.code, (name,), fault.params) for fault in error.faults)
    except (TypeError, RecursionError) as error:
        faults.append(Fault("yaml_invalid", (name,), {"message": str(error)}))
    return None


def _keyed(content: Any, key: str, name: str, faults: list[Fault]) -> bool:
    """Whether the file is a mapping with its main key."""
    if content is None and any(fault.path == (name,) for fault in faults):
        return False
    if not isinstance(content, dict):
        faults.append(Fault("wrong_type", (name,), {"expected": "object", "actual": _kind(content)}))
        return False
    if key not in content:
        faults.append(Fault("missing_field", (name, key), {"value": key}))
        return False
    return True


def _kind(content: object) -> str:
    if content is None or content == "":
        return "null"
    return "array" if isinstance(content, list) else "string"


def _clause_shape(content: Any, name: str, clause_files: dict[str, str], faults: list[Fault]) -> None:
    """A clause file has a number of its own, and rules that name no scheme outside the folder of schemes."""
    if not _keyed(content, "clause", name, faults) or not _keyed(content, "rules", name, faults):
        return
    clause, rules = content["clause"], content["rules"]
    if not isinstance(clause, str) or not _CLAUSE.fullmatch(clause):
        faults.append(Fault("file_name", (name, "clause"), {"value": excerpt(clause)}))
    elif clause in clause_files:
        faults.append(Fault("duplicate_id", (name, "clause"), {"value": clause}))
    else:
        clause_files[clause] = name.removeprefix("clauses/")
    if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
        faults.append(Fault("wrong_type", (name, "rules"), {"expected": "array", "actual": _kind(rules)}))
        return
    for place, rule in enumerate(rules):
        scheme = rule.get("national")
        if scheme is not None and not (isinstance(scheme, str) and _SLUG.fullmatch(scheme)):
            faults.append(Fault("file_name", (name, "rules", place, "national"), {"value": excerpt(scheme)}))
