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
        "draining",
        503,
        Text("服务正在停止", "The service is stopping"),
        Text(
            "此进程正在退出，不再接受新的请求；请重新连接后重试。",
            "This process is ending and takes no new calls; connect again and retry.",
        ),
    ),
    ProblemType(
        "not_ready",
        503,
        Text("服务尚未就绪", "The service is not ready"),
        Text("缺少：{missing}；请稍后重试。", "Missing: {missing}; try again shortly."),
    ),
    ProblemType(
        "database_unavailable",
        503,
        Text("数据库暂时不可用", "The database is not there"),
        Text("稍后重试；规则目录仍可查询。", "Try again shortly; the catalogue can still be read."),
    ),
    ProblemType(
        "database_timeout",
        503,
        Text("数据库未在时限内应答", "The database did not answer in time"),
        Text("稍后重试。", "Try again shortly."),
    ),
    ProblemType(
        "storage_full",
        503,
        Text("存储空间不可写", "Nothing can be stored"),
        Text("磁盘已满或不可写；没有写入任何内容。", "The disk is full or takes no writes; nothing was written."),
    ),
    ProblemType(
        "receipt_unavailable",
        503,
        Text("暂时无法存下回执", "The receipt could not be kept"),
        Text("没有回执就不作答，请稍后重试。", "No decision leaves without its receipt; try again shortly."),
    ),
)
