"""Text in the two languages of the service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["LANGUAGES", "Language", "Text"]

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Text:
    """One message in Chinese and English."""

    zh: str
    en: str

    def in_(self, language: Language) -> str:
        """The text in ``language``."""
        return self.zh if language == "zh" else self.en
