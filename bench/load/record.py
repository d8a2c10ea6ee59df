"""The figures of every part as they were measured last in the long form, as JSON and as the table of the docs."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from bench.report import Bar, Figure, Row, machine, markdown

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).parent.parent.parent
RESULTS = ROOT / "bench" / "results" / "load.json"
DOCS = ROOT / "docs" / "load.md"
BEGIN, END = "<!-- load: begin -->\n", "<!-- load: end -->"


@dataclass
class Record:
    """Part → its form, its rows, when, and what ran beside it."""

    parts: dict[str, dict[str, Any]]

    @classmethod
    def read(cls) -> Record:
        """What has been measured so far."""
        return cls(orjson.loads(RESULTS.read_bytes())["parts"] if RESULTS.is_file() else {})

    def put(self, name: str, form: str, beside: str, rows: Iterable[Row]) -> None:
        """What a part came to now."""
        kept = [{**asdict(row), "bars": [{**asdict(bar), "met": bar.met} for bar in row.bars]} for row in rows]
        at = datetime.now(UTC).isoformat(timespec="minutes")
        self.parts[name] = {"form": form, "at": at, "beside": beside, "rows": kept}

    def write(self) -> None:
        """Keep it for machines."""
        content = {"machine": machine(), "parts": self.parts}
        RESULTS.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2))

    def into_docs(self, names: Iterable[str]) -> None:
        """Put the table between the marks of the page."""
        measured = [name for name in names if name in self.parts]
        rows = [_row(row) for name in measured for row in self.parts[name]["rows"]]
        table = markdown(rows)
        weather = [f"- {_when(name, self.parts[name])}" for name in measured]
        found = machine()
        line = f"Python {found['python']}, {found['system']}, uvicorn {found['versions']['uvicorn']}."
        before, _, rest = DOCS.read_text(encoding="utf-8").partition(BEGIN)
        _, _, after = rest.partition(END)
        text = "\n".join([line, "", table, *weather])
        DOCS.write_text(f"{before}{BEGIN}\n{text}\n\n{END}{after}", encoding="utf-8")


def _row(kept: dict[str, Any]) -> Row:
    bars = [Bar(**{name: value for name, value in bar.items() if name != "met"}) for bar in kept["bars"]]
    return Row(kept["work"], [Figure(**figure) for figure in kept["figures"]], bars, kept["notes"])


def _when(name: str, part: dict[str, Any]) -> str:
    beside = f"; {part['beside']}" if part["beside"] else ""
    return f"`{name}`: {part['at']}, {part['form']}{beside}."
