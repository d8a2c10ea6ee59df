"""One entity through all rules: ours with a truth for each condition, the floor, and the peers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.measure import Budget, interleave
from bench.peers import floor, jsonlogic, library, openfisca, table
from bench.report import Bar, Figure, Row

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.subject import Subject

VARIANTS = 60
FLOOR, OURS = "straight-line Python (floor)", "ours"
_LACKS = {
    "business_rules.run_all": "business_rules.run_all: stock types; no unknown (assumptions stand in), no `is_one_of` "
    "(`any` of `equal_to`), no comparison of two facts (a variable holds the difference), figures equal to 1e-6.",
    "datalogic-py": "datalogic-py: figures are floats, an unknown is `null` and so false; facts handed over as a dict, "
    "or (prepared) turned into its own form beforehand.",
    "json-logic-qubit": "json-logic-qubit: figures are floats, no unknown.",
    "zen-engine table": "zen-engine: a rule with alternatives becomes several rows; figures are its own decimals, "
    "no unknown.",
    "OpenFisca": "OpenFisca: 32-bit floats, no unknown (defaults stand in), a set is one boolean for each member.",
}


def run(subject: Subject, budget: Budget) -> list[Row]:
    """Peers are checked on the firm and on random entities before anything is timed."""
    plain, known = subject.plain, subject.known
    notes: list[str] = []
    peers = {
        FLOOR: (floor.build, lambda entity: entity),
        "business_rules.run_all": (library.build, lambda entity: entity),
        "datalogic-py": (jsonlogic.build_rust, subject.to_plain),
        "json-logic-qubit": (jsonlogic.build_python, subject.to_plain),
        "zen-engine table": (table.build, subject.to_plain),
        "OpenFisca": (openfisca.build, lambda entity: openfisca.inputs(subject, subject.to_plain(entity))),
    }
    candidates: dict[str, Callable[[], object]] = {}
    for name, (build, form) in peers.items():
        candidate = _checked(name, build, form, subject, notes)
        if candidate is not None:
            candidates[name] = candidate
    if "datalogic-py" in candidates:
        prepared = jsonlogic.build_rust_prepared(subject)
        candidates["datalogic-py, facts prepared"] = lambda: prepared(plain)
    program, vector = subject.compiled.program, subject.vector(known)
    candidates[OURS] = lambda: program.run(vector)
    ids = [fact.id for fact in subject.vocabulary.facts]
    candidates["ours from a dict"] = lambda: program.run(list(map(known.get, ids)))
    selection = subject.selection
    candidates["ours with derivations, missing facts, amounts"] = lambda: subject.compiled.evaluate(
        subject.given, selection
    )
    series = interleave(candidates, budget)
    figures = [Figure(name, series.seconds(name), times=series.ratio(name, FLOOR)) for name in candidates]
    bars = [Bar("ours ÷ floor", series.ratio(OURS, FLOOR), 2.5)]
    for name, limit in (("business_rules.run_all", 20), ("zen-engine table", 15), ("OpenFisca", 300)):
        if name in series:
            bars.append(Bar(f"{name} ÷ ours", series.ratio(name, OURS), limit, at_least=True))
    conditions = len(subject.compiled.edition.conditions)
    work = f"one entity, {len(subject.rules)} rules, {conditions} unique conditions"
    return [Row(work, figures, bars, notes)]


def _checked(
    name: str, build: Any, form: Callable[[Any], Any], subject: Subject, notes: list[str]
) -> Callable[[], object] | None:
    """The peer ready to be timed, or None with a note that says why it is not."""
    try:
        decide = build(subject)
    except ImportError as error:
        notes.append(f"{name}: not installed ({error}).")
        return None
    for entity in (subject.known, *subject.variants(VARIANTS)):
        found, wanted = subject.ids(decide(form(entity))), subject.eligible(entity)
        assert found == wanted, f"{name} disagrees on {sorted(found ^ wanted)}"
    if name in _LACKS:
        notes.append(_LACKS[name])
    facts = form(subject.known)
    return lambda: decide(facts)
