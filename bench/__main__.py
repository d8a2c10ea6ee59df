"""``python -m bench [--only SECTION …] [--quick]``: measure, print the table, keep the figures as JSON."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import orjson

from bench.measure import Budget
from bench.report import Row, document, markdown
from bench.sections import deadline, evaluate, explain, http, question, start
from bench.subject import Subject

#: Each section with its share of the seconds for timing.
SECTIONS = {
    "evaluate": (evaluate.run, 0.3),
    "explain": (explain.run, 0.1),
    "http": (http.run, 0.4),
    "question": (question.run, 0.1),
    "deadline": (deadline.run, 0.1),
    "start": (start.run, 0.0),
}
FULL, QUICK = Budget(150, 41), Budget(15, 7)
RESULTS = Path(__file__).parent / "results" / "latest.json"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=SECTIONS, metavar="SECTION", help=", ".join(SECTIONS))
    parser.add_argument("--quick", action="store_true", help="under a minute, coarser")
    parser.add_argument("--json", type=Path, default=RESULTS, metavar="FILE", help="where the figures go")
    options = parser.parse_args()
    budget, subject = QUICK if options.quick else FULL, Subject()
    rows: list[Row] = []
    for name in options.only or SECTIONS:
        run, share = SECTIONS[name]
        started = time.monotonic()
        rows += run(subject, Budget(budget.seconds * share, budget.rounds))
        print(f"{name}: {time.monotonic() - started:.0f} s", file=sys.stderr)
    print(markdown(rows))
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_bytes(orjson.dumps(document(rows, quick=options.quick), option=orjson.OPT_INDENT_2))
    print(f"\n{options.json}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
