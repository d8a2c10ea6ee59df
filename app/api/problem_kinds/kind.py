"""One kind of problem."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.rules.text import Text

__all__ = ["ProblemType"]


@dataclass(frozen=True, slots=True)
class ProblemType:
    """One kind of problem. Fields in braces in the detail are those of the problem."""

    code: str
    status: int
    title: Text
    detail: Text

    @property
    def uri(self) -> str:
        """The stable reference of the kind."""
        return f"/problems/{self.code}"
