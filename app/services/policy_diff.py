"""What differs between two documents of a policy, entry by entry; lists of named things are compared by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Change", "differences"]

#: What names an entry of a list, the first that each of its entries has and none shares.
_NAMES: Final = ("id", "clause", "code", "value", "valid_from", "industry", "fact")


class Change(NamedTuple):
    """One difference; None stands for nothing."""

    path: tuple[str, ...]
    before: Any
    after: Any


def differences(before: Any, after: Any, path: tuple[str, ...] = ()) -> Iterator[Change]:
    """Every difference, in the order of the documents."""
    if before == after:
        return
    left, right = _entries(before), _entries(after)
    if left is None or right is None or _kind(before) != _kind(after):
        yield Change(path, before, after)
        return
    for name in dict.fromkeys([*left, *right]):
        yield from differences(left.get(name), right.get(name), (*path, name))
    shared = [name for name in left if name in right]
    if isinstance(before, list) and shared != [name for name in right if name in left]:
        yield Change((*path, "order"), list(left), list(right))


def _kind(node: Any) -> type:
    return dict if isinstance(node, dict) else list if isinstance(node, list) else str


def _entries(node: Any) -> dict[str, Any] | None:
    """The node's entries by name; None when it has none of its own."""
    if isinstance(node, dict):
        return node
    if not isinstance(node, list) or not node or not all(isinstance(item, dict) for item in node):
        return None
    for name in _NAMES:
        keys = [item.get(name) for item in node]
        if all(isinstance(key, str) for key in keys) and len(set(keys)) == len(keys):
            return dict(zip(keys, node, strict=True))
    return None
