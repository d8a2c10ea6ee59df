"""How registries are cut."""

from __future__ import annotations

from typing import Final

__all__ = ["BATCH_ROWS", "SPLIT_ROWS"]

#: Rows decided together: enough to make little of what each expression costs, few enough for flat memory.
BATCH_ROWS: Final = 131_072
#: Rows of a split where nothing else decides: a pass is prepared in some 20 ms, and memory grows with its rows.
SPLIT_ROWS: Final = 3 * BATCH_ROWS
