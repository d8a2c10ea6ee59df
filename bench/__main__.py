"""``python -m bench [--only SECTION …] [--quick] [--docs]``: measure, print the table, keep the figures as JSON."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import orjson

from bench import screening
from bench.measure import Budget
from bench.report import Row, document, machine_line, markdown
from bench.sections import deadline, evaluate, explain, http, question, start, trust
from bench.subject import Subject

#: Each section with its share of the seconds for timing.
SECTIONS = {
    "evaluate": (evaluate.run, 0.2),
    "explain": (explain.run, 0.1),
    "http": (http.run, 0.3),
    "trust": (trust.run, 0.2),
    "question": (question.run, 0.1),
    "deadline": (deadline.run, 0.1),
    "start": (start.run, 0.0),
    "screening": (screening.run, 0.2),
}
FULL, QUICK = Budget(150, 41), Budget(15, 7)
RESULTS = Path(__file__).parent / "results" / "latest.json"
DOCS = Path(__file__).parent.parent / "docs" / "performance.md"
BEGIN, END = "<!-- bench: begin -->\n", "<!-- bench: end -->"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=SECTIONS, metavar="SECTION", help=", ".join(SECTIONS))
    parser.add_argument("--quick", action="store_true", help="under a minute, coarser")
    parser.add_argument("--json", type=Path, default=RESULTS, metavar="FILE", help="where the figures go")
    parser.add_argument("--docs", action="store_true", help=f"put the table into {DOCS.name}")
    options = parser.parse_args()
    budget, subject = QUICK if options.quick else FULL, Subject()
    rows: list[Row] = []
    for name in options.only or SECTIONS:
        run, share = SECTIONS[name]
        started = time.monotonic()
        rows += run(subject, Budget(budget.seconds * share, budget.rounds))
        print(f"{name}: {time.monotonic() - started:.0f} s", file=sys.stderr)
    table = markdown(rows)
    print(table)
    if options.docs:
        _put_into_docs(table)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_bytes(orjson.dumps(document(rows, quick=options.quick), option=orjson.OPT_INDENT_2))
    print(f"\n{options.json}", file=sys.stderr)
    return 0


def _put_into_docs(table: str) -> None:
    before, _, rest = DOCS.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    DOCS.write_text(f"{before}{BEGIN}\n{machine_line()}\n\n{table}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
