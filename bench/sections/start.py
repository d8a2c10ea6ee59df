"""From nothing to ready, and what one worker holds when it is idle."""

from __future__ import annotations

import tempfile
from statistics import median
from typing import TYPE_CHECKING

from bench.process import ours, serve
from bench.report import Bar, Figure, Row

if TYPE_CHECKING:
    from bench.measure import Budget
    from bench.subject import Subject


def run(_subject: Subject, budget: Budget) -> list[Row]:
    """First start on an empty SQLite database (migrate, publish), then starts on what is there."""
    first, later, processor, memory = [], [], [], []
    for _ in range(min(3, budget.rounds // 7)):
        with tempfile.TemporaryDirectory(prefix="beizeng-bench-") as folder:
            arguments, environment = ours(folder)
            for seconds in (first, later):
                with serve(arguments, "/readyz", **environment) as server:
                    seconds.append(server.seconds_to_ready)
                    processor.append(server.cpu_seconds())
                    memory.append(server.memory_bytes())
    figures = [Figure("first start", median(first)), Figure("later start", median(later))]
    figures.append(Figure("its processor time", median(processor)))
    figures.append(Figure("idle worker", median(memory), "MB"))
    bars = [
        Bar("first start", median(first), 3.0, unit="s"),
        Bar("later start", median(later), 3.0, unit="s"),
        Bar("idle worker", median(memory), 150e6, unit="MB"),
    ]
    return [Row("start to ready, memory", figures, bars)]
