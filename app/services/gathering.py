"""What waits for a thread that writes in groups: everything that is there, up to a largest group."""

from __future__ import annotations

import queue
from typing import Final, TypeVar

__all__ = ["LARGEST_BATCH", "gathered"]

LARGEST_BATCH: Final = 512
_Item = TypeVar("_Item")


def gathered(inbox: queue.SimpleQueue[_Item | None], seconds: float | None) -> tuple[list[_Item], bool]:
    """The items that are there, and whether None came, which ends the thread.

    ``seconds``: how long to wait for the first; None waits for as long as it takes.
    """
    batch: list[_Item] = []
    try:
        item = inbox.get(timeout=seconds)
        while item is not None:
            batch.append(item)
            if len(batch) == LARGEST_BATCH:
                return batch, False
            item = inbox.get_nowait()
    except queue.Empty:
        return batch, False
    return batch, True
