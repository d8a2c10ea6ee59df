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
        Text(
            "本服务只答登记过的应用，请给调用签名（X-App-Id 等四个请求头）。",
            "This service answers known callers only; sign the call (X-App-Id and three more headers).",
        ),
    ),
    ProblemType(
        "invalid_credentials",
        401,
        Text("访问凭证无效", "The credentials are not valid"),
        Text(
            "应用编号或密钥不对，请核对登记时给出的两项。",
            "The application or its key is not known; check both against what was given when it was entered.",
        ),
    ),
    ProblemType(
        "bad_signature",
        401,
        Text("签名不对", "The signature is not right"),
        Text(
            "用密钥对规定的七行文本计算 HMAC-SM3 或 HMAC-SHA256，写成 64 位十六进制；X-Nonce 为 16 至 64 个可见字符。",
            "Sign the seven lines by HMAC-SM3 or HMAC-SHA256 with the secret, in 64 hexadecimal digits; X-Nonce has "
            "16 to 64 visible characters.",
        ),
    ),
    ProblemType(
        "timestamp_out_of_window",
        401,
        Text("签名时间不在允许范围", "The time of the signature is off"),
        Text(
            "X-Timestamp 是自 1970 年起的秒数，与本服务的时间 {now} 相差过大；请校准时钟后重新签名。",
            "X-Timestamp is in seconds since 1970 and too far from our time, {now}; set the clock and sign again.",
        ),
    ),
    ProblemType(
        "nonce_replayed",
        401,
        Text("随机串已用过", "The nonce was used before"),
        Text("每次调用都要换一个 X-Nonce 并重新签名。", "Take another X-Nonce for each call, and sign again."),
    ),
    ProblemType(
        "app_disabled",
        403,
        Text("应用已停用", "The application is disabled"),
        Text("请与本服务的管理员联系。", "Ask those who run this service."),
    ),
    ProblemType(
        "forbidden",
        403,
        Text("没有这项权限", "This is not allowed"),
        Text(
            "本应用的角色不含所需权限：{needed}；请与本服务的管理员联系。",
            "The application has no role for this; it takes: {needed}. Ask those who run this service.",
        ),
    ),
    ProblemType(
        "idempotency_in_progress",
        409,
        Text("同一请求正在处理", "The same request is under way"),
        Text("稍后用同一个 Idempotency-Key 再试。", "Try again shortly with the same Idempotency-Key."),
    ),
    ProblemType(
        "idempotency_key_reused",
        422,
        Text("幂等键已用于别的请求", "The key belongs to another request"),
        Text("不同的请求要用不同的 Idempotency-Key。", "Another request takes another Idempotency-Key."),
    ),
    ProblemType(
        "rate_limited",
        429,
        Text("调用过于频繁", "Too many calls"),
        Text("请在 Retry-After 所示秒数后再试。", "Try again after the seconds in Retry-After."),
    ),
)
