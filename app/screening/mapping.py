"""From a registry's own columns to facts: the mapping file, checked against the vocabulary.

columns:
  统一社会信用代码: uscc
  营业收入: {fact: annual_revenue, unit: 万元}
  主体类型: {fact: entity_type, values: {国有独资公司: enterprise}}
  户号: entity
  法定代表人: ignore
empty: ["-", 不详]        # texts that mean unknown
header_row: 3             # where it is not found by itself
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import yaml

from app.rules.vocabulary import nearest
from app.screening.readers.faults import FileFault, FileRefused
from app.screening.units import units_of
from app.screening.yaml_text import read_yaml_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from app.rules.vocabulary import Fact, Vocabulary

__all__ = ["ENTITY", "IGNORE", "ColumnMapping", "Target", "load_mapping", "parse_mapping"]

ENTITY: Final = "entity"
IGNORE: Final = "ignore"
_LARGEST: Final = 256 * 1024
_KEYS: Final = ("columns", "empty", "header_row")
_COLUMN_KEYS: Final = ("fact", "unit", "values")


@dataclass(frozen=True, slots=True)
class Target:
    """What one column stands for: a fact id, ``entity`` or ``ignore``; its unit; further words for its values."""

    fact: str
    unit: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)

    def to_plain(self) -> str | dict[str, Any]:
        """As it stands in a mapping file."""
        parts = {"fact": self.fact, "unit": self.unit, "values": dict(self.values)}
        return self.fact if not self.unit and not self.values else {key: part for key, part in parts.items() if part}


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Column → target, texts that mean unknown, and the row of the header where it had to be said."""

    columns: Mapping[str, Target]
    empty: frozenset[str] = frozenset()
    header_row: int | None = None

    def to_yaml(self) -> str:
        """A mapping file that says the same."""
        document: dict[str, Any] = {"columns": {name: target.to_plain() for name, target in self.columns.items()}}
        if self.empty:
            document["empty"] = sorted(self.empty)
        if self.header_row is not None:
            document["header_row"] = self.header_row
        return yaml.safe_dump(document, allow_unicode=True, sort_keys=False)

    def check(self, columns: Iterable[str], vocabulary: Vocabulary) -> None:
        """Whether the mapping fits a file with these columns.

        Raises:
            FileRefused: one fault for each column, fact, unit or value that cannot be; an unknown column names the
                way out.
        """
        present = list(columns)
        faults = [
            FileFault("unknown_column", {"name": name}, _near_columns(name, vocabulary))
            for name in present
            if name not in self.columns
        ]
        faults += [
            FileFault("missing_column", {"name": name}, nearest(name, present))
            for name in self.columns
            if name not in present
        ]
        for name, target in self.columns.items():
            faults += _target_faults(name, target, vocabulary)
        faults += self._repeated()
        if not {ENTITY, "uscc"} & {target.fact for target in self.columns.values()}:
            faults.append(FileFault("missing_field"))
        if faults:
            raise FileRefused(faults)

    def _repeated(self) -> list[FileFault]:
        counts = Counter(target.fact for target in self.columns.values() if target.fact != IGNORE)
        return [
            FileFault("duplicate_column", {"names": [n for n, target in self.columns.items() if target.fact == fact]})
            for fact, count in counts.items()
            if count > 1
        ]


def _near_columns(name: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    labels = {fact.label.zh: fact.id for fact in vocabulary.facts}
    found = nearest(name, [*labels, *labels.values()])
    return tuple(f"{label}（{labels[label]}）" if label in labels else label for label in found)


def _target_faults(name: str, target: Target, vocabulary: Vocabulary) -> list[FileFault]:
    if target.fact in (ENTITY, IGNORE):
        return []
    fact = vocabulary.get(target.fact)
    if fact is None:
        return [
            FileFault("unknown_fact", {"name": target.fact}, nearest(target.fact, [f.id for f in vocabulary.facts]))
        ]
    faults = []
    if target.unit is not None and target.unit.lower() not in units_of(fact):
        params = {"name": name, "unit": target.unit, "fact": fact.label, "allowed": list(units_of(fact)) or ["—"]}
        faults.append(FileFault("unknown_unit", params))
    allowed = _allowed(fact)
    faults += [
        FileFault("not_in_enum", {"name": name, "value": value, "allowed": list(allowed)})
        for value in target.values.values()
        if value not in allowed
    ]
    return faults


def _allowed(fact: Fact) -> tuple[str, ...]:
    """What a value map may lead to."""
    return tuple(member.value for member in fact.members) or ("true", "false")


def load_mapping(path: Path) -> ColumnMapping:
    """The mapping in a file.

    Raises:
        FileRefused: mapping_invalid.
    """
    if path.stat().st_size > _LARGEST:
        raise _invalid("文件过大", "the file is too large")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise _invalid("不是 UTF-8", "it is not UTF-8") from error
    return parse_mapping(text)


def parse_mapping(text: str) -> ColumnMapping:
    """The mapping in a text.

    Raises:
        FileRefused: mapping_invalid.
    """
    if len(text) > _LARGEST:
        raise _invalid("文件过大", "the file is too large")
    try:
        document = read_yaml_text(text)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise _invalid(f"第 {line} 行不是可接受的 YAML", f"line {line} is no acceptable YAML") from error
    if not isinstance(document, dict) or not isinstance(document.get("columns"), dict):
        raise _invalid("缺少 columns", "it has no columns")
    _only(document, _KEYS)
    row = document.get("header_row")
    if row is not None and not (
        isinstance(row, str) and row.isascii() and row.isdigit() and 0 < len(row) < len("1" * 8)
    ):
        raise _invalid("header_row 应为行号", "header_row must be the number of a row")
    return ColumnMapping(
        {name: _target(name, raw) for name, raw in document["columns"].items()},
        frozenset(_texts(document.get("empty", []))),
        int(row) if row is not None else None,
    )


def _target(name: str, raw: Any) -> Target:
    if isinstance(raw, str):
        return Target(raw or IGNORE)
    if not isinstance(raw, dict) or not isinstance(raw.get("fact"), str):
        raise _invalid(f"列“{name[:30]}”没有写明 fact", f"the column “{name[:30]}” names no fact")
    _only(raw, _COLUMN_KEYS)
    unit, values = raw.get("unit"), raw.get("values", {})
    if not isinstance(unit, (str, type(None))) or not isinstance(values, dict):
        raise _invalid(f"列“{name[:30]}”的 unit 或 values 有误", f"unit or values of “{name[:30]}” cannot be")
    pairs = zip(_texts(list(values)), _texts(list(values.values())), strict=True)
    return Target(raw["fact"], unit or None, dict(pairs))


def _texts(raw: Any) -> list[str]:
    if not isinstance(raw, list) or not all(isinstance(item, str) for item in raw):
        raise _invalid("应为一列文本", "a list of texts is needed")
    return list(raw)


def _only(raw: Mapping[str, Any], keys: tuple[str, ...]) -> None:
    other = next((key for key in raw if key not in keys), None)
    if other is not None:
        raise _invalid(
            f"没有“{other[:30]}”这一项，可用：{'、'.join(keys)}",
            f"there is no entry “{other[:30]}”; there are {', '.join(keys)}",
        )


def _invalid(zh: str, en: str) -> FileRefused:
    return FileRefused([FileFault("mapping_invalid", {"reason": {"zh": zh, "en": en}})])
