"""``python -m bench.load [--form long] [--only PART,…] [--docs]``: load a real service, print and keep the figures.

Exit code 1: a promise was broken; in the long form, or a bar was missed.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import time
from typing import TYPE_CHECKING

import uvloop

from bench.load import bad, batch, overload, publishing, reading, soak
from bench.load.form import LONG, SHORT
from bench.load.record import Record
from bench.load.service import questions, running
from bench.report import markdown
from bench.subject import Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.load.form import Form
    from bench.load.outcome import Outcome

#: The parts that share a service, in this order: what is published last answers from then on.
PARTS = {"overload": overload, "bad": bad, "batch": batch, "soak": soak, "publish": publishing}
#: Those with servers of their own.
ALONE = {"receipts": reading.receipts, "reading": reading.measure}
NAMES = (*PARTS, *ALONE)
FORMS = {form.name: form for form in (SHORT, LONG)}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.load", description=__doc__)
    parser.add_argument("--form", choices=FORMS, default=SHORT.name)
    parser.add_argument("--only", metavar="PART,…", help=", ".join(NAMES))
    parser.add_argument("--beside", default="", help="what else the machine did, for the table")
    parser.add_argument("--docs", action="store_true", help="put the table of all parts measured into docs/load.md")
    options = parser.parse_args()
    form = FORMS[options.form]
    wanted = options.only.split(",") if options.only else list(NAMES if form is LONG else PARTS)
    if unknown := set(wanted) - set(NAMES):
        parser.error(f"no part {', '.join(sorted(unknown))}; there is: {', '.join(NAMES)}")
    record, failed = Record.read(), False
    for name, outcomes in _measured(form, wanted):
        failed |= _tell(outcomes, form)
        record.put(name, form.name, options.beside, [outcome.row for outcome in outcomes])
    if form is LONG:
        record.write()
    if options.docs:
        record.into_docs(NAMES)
    return int(failed)


def _measured(form: Form, wanted: list[str]) -> Iterator[tuple[str, list[Outcome]]]:
    sharing = [name for name in PARTS if name in wanted]
    requests = questions(Subject())
    with running() if sharing else contextlib.nullcontext() as service:
        for name in sharing:
            with _timed(name):
                outcomes = uvloop.run(PARTS[name].run(service, requests, form))
            yield name, outcomes
        if sharing:
            failures = uvloop.run(service.failures())
            outcomes[0].promise(f"{failures} answers were a 5xx other than 503", holds=not failures)
    for name, measure in ALONE.items():
        if name in wanted:
            with _timed(name):
                outcomes = measure(form)
            yield name, outcomes


@contextlib.contextmanager
def _timed(name: str) -> Iterator[None]:
    started = time.monotonic()
    yield
    print(f"{name}: {time.monotonic() - started:.0f} s", file=sys.stderr)


def _tell(outcomes: list[Outcome], form: Form) -> bool:
    """Print what was found; whether it was not as it has to be."""
    print(markdown([outcome.row for outcome in outcomes]), flush=True)
    broken = [text for outcome in outcomes for text in outcome.broken]
    for text in broken:
        print(f"broken: {text}", file=sys.stderr)
    missed = [bar for outcome in outcomes for bar in outcome.row.bars if not bar.met]
    return bool(broken) or (form is LONG and bool(missed))


if __name__ == "__main__":
    sys.exit(main())
