"""The coverage that `make test` demands, from what the run before it measured.

Bars are shares of *branches*, so that lines without a choice cannot make up for a choice that no test takes.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final, NamedTuple


class Bar(NamedTuple):
    """A share of branches in percent that the files below some folders must reach."""

    folders: tuple[str, ...]
    percent: int


BARS: Final = (Bar(("app/rules/", "app/deadlines/"), 98), Bar(("app/",), 92))


def measured() -> dict[str, Any]:
    """Each file's summary."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "coverage.json"
        subprocess.run([sys.executable, "-m", "coverage", "json", "-q", "-o", str(report)], check=True)
        files = json.loads(report.read_text(encoding="utf-8"))["files"]
    return {path: entry["summary"] for path, entry in files.items()}


def share(files: dict[str, Any], bar: Bar) -> float:
    """Percent of the branches that some test takes."""
    found = [summary for path, summary in files.items() if path.startswith(bar.folders)]
    taken = sum(summary["covered_branches"] for summary in found)
    return 100 * taken / sum(summary["num_branches"] for summary in found)


def main() -> int:
    """Print each bar with what was reached; 1 when one is missed."""
    files = measured()
    reached = {bar: share(files, bar) for bar in BARS}
    for bar, percent in reached.items():
        print(f"branches of {' and '.join(bar.folders)}: {percent:.2f} % (at least {bar.percent} %)")
    return int(any(percent < bar.percent for bar, percent in reached.items()))


if __name__ == "__main__":
    sys.exit(main())
