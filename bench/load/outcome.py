"""What a part of the run comes to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bench.load.figures import quantile
from bench.report import Bar, Row

if TYPE_CHECKING:
    from bench.load.service import Health

HEALTH_LIMIT = 0.1


@dataclass
class Outcome:
    """A row of the table, and every promise that was broken: they hold on any machine, however busy."""

    row: Row
    broken: list[str] = field(default_factory=list)

    def promise(self, text: str, *, holds: bool) -> None:
        """Note a promise that does not hold."""
        if not holds:
            self.broken.append(f"{self.row.work}: {text}")

    def health(self, health: Health) -> None:
        """``/healthz`` was answered each time; how quickly is a bar."""
        self.promise(f"/healthz failed {health.failed} times", holds=not health.failed)
        self.row.bars.append(Bar("/healthz p99", quantile(health.seconds, 0.99), HEALTH_LIMIT, unit="s"))
