"""How often each fault is caused: a few times with every run of the tests, as the catalogue says in ``make faults``."""

from __future__ import annotations

import os

__all__ = ["LONG", "rounds"]

#: Set by ``make faults``: the long form.
LONG = os.environ.get("FAULT_ROUNDS") == "long"


def rounds(short: int, long: int) -> int:
    """The count of this run."""
    return long if LONG else short
