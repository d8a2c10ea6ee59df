"""Running the parser of a file in a process of its own, so that a hostile file ends that process and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import orjson

from app.screening.readers.faults import FileFault, FileRefused
from app.screening.readers.grid import Content

if TYPE_CHECKING:
    from app.screening.limits import Limits

__all__ = ["LOOK", "look_apart", "parse_apart"]

#: In the place of a spool: judge the container, read no rows.
LOOK: Final = "-"

_ROOT: Final = str(Path(__file__).parents[3])
_TIME: Final = {"zh": "在规定时间内读不完", "en": "it could not be read in the time allowed"}
_STOPPED: Final = {"zh": "读取程序被文件中断", "en": "the file stopped its reader"}
#: What the child may know of its surroundings: how to find Python and the product, and nothing secret.
_PASSED_ON: Final = (
    "PATH",
    "LD_LIBRARY_PATH",
    "SYSTEMROOT",
    "TMPDIR",
    "COVERAGE_PROCESS_START",
    "COVERAGE_PROCESS_CONFIG",
)


def parse_apart(path: Path, name: str, spool: Path, limits: Limits) -> Content:
    """Parse the file into ``spool`` within the limits.

    Raises:
        FileRefused: what the child says, or what ended it.
    """
    return Content.from_json(_apart(path, name, str(spool), limits)["content"])


def look_apart(path: Path, name: str, limits: Limits) -> None:
    """Judge a file by its container: its kind, what an archive unpacks to, the rows that a footer says.

    Raises:
        FileRefused: what the child says; a file that it does not get through in time is not judged here.
    """
    try:
        _apart(path, name, LOOK, limits)
    except subprocess.TimeoutExpired:
        return


def _apart(path: Path, name: str, spool: str, limits: Limits) -> dict[str, Any]:
    size = path.stat().st_size
    if size > limits.file_bytes:
        raise FileRefused([FileFault("body_too_large", {"limit_mib": limits.file_bytes // 2**20})])
    environment = {key: os.environ[key] for key in _PASSED_ON if key in os.environ}
    environment |= {"POLARS_MAX_THREADS": "1", "PYTHONUTF8": "1", "PYTHONPATH": _ROOT}
    command = [sys.executable, "-P", "-m", "app.screening.readers.child", str(path), name, spool]
    try:
        done = subprocess.run(  # noqa: S603 - our own module, and paths as arguments of their own
            command,
            input=orjson.dumps(asdict(limits)),
            capture_output=True,
            timeout=limits.seconds,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        if spool == LOOK:
            raise
        raise FileRefused([FileFault("file_invalid", {"reason": _TIME})]) from error
    return _answer(done, limits)


def _answer(done: subprocess.CompletedProcess[bytes], limits: Limits) -> dict[str, Any]:
    if done.returncode != 0 or not done.stdout:
        raise FileRefused([_ended(done, limits)])
    answer: dict[str, Any] = orjson.loads(done.stdout)
    if "faults" in answer:
        raise FileRefused([FileFault(fault["code"], fault["params"]) for fault in answer["faults"]])
    return answer


def _ended(done: subprocess.CompletedProcess[bytes], limits: Limits) -> FileFault:
    """Memory that ran out is told by what the child or its allocator last said."""
    if b"memory" in done.stderr.lower():
        params = {"limit_mib": limits.memory_bytes // 2**20, "ratio": limits.unpacked_ratio, "members": limits.members}
        return FileFault("file_expands_too_much", params)
    return FileFault("file_invalid", {"reason": _STOPPED})
