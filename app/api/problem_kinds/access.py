"""Who may not call."""

from __future__ import annotations

from typing import Final

from app.api.problem_kinds.kind import ProblemType
from app.rules.text import Text

__all__ = ["KINDS"]

KINDS: Final = (
    ProblemType(
        "missing_credentials",
        401,
        Text("请先提供访问凭证", "Credentials are required"),
        Text("本服务要求调用方表明身份。", "This service answers known callers only."),
    ),
)
