"""From nothing to a first answer, in each language; the examples are files that tests run."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.rules.text import Text
from app.web.portal.html import Html, prose, tag

if TYPE_CHECKING:
    from app.rules.text import Language

__all__ = ["EXAMPLES", "SERVICE", "Example", "start_page"]

#: The service that the examples call; the page puts its own address in its place.
SERVICE: Final = "http://127.0.0.1:8000"
_FOLDER: Final = Path(__file__).parent / "examples"


@dataclass(frozen=True, slots=True)
class Example:
    """One way to the same first answer."""

    id: str
    name: Text
    file: str
    note: Text

    @property
    def text(self) -> str:
        """The example as it is written."""
        return _text(self.file)


@cache
def _text(file: str) -> str:
    return (_FOLDER / file).read_text(encoding="utf-8").rstrip("\n")


EXAMPLES: Final = (
    Example(
        "curl",
        Text("curl", "curl"),
        "curl.sh",
        Text(
            "一家首次申报并首次通过认定的高新技术企业：回答里 `total.value` 是 `210000.00`。",
            "A firm that applied and was certified as high-tech for the first time: `total.value` of the answer is "
            "`210000.00`.",
        ),
    ),
    Example(
        "python",
        Text("Python", "Python"),
        "first_answer.py.txt",
        Text(
            "`pip install ./clients/python`。金额是 `Decimal`，重试和签名由它负责。",
            "`pip install ./clients/python`. Money is `Decimal`; it signs and repeats calls where that is safe.",
        ),
    ),
    Example(
        "typescript",
        Text("TypeScript", "TypeScript"),
        "first-answer.ts",
        Text(
            "浏览器和 Node 18 以上。金额是文本，不要转成 `number` 再相加；带类型的封装在 `clients/typescript`。",
            "Browsers, and Node from 18. Money is text: add it up as decimals, not as `number`; `clients/typescript` "
            "has types for everything.",
        ),
    ),
    Example(
        "java",
        Text("Java", "Java"),
        "FirstAnswer.java",
        Text(
            "JDK 17，`java FirstAnswer.java`。用 `BigDecimal` 读金额；签名的例子在 `clients/java`。",
            "JDK 17: `java FirstAnswer.java`. Read money as `BigDecimal`; `clients/java` shows how to sign.",
        ),
    ),
    Example(
        "miniprogram",
        Text("微信小程序", "WeChat mini-program"),
        "first-answer.js",
        Text(
            "`success` 在任何状态码都会触发，先看 `statusCode`；`title` 可直接放进提示条。"
            "完整的例子在 `clients/miniprogram`。",
            "`success` fires on any status, so look at `statusCode`; `title` fits a toast. `clients/miniprogram` is a "
            "whole example.",
        ),
    ),
    Example(
        "ruoyi",
        Text("若依（RuoYi）", "RuoYi"),
        "RuoyiCall.java",
        Text(
            "路径换成 `/compat/ruoyi/v1/…`，一律 HTTP 200，看 `code` 和 `msg`，内容在 `data`。",
            "The same operations below `/compat/ruoyi/v1/…` always answer HTTP 200: look at `code` and `msg`; the "
            "content is in `data`.",
        ),
    ),
)
_LEAD: Final = Text(
    "`make run` 在本机起一个开放的服务；下面六种写法问的是同一个问题。正式环境的每次调用都要签名。",
    "`make run` starts an open service on this machine; the six examples below ask the same question. In production "
    "every call is signed.",
)
_FIRST: Final = Text("第一个回答", "A first answer")
_RULES: Final = Text("五条约定", "Five rules")
_CONVENTIONS: Final = (
    Text(
        "不知道的事实就不要送，`false` 和 `0` 是“没有”的意思。",
        "Leave out what you do not know: `false` and `0` mean “no” and “none”.",
    ),
    Text(
        '金额和比率收到的是文本（`"60000.00"`、`"0.03"`），用十进制类型。',
        'Money and rates arrive as text (`"60000.00"`, `"0.03"`): use a decimal type.',
    ),
    Text(
        "`eligible` 写作“符合所列条件”，不是“已批准”。",
        "Say “meets the conditions as stated” for `eligible`, never “approved”.",
    ),
    Text(
        "语言由 `Accept-Language` 决定；编号、代码和字段名不变。",
        "`Accept-Language` chooses the words; ids, codes and names of fields stay.",
    ),
    Text(
        "每个回答都有 `X-Request-ID`，判断另有 `X-Decision-ID`，请一并记下。",
        "Every answer has an `X-Request-ID`, a decision an `X-Decision-ID` too: keep both.",
    ),
)
_SIGNING: Final = Text("签名", "Signing")
_SIGNED: Final = (
    Text(
        "管理员运行 `beizeng apps add NAME --role decide`，给出 `app_id` 和 `secret`（只显示一次）。",
        "`beizeng apps add NAME --role decide` gives an `app_id` and a `secret`, shown once.",
    ),
    Text(
        "每次调用带 `X-App-Id`、`X-Timestamp`（秒）、`X-Nonce`（16 至 64 个字符，只用一次）、`X-Signature`。",
        "Each call carries `X-App-Id`, `X-Timestamp` (seconds), `X-Nonce` (16 to 64 characters, used once) and "
        "`X-Signature`.",
    ),
    Text(
        "签名是 HMAC-SM3 或 HMAC-SHA256（十六进制），对七行文本，以换行连接："
        "方法、路径、按字节排序的查询串、请求体的 SHA-256、应用编号、时间、随机串。",
        "The signature is the HMAC-SM3 or HMAC-SHA256, in hexadecimal, of seven lines joined by newlines: method, "
        "path, query sorted by bytes, SHA-256 of the body, app id, timestamp, nonce.",
    ),
)
_COPY: Final = Text("复制", "Copy")
_COPIED: Final = Text("已复制", "Copied")


def start_page(language: Language) -> tuple[Html, ...]:
    """The examples, and what every caller should know."""
    return (
        tag("div", tag("p", prose(_LEAD.in_(language))), class_="lead"),
        tag("h2", _FIRST.in_(language)),
        *(_example(example, language) for example in EXAMPLES),
        tag("h2", _RULES.in_(language)),
        _listed(_CONVENTIONS, language),
        tag("h2", _SIGNING.in_(language)),
        _listed(_SIGNED, language),
    )


def _example(example: Example, language: Language) -> Html:
    place = f"example-{example.id}"
    copy = tag(
        "button",
        _COPY.in_(language),
        tag("span", f" {example.name.in_(language)}", class_="visually-hidden"),
        type="button",
        class_="copy",
        data_copies=place,
        data_done=_COPIED.in_(language),
        hidden=True,
    )
    name = example.name.in_(language)
    shown = tag(
        "pre", tag("code", example.text, id=place), data_example=SERVICE, tabindex="0", role="region", aria_label=name
    )
    return tag(
        "section",
        tag("h3", name, copy, id=example.id),
        tag("p", prose(example.note.in_(language))),
        shown,
        class_="example",
    )


def _listed(notes: tuple[Text, ...], language: Language) -> Html:
    return tag("ul", *(tag("li", prose(note.in_(language))) for note in notes), class_="notes")
