"""Who decides the splits of a screening: this process, or Spark."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

from app.commands.screen_progress import Interruptible, Progress
from app.commands.terminal import CommandError
from app.screening.folder import ScreeningFolder
from app.screening.folder_errors import ScreeningStopped
from app.screening.kernel import ScreeningPolicy
from app.screening.spark import screen_splits, spark_session
from app.screening.splits import side_by_side

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

__all__ = ["Decide", "Engine", "by_spark", "decided_here"]

Decide = Callable[[ScreeningFolder, ScreeningPolicy, int, Interruptible], None]


class Engine(StrEnum):
    """Where splits are decided."""

    LOCAL = "local"
    SPARK = "spark"


def decided_here(folder: ScreeningFolder, policy: ScreeningPolicy, rows: int, interruptible: Interruptible) -> None:
    """All splits in this process, on every core."""
    decided = side_by_side(partial(folder.run, policy), folder.splits(rows))
    with Progress(rows, "判断", "deciding") as progress, closing(decided):
        done = 0
        for sums in decided:
            done += sums.rows
            progress.reached(done)
            if interruptible.asked and done < rows:
                raise ScreeningStopped


def by_spark(master: str) -> Decide:
    """All splits as tasks of a Spark job.

    Raises:
        CommandError: Spark is not installed.
    """
    spark = _session(master)

    def decide(folder: ScreeningFolder, policy: ScreeningPolicy, rows: int, interruptible: Interruptible) -> None:
        del interruptible  # Spark ends its tasks with the driver; parts that are done stay
        with Progress(rows, "判断", "deciding") as progress:
            try:
                screen_splits(spark, folder, policy, folder.splits(rows))
            finally:
                spark.stop()
            progress.reached(rows)

    return decide


def _session(master: str) -> SparkSession:
    try:
        return spark_session(master)
    except ImportError as error:
        raise CommandError(
            "没有安装 Spark；请安装 beizeng[spark]，并装好 Java 17。",
            "Spark is not installed; install beizeng[spark], and Java 17.",
        ) from error
