"""Which of the two languages an answer speaks (RFC 9110, section 12.5.4)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from app.rules.text import Language

__all__ = ["CONTENT_LANGUAGE", "DEFAULT_LANGUAGE", "choose_language"]

DEFAULT_LANGUAGE: Final[Language] = "zh"
CONTENT_LANGUAGE: Final[dict[Language, bytes]] = {"zh": b"zh-CN", "en": b"en"}

_LONGEST: Final = 500
_WEIGHT: Final = re.compile(r"q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)", re.IGNORECASE)


def choose_language(accept_language: bytes | None) -> Language:
    """The language that the caller likes best, the first named of two liked equally; Chinese where neither is named."""
    if not accept_language:
        return DEFAULT_LANGUAGE
    return _choose(accept_language[:_LONGEST])


@lru_cache(maxsize=256)
def _choose(header: bytes) -> Language:
    weights: dict[Language, int] = {}
    wildcard = 0
    for item in header.decode("latin-1").split(","):
        tag, _, parameter = (part.strip() for part in item.partition(";"))
        weight = _weight(parameter)
        primary = tag.lower().partition("-")[0]
        if primary == "*":
            wildcard = max(wildcard, weight)
        elif primary in ("zh", "en"):
            named: Language = "zh" if primary == "zh" else "en"
            weights[named] = max(weights.get(named, 0), weight)
    chinese, english = weights.get("zh", wildcard), weights.get("en", wildcard)
    if chinese == english and weights and chinese:
        return next(iter(weights))
    return "en" if english > chinese else "zh"


def _weight(parameter: str) -> int:
    """Thousandths; a parameter that is no weight counts as not wanted."""
    if not parameter:
        return 1000
    found = _WEIGHT.fullmatch(parameter.replace(" ", ""))
    return round(1000 * float(found[1])) if found else 0
