"""How large a registry may be, and what its parser may take; every figure is a setting where files come from others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

__all__ = ["MIB", "Limits"]

MIB: Final = 1024 * 1024
_LOCAL_ROWS: Final = 4_000_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one file. The defaults are those of an upload.

    ``memory_bytes`` and ``seconds`` bound the child process that parses the file, beyond what it needs to start.
    ``in_place``: a Parquet file of the operator's own is scanned where it lies, without a copy made by the child.
    """

    file_bytes: int = 20 * MIB
    unpacked_bytes: int = 200 * MIB
    unpacked_ratio: int = 100
    members: int = 1_000
    rows: int = 200_000
    columns: int = 300
    memory_bytes: int = 1024 * MIB
    seconds: float = 60.0
    in_place: bool = False

    @classmethod
    def local(cls) -> Self:
        """For a file that the operator names: no bound on rows or size, the same care with what is inside."""
        return cls(
            file_bytes=2**50,
            unpacked_bytes=4096 * MIB,
            rows=_LOCAL_ROWS,
            memory_bytes=8192 * MIB,
            seconds=3600.0,
            in_place=True,
        )
