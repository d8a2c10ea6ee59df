"""Every problem that the service answers (RFC 9457): one table from code to status and words, and how it is written.

``type`` is ``/problems/<code>``. A title is one short sentence that fits a toast; a detail says what to do next.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import orjson

from app.api.pointers import pointer_to
from app.rules.errors import excerpt
from app.rules.messages import fault_message
from app.rules.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.rules.messages import Reported
    from app.rules.text import Language

__all__ = ["MAX_ERRORS", "PROBLEMS", "PROBLEM_JSON", "ProblemError", "ProblemType", "problem_body"]

PROBLEM_JSON: Final = b"application/problem+json"
MAX_ERRORS: Final = 50
_LONGEST_INSTANCE: Final = 60


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


def _problem(code: str, status: int, title: Text, detail: Text) -> tuple[str, ProblemType]:
    return code, ProblemType(code, status, title, detail)


PROBLEMS: Final[Mapping[str, ProblemType]] = dict(
    (
        _problem(
            "bad_request",
            400,
            Text("请求格式有误", "The request is not well-formed"),
            Text(
                "HTTP 请求本身无法解读，请检查请求行和请求头；网址中的中文须按百分号编码。",
                "The HTTP request cannot be read; check its first line and headers, and percent-encode the address.",
            ),
        ),
        _problem(
            "malformed_json",
            400,
            Text("JSON 格式有误", "The JSON is malformed"),
            Text(
                "第 {line} 行第 {column} 个字符附近不是合法的 JSON，请检查逗号、引号和括号。",
                "It is no JSON near line {line}, column {column}; check commas, quotes and brackets.",
            ),
        ),
        _problem(
            "empty_body",
            400,
            Text("请求内容为空", "The body is empty"),
            Text("请在请求体中放入一个 JSON 对象。", "Send one JSON object as the body."),
        ),
        _problem(
            "body_not_utf8",
            400,
            Text("请求内容不是 UTF-8", "The body is not UTF-8"),
            Text(
                "请求体须为 UTF-8 编码；若系统默认 GBK，请在发送前转换。",
                "The body must be UTF-8; where the system defaults to GBK or UTF-16, convert it before sending.",
            ),
        ),
        _problem(
            "duplicate_key",
            400,
            Text("JSON 中有重复的键", "A key of the JSON is repeated"),
            Text("键“{value}”在同一对象中出现了不止一次。", "The key “{value}” stands more than once in one object."),
        ),
        _problem(
            "too_deep",
            400,
            Text("JSON 嵌套过深", "The JSON is nested too deep"),
            Text("嵌套最多 {limit} 层。", "At most {limit} levels are read."),
        ),
        _problem(
            "bad_query_encoding",
            400,
            Text("网址参数编码有误", "The query is not well encoded"),
            Text("查询参数须为 UTF-8 并按百分号编码。", "Query parameters must be percent-encoded UTF-8."),
        ),
        _problem(
            "missing_credentials",
            401,
            Text("请先提供访问凭证", "Credentials are required"),
            Text("本服务要求调用方表明身份。", "This service answers known callers only."),
        ),
        _problem(
            "not_found",
            404,
            Text("找不到所请求的内容", "There is nothing here"),
            Text("请核对网址和编号。", "Check the address and the id."),
        ),
        _problem(
            "method_not_allowed",
            405,
            Text("不支持这种请求方法", "The method is not allowed"),
            Text("此网址只接受 {allow}。", "This address takes {allow} only."),
        ),
        _problem(
            "body_too_large",
            413,
            Text("请求内容过大", "The body is too large"),
            Text("请求体最多 {limit} 字节。", "A body may have {limit} bytes at most."),
        ),
        _problem(
            "uri_too_long",
            414,
            Text("网址过长", "The address is too long"),
            Text("网址最多 {limit} 字节。", "An address may have {limit} bytes at most."),
        ),
        _problem(
            "unsupported_content_type",
            415,
            Text("内容类型应为 JSON", "The content type must be JSON"),
            Text(
                "请以 Content-Type: application/json（UTF-8）发送，不要用表单或其他编码。",
                "Send Content-Type: application/json in UTF-8, no form and no other charset.",
            ),
        ),
        _problem(
            "unsupported_encoding",
            415,
            Text("不支持压缩的请求", "Compressed bodies are not read"),
            Text("请去掉 Content-Encoding，直接发送 JSON。", "Leave out Content-Encoding and send the JSON as it is."),
        ),
        _problem(
            "validation_failed",
            422,
            Text("填写的内容有误", "Some values need correction"),
            Text("共有 {count} 处需要更正，逐项见 errors。", "{count} places need correction; errors lists each."),
        ),
        _problem(
            "headers_too_large",
            431,
            Text("请求头过大", "The headers are too large"),
            Text("请求头合计最多 {limit} 字节。", "All headers together may have {limit} bytes at most."),
        ),
        _problem(
            "internal_error",
            500,
            Text("服务出错，请稍后再试", "Something went wrong here"),
            Text(
                "这是本服务的错误，不代表不符合条件；报告时请附上 request_id。",
                "The fault is ours and says nothing about the decision; name the request_id when you report it.",
            ),
        ),
        _problem(
            "overloaded",
            503,
            Text("服务繁忙，请稍后再试", "The service is too busy"),
            Text("未能在时限内作答，请稍后重试。", "No answer could be given in time; try again shortly."),
        ),
        _problem(
            "not_ready",
            503,
            Text("服务尚未就绪", "The service is not ready"),
            Text("缺少：{missing}。", "Missing: {missing}."),
        ),
    )
)


class ProblemError(Exception):
    """Ends a request with one problem of the table; ``faults`` are the single bad values of a 422."""

    def __init__(
        self,
        code: str,
        params: Mapping[str, Any] | None = None,
        *,
        faults: Sequence[Reported] = (),
        headers: Sequence[tuple[bytes, bytes]] = (),
    ) -> None:
        super().__init__(code)
        self.kind = PROBLEMS[code]
        self.params = dict(params or {})
        self.faults = tuple(faults[:MAX_ERRORS])
        self.headers = tuple(headers)

    @classmethod
    def invalid(cls, faults: Sequence[Reported]) -> ProblemError:
        """The 422 that reports every bad value found, the first fault of each place."""
        found: dict[object, Reported] = {}
        for fault in faults:
            found.setdefault(fault.path, fault)
        return cls("validation_failed", {"count": len(found)}, faults=list(found.values()))


def problem_body(problem: ProblemError, language: Language, instance: str, request_id: str) -> bytes:
    """The problem as JSON bytes in the caller's language."""
    errors = [_entry(fault, language) for fault in problem.faults]
    fields = {name: excerpt(value) for name, value in problem.params.items()}
    detail = errors[0]["message"] if len(errors) == 1 else problem.kind.detail.in_(language).format_map(fields)
    return orjson.dumps(
        {
            "type": problem.kind.uri,
            "code": problem.kind.code,
            "title": problem.kind.title.in_(language),
            "status": problem.kind.status,
            "detail": detail,
            "instance": _shortened(instance),
            "request_id": request_id,
            "errors": errors,
        }
    )


def _entry(fault: Reported, language: Language) -> dict[str, Any]:
    suggestions: tuple[str, ...] = getattr(fault, "suggestions", ())
    return {
        "pointer": pointer_to(fault.path),
        "code": fault.code,
        "message": fault_message(fault, language, suggestions),
        "suggestions": list(suggestions),
    }


def _shortened(path: str) -> str:
    """The path as a reference, never more than sixty characters of what the caller wrote nor half an escape."""
    shown = path[:_LONGEST_INSTANCE]
    return shown.rpartition("%")[0] if "%" in shown[-2:] else shown
