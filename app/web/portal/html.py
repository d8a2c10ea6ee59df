"""HTML from plain descriptions. Text goes in as text; only what was made here is markup."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Html", "code", "joined", "prose", "table", "tag"]

_EMPTY: Final = frozenset({"input", "link", "meta", "img"})
_MARKED: Final = re.compile(r"`([^`]+)`|\{(\w+)\}")


class Html(str):
    """Markup."""

    __slots__ = ()


def tag(element: str, /, *children: str | None, **attributes: str | bool | None) -> Html:
    """An element; an attribute that is None or False is left out, ``class_`` and ``for_`` are class and for."""
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{escape(str(value))}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    return Html(f"<{element}{written}>" if element in _EMPTY else f"<{element}{written}>{joined(children)}</{element}>")


def joined(children: Iterable[str | None]) -> Html:
    """One after the other."""
    return Html(
        "".join(child if isinstance(child, Html) else escape(child, quote=False) for child in children if child)
    )


def code(text: str, **attributes: str | bool | None) -> Html:
    """A name as it is written in programs."""
    return tag("code", text, **attributes)


def prose(text: str) -> Html:
    """A sentence: names between backticks are code, names between braces stand for what is filled in."""
    parts, end = list[str](), 0
    for found in _MARKED.finditer(text):
        parts += [text[end : found.start()], code(found[1]) if found[1] else tag("var", found[2])]
        end = found.end()
    return joined([*parts, text[end:]])


def table(headings: Iterable[str], rows: Iterable[Html], label: str, **attributes: str | bool | None) -> Html:
    """A table that scrolls by itself where the screen is narrow."""
    head = tag("tr", *(tag("th", heading, scope="col") for heading in headings))
    content = tag("table", tag("thead", head), tag("tbody", *rows), **attributes)
    return tag("div", content, class_="scroll", role="region", aria_label=label, tabindex="0")
