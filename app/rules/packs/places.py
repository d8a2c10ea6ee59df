"""Where in a pack a fault is: from the path that a check gives to the place in the document, the file and the rule.

Paths name clauses, rules, schemes, parameters and time limits by id where that is known; a pointer counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.rules.errors import Path

__all__ = ["Place", "in_document", "place_of", "pointer"]

#: Parts of the document, the file that holds each, and the key of its list in that file.
_FILES = {
    ("vocabulary", "facts"): ("vocabulary/facts.yaml", "facts"),
    ("vocabulary", "size_classes"): ("vocabulary/size-classes.yaml", "rows"),
    ("vocabulary", "industry_sections"): ("vocabulary/industry-sections.yaml", "sections"),
    ("parameters",): ("parameters.yaml", "parameters"),
    ("targets",): ("targets.yaml", "targets"),
    ("cadences",): ("targets.yaml", "cadences"),
}
_ID_KEYS = {"clauses": "clause", "national": "id", "parameters": "id", "targets": "id"}
_DEEPEST_RULE = 3


@dataclass(frozen=True, slots=True)
class Place:
    """A file of the pack, the rule concerned if it is one, and the JSON pointer within the file."""

    file: str
    pointer: str
    rule: str | None = None


def pointer(path: Path) -> str:
    """The RFC 6901 pointer of a path."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def in_document(path: Path, document: Mapping[str, Any]) -> Path:
    """The same place by keys and positions alone, as a pointer into the document needs it."""
    return _walkable(_by_position(path, document), document)


def _walkable(path: Path, document: Mapping[str, Any]) -> Path:
    """Without the position of an entry that was written alone where a list may stand."""
    node: Any = document
    found: list[str | int] = []
    for part in path:
        if isinstance(part, int) and isinstance(node, dict):
            continue
        found.append(part)
        if isinstance(part, int):
            node = node[part] if isinstance(node, list) and part < len(node) else None
        else:
            node = node.get(part) if isinstance(node, dict) else None
    return tuple(found)


def _by_position(path: Path, document: Mapping[str, Any]) -> Path:
    if not path or path[0] not in _ID_KEYS or len(path) == 1:
        return path
    entries = document.get(str(path[0]))
    place = _position(entries, _ID_KEYS[str(path[0])], path[1])
    if place is None:
        return path
    rest = path[2:]
    if path[0] == "clauses" and isinstance(path[1], str) and rest:
        rule = _position(_entry(entries, place).get("rules"), "id", rest[0])
        rest = rest if rule is None or isinstance(rest[0], int) else ("rules", rule, *rest[1:])
    return (path[0], place, *rest)


def _position(entries: Any, key: str, name: str | int) -> int | None:
    """The place of an entry in a list; positions are taken as they are."""
    if isinstance(name, int):
        return name
    if not isinstance(entries, list):
        return None
    return next((place for place, item in enumerate(entries) if isinstance(item, dict) and item.get(key) == name), None)


def _entry(entries: Any, place: int | str) -> Mapping[str, Any]:
    """The entry of a list, nothing where there is none."""
    if isinstance(entries, list) and isinstance(place, int) and place < len(entries):
        entry = entries[place]
        return entry if isinstance(entry, dict) else {}
    return {}


def place_of(path: Path, document: Mapping[str, Any], clause_files: Mapping[str, str]) -> Place:
    """File, rule and pointer of a fault.

    Args:
        path: As a fault carries it, in the document of a pack or below ``cases``.
        document: The document of the pack.
        clause_files: Clause → the name of the file that holds it.
    """
    found = in_document(path, document)
    match found:
        case ("cases", str(name), *rest):
            return Place(f"cases/{name}", pointer(tuple(rest)), _case_rule(document, found))
        case ("clauses", int(place), *rest):
            clause = _entry(document.get("clauses"), place)
            number = str(clause.get("clause"))
            file = f"clauses/{clause_files.get(number, f'{number}.yaml')}"
            return Place(file, pointer(tuple(rest)), _rule_id(clause, rest))
        case ("national", int(place), *rest):
            scheme = _entry(document.get("national"), place)
            return Place(f"national/{scheme.get('id')}.yaml", pointer(tuple(rest)))
        case ("manifest", *rest):
            return Place("manifest.yaml", pointer(tuple(rest)))
        case _:
            return _listed(found)


def _listed(path: Path) -> Place:
    for part, (file, key) in _FILES.items():
        if path[: len(part)] == part:
            return Place(file, pointer((key, *path[len(part) :])))
    return Place(str(path[0]) if path else "", pointer(path[1:]))


def _rule_id(clause: Mapping[str, Any], rest: list[str | int]) -> str | None:
    if len(rest) > 1 and rest[0] == "rules":
        name = _entry(clause.get("rules"), rest[1]).get("id")
        return name if isinstance(name, str) else None
    return None


def _case_rule(document: Mapping[str, Any], path: Path) -> str | None:
    """The rule of a case, where the case files stand in the document under ``cases``."""
    files = document.get("cases")
    if not isinstance(files, dict) or len(path) <= _DEEPEST_RULE:
        return None
    content = files.get(path[1])
    case = _entry(content.get("cases"), path[_DEEPEST_RULE]) if isinstance(content, dict) else {}
    return case.get("rule") if isinstance(case.get("rule"), str) else None
