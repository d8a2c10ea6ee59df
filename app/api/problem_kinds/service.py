"""What is not for the caller to mend: the service itself."""

from __future__ import annotations

from typing import Final

from app.api.problem_kinds.kind import ProblemType
from app.rules.text import Text

__all__ = ["KINDS"]

KINDS: Final = (
    ProblemType(
        "internal_error",
        500,
        Text("服务出错，请稍后再试", "Something went wrong here"),
        Text(
            "这是本服务的错误，不代表不符合条件；报告时请附上 request_id。",
            "The fault is ours and says nothing about the decision; name the request_id when you report it.",
        ),
    ),
    ProblemType(
        "overloaded",
        503,
        Text("服务繁忙，请稍后再试", "The service is too busy"),
        Text("未能在时限内作答，请稍后重试。", "No answer could be given in time; try again shortly."),
    ),
    ProblemType(
        "not_ready",
        503,
        Text("服务尚未就绪", "The service is not ready"),
        Text("缺少：{missing}。", "Missing: {missing}."),
    ),
)
