"""How registries are cut, and how many pieces are decided at once."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

__all__ = ["BATCH_ROWS", "SPLIT_ROWS", "side_by_side"]

_Piece = TypeVar("_Piece")
_Result = TypeVar("_Result")

#: Rows decided together: enough to make little of what each expression costs, few enough for flat memory.
BATCH_ROWS: Final = 131_072
#: Rows of a split where nothing else decides. Larger ones spare some of the 20 ms in which a pass is prepared, and cost
#: memory, which grows with the rows of every split under way.
SPLIT_ROWS: Final = BATCH_ROWS
#: While one split is prepared or counted on one core, another one keeps the rest busy.
_AT_ONCE: Final = 2


def side_by_side(decide: Callable[[_Piece], _Result], pieces: Iterable[_Piece]) -> Generator[_Result]:
    """What comes of each piece, in their order, a few of them being decided at once.

    The first is decided alone: it makes what the others share. Where the caller stops early, or a piece fails, those
    under way are finished and no other is begun.
    """
    waiting = iter(pieces)
    for piece in islice(waiting, 1):
        yield decide(piece)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        under_way: deque[Future[_Result]] = deque(pool.submit(decide, piece) for piece in islice(waiting, _AT_ONCE))
        while under_way:
            found = under_way.popleft().result()
            under_way.extend(pool.submit(decide, piece) for piece in islice(waiting, 1))
            yield found
