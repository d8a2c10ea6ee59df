"""What was measured, as a Markdown table and as JSON."""

from __future__ import annotations

import os
import platform
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from typing import Any

#: Units that no prefix goes with.
_PLAIN = {"count": "{:,.0f}", "/s": "{:,.0f}/s", "share": "{:.1%}"}
PEERS = (
    "business-rules",
    "chinesecalendar",
    "datalogic-py",
    "fastapi",
    "flask",
    "json-logic-qubit",
    "openfisca-core",
    "orjson",
    "uvicorn",
    "zen-engine",
)


@dataclass(frozen=True)
class Figure:
    """One candidate: seconds for one piece of work (or bytes), and how many times the base it is."""

    name: str
    value: float
    unit: str = "s"
    times: float | None = None

    def text(self) -> str:
        shown = f"{self.name} {_quantity(self.value, self.unit)}"
        return shown if self.times is None else f"{shown} (× {_digits(self.times)})"


@dataclass(frozen=True)
class Bar:
    """What must be reached, and what was."""

    text: str
    value: float
    limit: float
    at_least: bool = False
    unit: str = "×"

    @property
    def met(self) -> bool:
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def cells(self) -> tuple[str, str, str]:
        sign = "≥" if self.at_least else "≤"
        shown = _digits(self.value) + " ×" if self.unit == "×" else _quantity(self.value, self.unit)
        limit = _digits(self.limit) + " ×" if self.unit == "×" else _quantity(self.limit, self.unit)
        return f"{self.text} {sign} {limit}", shown, "yes" if self.met else "**no**"


@dataclass
class Row:
    """One kind of work: every candidate, every bar, and what a reader must know."""

    work: str
    figures: list[Figure] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def machine() -> dict[str, Any]:
    """What the figures hang on."""
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "versions": {name: _version(name) for name in PEERS},
    }


def machine_line() -> str:
    """The same in a line."""
    found = machine()
    peers = ", ".join(f"{name} {number}" for name, number in found["versions"].items() if number)
    return f"Python {found['python']}, {found['system']}, {os.cpu_count()} cores; {peers}."


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def markdown(rows: list[Row]) -> str:
    """The table, one line for each bar; the candidates stand in the first line of their row."""
    lines = ["| work | measured | bar | reached | met |", "| --- | --- | --- | --- | --- |"]
    for row in rows:
        measured = "; ".join(figure.text() for figure in row.figures)
        cells = [bar.cells() for bar in row.bars] or [("–", "–", "–")]
        for number, (bar, reached, met) in enumerate(cells):
            first = (row.work, measured) if number == 0 else ("", "")
            lines.append("| " + " | ".join((*first, bar, reached, met)) + " |")
    notes = list(dict.fromkeys(note for row in rows for note in row.notes))
    return "\n".join([*lines, "", *(f"- {note}" for note in notes)])


def document(rows: list[Row], *, quick: bool) -> dict[str, Any]:
    """Everything for machines."""
    return {
        "quick": quick,
        "machine": machine(),
        "rows": [{**asdict(row), "bars": [{**asdict(bar), "met": bar.met} for bar in row.bars]} for row in rows],
    }


def _digits(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _quantity(value: float, unit: str) -> str:
    if unit == "MB":
        return f"{value / 1e6:.0f} MB"
    if unit in _PLAIN:
        return _PLAIN[unit].format(value)
    if value >= 1:
        return f"{value:.2f} s"
    return f"{value * 1e3:.2f} ms" if value >= 1e-3 else f"{_digits(value * 1e6)} µs"
