"""When the offices are open on a day that they work."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time
from itertools import pairwise
from typing import TYPE_CHECKING

from app.deadlines.units import SECONDS_PER_HOUR

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["OfficeHours", "second_of_day"]


def second_of_day(moment: time) -> int:
    """The whole seconds since midnight."""
    return moment.hour * SECONDS_PER_HOUR + moment.minute * 60 + moment.second


@dataclass(frozen=True)
class OfficeHours:
    """The opening times of a working day, in order, each up to and not including its closing.

    Raises:
        ValueError: no opening, one that closes before it opens, or two that touch or overlap.
    """

    openings: tuple[tuple[time, time], ...]
    close: time = field(init=False)
    """The close of office: the end of the last opening."""
    seconds: int = field(init=False)
    """Office time in one working day."""
    _spans: tuple[tuple[int, int], ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        edges = [edge for opening in self.openings for edge in opening]
        if not edges or not all(earlier < later for earlier, later in pairwise(edges)):
            msg = f"office hours are openings in order, each closing after it opens: {self.openings}"
            raise ValueError(msg)
        spans = tuple((second_of_day(opens), second_of_day(closes)) for opens, closes in self.openings)
        object.__setattr__(self, "_spans", spans)
        object.__setattr__(self, "close", edges[-1])
        object.__setattr__(self, "seconds", sum(closes - opens for opens, closes in spans))

    @classmethod
    def parse(cls, openings: Iterable[Sequence[str]]) -> OfficeHours:
        """The hours as a pack writes them.

        >>> OfficeHours.parse([["08:00", "12:00"], ["14:30", "18:00"]]).seconds
        27000
        """
        pairs = [[time.fromisoformat(edge) for edge in opening] for opening in openings]
        return cls(tuple((opens, closes) for opens, closes in pairs))

    def until(self, second: int) -> int:
        """Office time of a working day that lies before ``second`` of that day."""
        return sum(min(second, closes) - opens for opens, closes in self._spans if second > opens)

    def second_when(self, office_seconds: int) -> int:
        """The first second of a working day at which ``office_seconds`` (1 to all) of its office time are over.

        Time that is up exactly at a closing is up at that closing, not at the next opening.
        """
        left = office_seconds
        for opens, closes in self._spans:
            if left <= closes - opens:
                return opens + left
            left -= closes - opens
        msg = f"a working day has {self.seconds} s of office time, not {office_seconds}"
        raise ValueError(msg)
