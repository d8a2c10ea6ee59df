"""A registry through all rules: ours from Parquet and in memory, Polars and SQL by hand, a loop and the floor."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, repeat
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import polars as pl

from app.rules.columns_packed import pack_columns
from app.rules.columns_schema import physical_schema
from app.screening.kernel import LAYOUT, ONE_PASS, PartFolder, ScreeningPolicy, run_split, write_registry
from app.screening.splits import SPLIT_ROWS, side_by_side
from bench import screening_peers as peers
from bench.peers import openfisca
from bench.registries import Registry, scan
from bench.report import Bar, Figure, Row
from bench.subject import Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bench.measure import Budget

ROWS, QUICK_ROWS, SMALL_ROWS, LOOP_ROWS = 1_048_576, 262_144, 16_384, 1_024
#: How often the file stands in a registry of some ten million rows.
TIMES = 10
#: The rows of the run whose memory is watched: the file over and over.
WATCHED_ROWS = 10_000_000
_LEAST_ROUNDS = 3
NOTE = (
    "Registries: wall time on both cores. Polars and SQL by hand find derived facts settled, keep a nullable boolean "
    "for each rule and name no missing facts; ours derives, packs bitmaps and counts."
)


@dataclass(frozen=True)
class Nowhere:
    """A sink that lets go of every batch."""

    forms: tuple[str, ...] = ("compact",)

    def outputs(self, program: Any) -> list[pl.Expr]:
        return PartFolder(Path(), self.forms).outputs(program)

    def write(self, part: str, batches: Iterator[pl.DataFrame]) -> None:
        del part
        for _ in batches:
            pass


@dataclass
class Clock:
    """Wall time of candidates that take turns: they use both cores, so processor time would hide what they gain."""

    rounds: dict[str, list[float]] = field(default_factory=dict)

    def run(self, candidates: dict[str, Callable[[], object]], seconds: float, rounds: int) -> None:
        for call in candidates.values():
            call()
        end = time.monotonic() + seconds
        for number in range(rounds):
            if number >= _LEAST_ROUNDS and time.monotonic() > end:
                break
            for name, call in candidates.items():
                started = time.perf_counter()
                call()
                self.rounds.setdefault(name, []).append(time.perf_counter() - started)

    def seconds(self, name: str) -> float:
        return median(self.rounds[name])

    def ratio(self, name: str, base: str) -> float:
        return median(a / b for a, b in zip(self.rounds[name], self.rounds[base], strict=True))

    def figures(self, base: str) -> list[Figure]:
        return [Figure(name, self.seconds(name), times=self.ratio(name, base)) for name in self.rounds]


class Bench:
    """One registry in each layout, with ours ready to run."""

    def __init__(self, subject: Subject, folder: Path, rows: int) -> None:
        self.subject, self.folder, self.rows = subject, folder, rows
        self.policy = ScreeningPolicy(subject.compiled.edition)
        self.schema = physical_schema(subject.vocabulary)
        self.packed, self.plain, self.default, self.settled = (
            folder / f"{name}.parquet" for name in ("packed", "plain", "default", "settled")
        )
        folder.mkdir(exist_ok=True)
        table = scan(Registry(subject.vocabulary), rows)
        write_registry(table, self.packed, subject.vocabulary)
        table.sink_parquet(self.plain, **LAYOUT)
        table.sink_parquet(self.default)
        self._settle().sink_parquet(self.settled, **LAYOUT)

    def _settle(self) -> pl.LazyFrame:
        """The registry with derived facts filled in, for peers that would have to derive them by hand.

        Figures of 128 bits, which SQL cannot read, become 64: those of this registry fit.
        """
        table = pl.scan_parquet(self.plain)
        names = table.collect_schema().names()
        program = self.policy.program(names)
        facts = [name for name in names if name in program.layout.facts]
        settled = program.run(table, [program.facts[name].alias(name) for name in facts])
        return settled.with_columns(pl.col(pl.Int128).cast(pl.Int64))

    @cached_property
    def edition(self) -> Any:
        return self.subject.compiled.edition

    def ours(self, path: Path, *forms: str) -> Callable[[], Any]:
        """The kernel over a whole file, its batches counted and let go."""
        sink = Nowhere(forms or ("compact",))

        def decide(first: int) -> Any:
            return run_split(self.policy, path, first, min(SPLIT_ROWS, self.rows - first), sink)

        def run() -> Any:
            return sum(result.sums.total_fen for result in side_by_side(decide, range(0, self.rows, SPLIT_ROWS)))

        return run

    def decoding(self, path: Path) -> Callable[[], Any]:
        """Every column that decisions read, and nothing else done with it."""
        read = ["entity", *self.policy.program(pl.read_parquet_schema(path)).inputs]
        return lambda: pl.read_parquet(path, columns=read)

    def check(self) -> None:
        """Ours, Polars by hand and SQL by hand must find the same rows and the same fen."""
        sums = [
            run_split(self.policy, self.packed, first, min(SPLIT_ROWS, self.rows - first), Nowhere()).sums
            for first in range(0, self.rows, SPLIT_ROWS)
        ]
        counts: dict[str, tuple[int, int]] = {}
        for part in sums:
            for name, rule in part.rules.items():
                one, other = counts.get(name, (0, 0))
                counts[name] = (one + rule.eligible, other + rule.undetermined)
        counts = {s.rule.id: counts[s.rule.id] for s in self.edition.standings if s.in_force}
        total = sum(part.total_fen for part in sums)
        table = pl.scan_parquet(self.settled).select(peers.polars_by_hand(self.edition, self.schema)).collect()
        assert counts == {name: (int(table[name].sum()), table[name].null_count()) for name in counts}
        assert total == int(table["total_fen"].sum())
        connection = peers.duckdb_run(peers.duckdb_query(self.edition, self.schema, self.settled))()
        assert counts == peers.duckdb_counts(connection, self.edition)
        assert total == peers.duckdb_total(connection)


def run(subject: Subject, budget: Budget) -> list[Row]:
    """Peers are checked to the row and the fen before anything is timed."""
    rows = ROWS if budget.rounds > 10 else QUICK_ROWS
    with tempfile.TemporaryDirectory(prefix="beizeng-bench-") as folder:
        bench = Bench(subject, Path(folder), rows)
        bench.check()
        seconds = budget.seconds / 5
        return [
            _from_parquet(bench, seconds, budget.rounds),
            _in_memory(bench, seconds, budget.rounds),
            _small(Bench(subject, bench.folder / "small", SMALL_ROWS), seconds, budget.rounds),
            _ten_million(bench),
            _bitmaps(bench, seconds, budget.rounds),
            _layouts(bench, seconds, budget.rounds),
            _memory(bench),
            _same_answers(subject),
        ]


def _from_parquet(bench: Bench, seconds: float, rounds: int) -> Row:
    by_hand = peers.polars_by_hand(bench.edition, bench.schema)
    sample = pl.read_parquet(bench.plain, n_rows=LOOP_ROWS)
    loop = peers.python_loop(bench.subject.compiled, bench.schema, sample)
    clock = Clock()
    clock.run(
        {
            "ours": bench.ours(bench.packed),
            "ours, flags not packed": bench.ours(bench.plain),
            "Polars by hand": lambda: pl.scan_parquet(bench.settled).select(by_hand).collect(engine="streaming"),
            "DuckDB SQL": peers.duckdb_run(peers.duckdb_query(bench.edition, bench.schema, bench.settled)),
            f"Python loop over {LOOP_ROWS:,} rows": loop,
        },
        seconds,
        rounds,
    )
    loop_name = f"Python loop over {LOOP_ROWS:,} rows"
    per_row = clock.seconds(loop_name) / LOOP_ROWS / (clock.seconds("ours") / bench.rows)
    million = clock.seconds("ours") / bench.rows * 1e6
    return Row(
        f"registry from Parquet, {bench.rows:,} rows, all {len(bench.policy.program(()).layout.places)} rules: "
        "eligible, undetermined, amounts in fen",
        [*clock.figures("ours"), Figure("ours, a million rows", million)],
        [
            Bar("a million rows", million, 0.4, unit="s"),
            Bar("DuckDB SQL ÷ ours", clock.ratio("DuckDB SQL", "ours"), 3, at_least=True),
            Bar("Polars by hand ÷ ours", clock.ratio("Polars by hand", "ours"), 1, at_least=True),
            Bar("Python loop ÷ ours, per row", per_row, 40, at_least=True),
        ],
        [NOTE],
    )


def _in_memory(bench: Bench, seconds: float, rounds: int) -> Row:
    table = pl.read_parquet(bench.plain)
    program = bench.policy.program(table.columns)
    decided = program.prepared(PartFolder(Path(), ("compact",)).outputs(program))
    by_hand = peers.polars_by_hand(bench.edition, bench.schema)
    settled = pl.read_parquet(bench.settled)
    used = table.select(program.inputs)
    clock = Clock()
    clock.run(
        {
            "NumPy, sum of the columns (floor)": peers.numpy_floor(used, bench.schema),
            "ours": lambda: decided.run(table.lazy()).collect(optimizations=ONE_PASS),
            "Polars by hand": lambda: settled.lazy().select(by_hand).collect(engine="streaming"),
        },
        seconds,
        rounds,
    )
    floor = "NumPy, sum of the columns (floor)"
    return Row(
        f"the same in memory, {bench.rows:,} rows",
        clock.figures(floor),
        [Bar("ours ÷ floor", clock.ratio("ours", floor), 4)],
    )


def _small(bench: Bench, seconds: float, rounds: int) -> Row:
    """A county: every peer, OpenFisca and the loop over all rows too."""
    table = pl.read_parquet(bench.plain)
    by_hand = peers.polars_by_hand(bench.edition, bench.schema)
    clock = Clock()
    clock.run(
        {
            "ours": bench.ours(bench.packed),
            "Polars by hand": lambda: pl.scan_parquet(bench.settled).select(by_hand).collect(engine="streaming"),
            "DuckDB SQL": peers.duckdb_run(peers.duckdb_query(bench.edition, bench.schema, bench.settled)),
            "OpenFisca, in memory, no amounts": openfisca.registry_run(bench.subject, pl.read_parquet(bench.settled)),
            "Python loop": peers.python_loop(bench.subject.compiled, bench.schema, table),
        },
        seconds,
        rounds,
    )
    return Row(
        f"a county from Parquet, {bench.rows:,} rows",
        clock.figures("ours"),
        [
            Bar("DuckDB SQL ÷ ours", clock.ratio("DuckDB SQL", "ours"), 1, at_least=True),
            Bar("OpenFisca ÷ ours", clock.ratio("OpenFisca, in memory, no amounts", "ours"), 1, at_least=True),
            Bar("Python loop ÷ ours", clock.ratio("Python loop", "ours"), 10, at_least=True),
        ],
        ["A county: a pass has to be made once for a kind of table; it is made before the clock starts."],
    )


def _ten_million(bench: Bench) -> Row:
    """The file ten times over; two rounds, since one takes long enough."""
    query = peers.duckdb_query(bench.edition, bench.schema, bench.settled, TIMES)
    ours = bench.ours(bench.packed)
    clock = Clock()
    clock.run({"ours": lambda: [ours() for _ in range(TIMES)], "DuckDB SQL": peers.duckdb_run(query)}, 0, 2)
    million = clock.seconds("ours") / (TIMES * bench.rows) * 1e6
    return Row(
        f"registry from Parquet, {TIMES * bench.rows:,} rows",
        clock.figures("ours"),
        [
            Bar("a million rows", million, 0.4, unit="s"),
            Bar("DuckDB SQL ÷ ours", clock.ratio("DuckDB SQL", "ours"), 3, at_least=True),
        ],
    )


def _bitmaps(bench: Bench, seconds: float, rounds: int) -> Row:
    clock = Clock()
    clock.run(
        {
            "eligible, undetermined, amounts": bench.ours(bench.packed),
            "with truths and knownness": bench.ours(bench.packed, "compact", "truths"),
            "with statuses in words": bench.ours(bench.packed, "decisions"),
        },
        seconds,
        rounds,
    )
    base = "eligible, undetermined, amounts"
    return Row(
        "bitmaps of every condition and fact, so that a row explains itself later",
        clock.figures(base),
        [Bar("with truths ÷ without", clock.ratio("with truths and knownness", base), 1.6)],
    )


def _layouts(bench: Bench, seconds: float, rounds: int) -> Row:
    clock = Clock()
    clock.run(
        {
            "ours on our layout": bench.ours(bench.packed),
            "ours on the writer's defaults": bench.ours(bench.default),
            "decoding our layout alone": bench.decoding(bench.packed),
            "decoding the defaults alone": bench.decoding(bench.default),
        },
        seconds,
        rounds,
    )
    ours, default, decoding = "ours on our layout", "ours on the writer's defaults", "decoding our layout alone"
    return Row(
        "file layout: flags packed, lz4, against the writer's defaults",
        clock.figures(default),
        [
            Bar("our layout ÷ defaults", clock.ratio(ours, default), 0.8),
            Bar("whole run ÷ decoding alone", clock.ratio(ours, decoding), 2.5),
        ],
    )


def _memory(bench: Bench) -> Row:
    """A process of its own that decides ten million rows and writes every part."""
    command = [sys.executable, "-m", "bench.screening", str(bench.packed), str(bench.rows), str(bench.folder / "parts")]
    found = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    return Row(
        f"{WATCHED_ROWS:,} rows, parts written",
        [Figure("wall time", found["seconds"]), Figure("memory at most", found["bytes"], "MB")],
        [Bar("memory at most", found["bytes"], 500e6, unit="MB")],
    )


def watch(path: Path, rows: int, folder: Path) -> dict[str, Any]:
    """What ``_memory`` runs: seconds and the most memory that the process ever held."""
    policy, sink, started, done = ScreeningPolicy(Subject().compiled.edition), PartFolder(folder), time.monotonic(), 0
    splits = [(first, min(SPLIT_ROWS, rows - first)) for first in range(0, rows, SPLIT_ROWS)]
    repeated = chain.from_iterable(repeat(splits))

    def decide(split: tuple[int, int]) -> int:
        return run_split(policy, path, *split, sink).rows

    for found in side_by_side(decide, repeated):
        done += found
        if done >= WATCHED_ROWS:
            break
    status = Path("/proc/self/status").read_text(encoding="ascii")
    # not the figure of getrusage: that one remembers the process from which this one was started
    peak = int(status.partition("VmHWM:")[2].split()[0]) * 1024
    return {"seconds": time.monotonic() - started, "bytes": peak}


def _same_answers(subject: Subject) -> Row:
    """Row by row against the rules that answer requests."""
    table = Registry(subject.vocabulary, seed=2).rows(0, SMALL_ROWS)
    packed = table.select(pack_columns(physical_schema(subject.vocabulary), table.columns))
    policy = ScreeningPolicy(subject.compiled.edition)
    program = policy.program(packed.columns)
    statuses = program.run(packed, program.statuses()).rows()
    fen = program.run(packed, program.amounts()).rows(named=True)
    results = peers.python_loop(subject.compiled, program.schema, table)()
    ids = [standing.rule.id for standing in subject.compiled.edition.standings]
    different = sum(found != said.statuses for found, said in zip(statuses, results, strict=True))
    for row, said in zip(fen, results, strict=True):
        for place, amount in said.amounts.items():
            value = None if amount.value is None else int(amount.value * 100)
            different += row.get(f"{ids[place]}.fen") != value
    return Row(
        f"batch = online, {SMALL_ROWS:,} rows × {len(ids)} rules",
        [Figure("statuses and amounts compared", SMALL_ROWS * len(ids) / 1e9)],
        [Bar("differences", float(different), 0.0)],
    )


if __name__ == "__main__":
    print(json.dumps(watch(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))))
