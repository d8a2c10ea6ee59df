"""Server processes: started for one section, ended by their own id, with their processor time and memory."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

import psutil

from bench.client import wait_until_ready

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).parent.parent
UVICORN = ("-m", "uvicorn", "--factory", "--no-access-log", "--log-level", "warning")


@dataclass(frozen=True)
class Server:
    """A server that answers on a port of this machine."""

    port: int
    process: psutil.Process
    seconds_to_ready: float

    def cpu_seconds(self) -> float:
        """Processor time of the process and its children so far, to the nanosecond where the kernel tells it."""
        return sum(_cpu_seconds(process) for process in self._family())

    def memory_bytes(self) -> int:
        """Memory that the one worker holds."""
        return max(process.memory_info().rss for process in self._family())

    def _family(self) -> list[psutil.Process]:
        return [self.process, *self.process.children(recursive=True)]


def _cpu_seconds(process: psutil.Process) -> float:
    total = 0
    for path in Path(f"/proc/{process.pid}/task").glob("*/schedstat"):
        total += int(path.read_text().split()[0])
    if total:
        return total / 1e9
    times = process.cpu_times()
    return times.user + times.system


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def serve(arguments: Sequence[str], ready: str, **environment: str) -> Iterator[Server]:
    """Start ``python ARGUMENTS`` (``{port}`` filled in), wait until ``ready`` answers, and end it afterwards."""
    port = free_port()
    command = [sys.executable, *(argument.format(port=port) for argument in arguments)]
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )
        try:
            yield _ready(process, port, ready, errors)
        finally:
            _end(process)


def _ready(process: subprocess.Popen[bytes], port: int, path: str, errors: IO[bytes]) -> Server:
    try:
        seconds = wait_until_ready(port, path, lambda: process.poll() is None)
    except TimeoutError as error:
        errors.seek(0)
        error.add_note(errors.read()[-2000:].decode(errors="replace"))
        raise
    return Server(port, psutil.Process(process.pid), seconds)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def ours(folder: str) -> tuple[tuple[str, ...], dict[str, str]]:
    """Arguments and environment of our own server: one worker, no receipts, a fresh SQLite database in ``folder``."""
    environment = {
        "BEIZENG_AUTH": "open",
        "BEIZENG_RECEIPTS": "off",
        "BEIZENG_DATABASE_URL": f"sqlite:///{folder}/beizeng.db",
        "BEIZENG_DATA_DIR": f"{folder}/data",
    }
    return ("-m", "app", "serve", "--host", "127.0.0.1", "--port", "{port}"), environment
