"""The process that parses a file from others: it bounds its own memory and time and says what it found.

Run as ``python -m app.screening.readers.child FILE NAME SPOOL`` (``-`` for SPOOL: judge the container only) with the
limits as JSON on its standard input.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import orjson

from app.screening.limits import Limits
from app.screening.readers.faults import FileRefused
from app.screening.readers.sandbox import LOOK
from app.screening.readers.sniff import SNIFFED, kind_of
from app.screening.readers.spool import SpoolWriter

if TYPE_CHECKING:
    from app.screening.readers.grid import Content

__all__ = ["main"]

_ANSWER: Final = 1


def main() -> int:
    """Parse one file; the answer is one line of JSON on standard output."""
    path, name, spool = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
    limits = Limits(**orjson.loads(sys.stdin.buffer.read()))
    try:
        answer: dict[str, Any] = {}
        if sys.argv[3] == LOOK:
            _look(path, name, limits)
        else:
            answer["content"] = _parse(path, name, spool, limits).to_json()
    except FileRefused as refused:
        answer = {"faults": [{"code": f.code, "params": f.params} for f in refused.faults]}
    except MemoryError:
        params = {"limit_mib": limits.memory_bytes // 2**20, "ratio": limits.unpacked_ratio, "members": limits.members}
        answer = {"faults": [{"code": "file_expands_too_much", "params": params}]}
    os.write(_ANSWER, orjson.dumps(answer))
    return 0


def _look(path: Path, name: str, limits: Limits) -> None:
    """What the container alone shows."""
    with path.open("rb") as stream:
        kind = kind_of(stream.read(SNIFFED), name)
    if kind == "parquet":
        from app.screening.readers.parquet_file import inspect_parquet  # noqa: PLC0415 - heavy, and only for this kind

        _bound(limits)
        inspect_parquet(path, limits)
    elif kind == "xlsx":
        from app.screening.readers.xlsx_archive import checked_archive  # noqa: PLC0415 - only for this kind

        _bound(limits)
        with checked_archive(path, limits):
            pass


def _parse(path: Path, name: str, spool: Path, limits: Limits) -> Content:
    with path.open("rb") as stream:
        kind = kind_of(stream.read(SNIFFED), name)
    if kind == "parquet":
        from app.screening.readers.parquet_file import copy_parquet  # noqa: PLC0415 - heavy, and only for this kind

        _bound(limits)
        return copy_parquet(path, spool, limits)
    if kind == "xlsx":
        from app.screening.readers.xlsx_file import read_xlsx as read  # noqa: PLC0415 - only for this kind
    else:
        from app.screening.readers.csv_file import read_csv as read  # noqa: PLC0415 - only for this kind
    _bound(limits)
    with spool.open("wb") as stream:
        writer = SpoolWriter(stream)
        content = read(path, writer, limits)
        writer.flush()
    return content


def _bound(limits: Limits) -> None:
    """Address space beyond what is mapped already, processor time, and no core dump (not on Windows)."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - not on every platform

    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) if sys.platform == "linux" else 0
    memory = pages * resource.getpagesize() + limits.memory_bytes
    seconds = int(limits.seconds) + 1
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    sys.exit(main())
