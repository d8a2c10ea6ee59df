"""Codes that identify: unified social credit code (GB 32100-2015), GB/T 2260 division, GB/T 4754-2017 industry."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["CODE_FORMS", "CodeForm", "check_character"]

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VALUE = {character: position for position, character in enumerate(_ALPHABET)}
_USCC_BODY = 17


@dataclass(frozen=True, slots=True)
class CodeForm:
    """The form of one kind of code."""

    pattern: re.Pattern[str]
    longest: int
    alphabet: str

    def impossible(self, code: str) -> str | None:
        """The first character that no code of this kind can hold, in either case of letters, if one is there."""
        return next((char for char in code if (char.upper() if char.isascii() else char) not in self.alphabet), None)


CODE_FORMS = {
    "uscc": CodeForm(re.compile(f"[{_ALPHABET}]{{18}}"), 18, _ALPHABET),
    "division": CodeForm(re.compile("[0-9]{6}"), 6, "0123456789"),
    "industry": CodeForm(re.compile("[A-T][0-9]{0,4}"), 5, "ABCDEFGHIJKLMNOPQRST0123456789"),
}


def check_character(code: str) -> str:
    """The 18th character that the first seventeen of a unified code ask for (weights 3^i mod 31).

    >>> check_character("91350100M000100Y4")
    '3'
    """
    total = sum(_VALUE[char] * pow(3, place, 31) for place, char in enumerate(code[:_USCC_BODY]))
    return _ALPHABET[(31 - total % 31) % 31]
