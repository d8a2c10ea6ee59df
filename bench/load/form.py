"""How long each part takes: the short form that every change passes, and the long one that judges the bars."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Form:
    """Seconds of each piece, and how often pieces take turns."""

    name: str
    peak: float
    half: float
    overload: float
    after: float
    overload_turns: int
    bad_turn: float
    bad_turns: int
    alone: float
    batches: int
    rows: int
    publish: float
    publishes: int
    reading: float
    soak: float
    soak_share: float
    """Of the peak: less in the short form, whose peak is taken in a moment and may have been a lucky one."""


SHORT = Form(
    name="short",
    peak=1,
    half=1,
    overload=3,
    after=1.5,
    overload_turns=1,
    bad_turn=1,
    bad_turns=1,
    alone=1,
    batches=1,
    rows=10_000,
    publish=1,
    publishes=1,
    reading=1,
    soak=5,
    soak_share=0.3,
)
LONG = Form(
    name="long",
    peak=6,
    half=15,
    overload=30,
    after=15,
    overload_turns=2,
    bad_turn=5,
    bad_turns=6,
    alone=15,
    batches=4,
    rows=200_000,
    publish=10,
    publishes=3,
    reading=30,
    soak=1200,
    soak_share=0.6,
)
