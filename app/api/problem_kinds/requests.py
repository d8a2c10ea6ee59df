"""What is wrong with a request as such: framing, JSON, addresses, values."""

from __future__ import annotations

from typing import Final

from app.api.problem_kinds.kind import ProblemType
from app.rules.text import Text

__all__ = ["KINDS"]

KINDS: Final = (
    ProblemType(
        "bad_request",
        400,
        Text("请求格式有误", "The request is not well-formed"),
        Text(
            "HTTP 请求本身无法解读，请检查请求行和请求头；网址中的中文须按百分号编码。",
            "The HTTP request cannot be read; check its first line and headers, and percent-encode the address.",
        ),
    ),
    ProblemType(
        "malformed_json",
        400,
        Text("JSON 格式有误", "The JSON is malformed"),
        Text(
            "第 {line} 行第 {column} 个字符附近不是合法的 JSON，请检查逗号、引号和括号。",
            "It is no JSON near line {line}, column {column}; check commas, quotes and brackets.",
        ),
    ),
    ProblemType(
        "empty_body",
        400,
        Text("请求内容为空", "The body is empty"),
        Text("请在请求体中放入一个 JSON 对象。", "Send one JSON object as the body."),
    ),
    ProblemType(
        "body_not_utf8",
        400,
        Text("请求内容不是 UTF-8", "The body is not UTF-8"),
        Text(
            "请求体须为 UTF-8 编码；若系统默认 GBK，请在发送前转换。",
            "The body must be UTF-8; where the system defaults to GBK or UTF-16, convert it before sending.",
        ),
    ),
    ProblemType(
        "duplicate_key",
        400,
        Text("JSON 中有重复的键", "A key of the JSON is repeated"),
        Text("键“{value}”在同一对象中出现了不止一次。", "The key “{value}” stands more than once in one object."),
    ),
    ProblemType(
        "too_deep",
        400,
        Text("JSON 嵌套过深", "The JSON is nested too deep"),
        Text("嵌套最多 {limit} 层。", "At most {limit} levels are read."),
    ),
    ProblemType(
        "bad_cursor",
        400,
        Text("翻页标记有误", "The cursor is not ours"),
        Text("请原样使用上一页给出的 next_cursor。", "Send next_cursor of the page before as it was given."),
    ),
    ProblemType(
        "bad_query_encoding",
        400,
        Text("网址参数编码有误", "The query is not well encoded"),
        Text("查询参数须为 UTF-8 并按百分号编码。", "Query parameters must be percent-encoded UTF-8."),
    ),
    ProblemType(
        "not_found",
        404,
        Text("找不到所请求的内容", "There is nothing here"),
        Text("请核对网址和编号。", "Check the address and the id."),
    ),
    ProblemType(
        "method_not_allowed",
        405,
        Text("不支持这种请求方法", "The method is not allowed"),
        Text("此网址只接受 {allow}。", "This address takes {allow} only."),
    ),
    ProblemType(
        "body_too_large",
        413,
        Text("请求内容过大", "The body is too large"),
        Text("请求体最多 {limit} 字节。", "A body may have {limit} bytes at most."),
    ),
    ProblemType(
        "uri_too_long",
        414,
        Text("网址过长", "The address is too long"),
        Text("网址最多 {limit} 字节。", "An address may have {limit} bytes at most."),
    ),
    ProblemType(
        "unsupported_content_type",
        415,
        Text("内容类型应为 JSON", "The content type must be JSON"),
        Text(
            "请以 Content-Type: application/json（UTF-8）发送，不要用表单或其他编码。",
            "Send Content-Type: application/json in UTF-8, no form and no other charset.",
        ),
    ),
    ProblemType(
        "unsupported_encoding",
        415,
        Text("不支持压缩的请求", "Compressed bodies are not read"),
        Text("请去掉 Content-Encoding，直接发送 JSON。", "Leave out Content-Encoding and send the JSON as it is."),
    ),
    ProblemType(
        "validation_failed",
        422,
        Text("填写的内容有误", "Some values need correction"),
        Text("共有 {count} 处需要更正，逐项见 errors。", "{count} places need correction; errors lists each."),
    ),
    ProblemType(
        "headers_too_large",
        431,
        Text("请求头过大", "The headers are too large"),
        Text("请求头合计最多 {limit} 字节。", "All headers together may have {limit} bytes at most."),
    ),
)
