"""Kleene's strong three-valued logic. ``None`` is unknown; it is never false.

Compiled policies carry the same three values as small integers on which ``&`` is *and* and ``|`` is *or*:
false 0, unknown 1, true 3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["DECODE", "FALSE", "TRUE", "UNKNOWN", "Truth", "all_of", "any_of", "encode"]

Truth = bool | None

FALSE: Final = 0
UNKNOWN: Final = 1
TRUE: Final = 3

DECODE: Final[tuple[Truth, ...]] = (False, None, None, True)


def encode(truth: Truth) -> int:
    """The integer that stands for ``truth`` in compiled code."""
    if truth is None:
        return UNKNOWN
    return TRUE if truth else FALSE


def all_of(truths: Iterable[Truth]) -> Truth:
    """False when one is false, else unknown when one is unknown, else true.

    >>> all_of([True, None]), all_of([False, None]), all_of([])
    (None, False, True)
    """
    known = True
    for truth in truths:
        if truth is False:
            return False
        if truth is None:
            known = False
    return True if known else None


def any_of(truths: Iterable[Truth]) -> Truth:
    """True when one is true, else unknown when one is unknown, else false.

    >>> any_of([False, None]), any_of([True, None]), any_of([])
    (None, True, False)
    """
    known = True
    for truth in truths:
        if truth is True:
            return True
        if truth is None:
            known = False
    return False if known else None
