"""A page that sends an example firm to this service and shows what comes back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from app.rules.text import Text
from app.web.portal.firms import FIRMS
from app.web.portal.html import Html, prose, tag

if TYPE_CHECKING:
    from app.rules.text import Language
    from app.web.portal.firms import Firm

__all__ = ["sandbox_page"]

_LEAD: Final = Text(
    "选一家举例的企业，改一改事实，发给本服务。企业都是虚构的；判断是真的，与正式调用没有两样。",
    "Choose an example, change its facts, and send it to this service. The firms are made up; the decision is a real "
    "one, like any call's.",
)
_FIRM: Final = Text("举例的企业", "Example firm")
_PATH: Final = Text("操作", "Operation")
_BODY: Final = Text("请求（JSON）", "Request (JSON)")
_SEND: Final = Text("发送", "Send")
_ANSWER: Final = Text("回答", "Answer")
_SCRIPT: Final = Text("试一试需要启用 JavaScript。", "The sandbox needs JavaScript.")
_PATHS: Final = ("/v1/eligibility", "/v1/subsidies/calculations", "/v1/assessments")
#: What the script says, by the names it knows them under.
_SAID: Final = {
    "data_working": Text("正在发送……", "Sending…"),
    "data_unreachable": Text("无法连接本服务。", "The service cannot be reached."),
    "data_no_json": Text("请求不是合法的 JSON：{reason}", "The request is no JSON: {reason}"),
    "data_status": Text("状态 {status} · {ms} 毫秒", "Status {status} · {ms} ms"),
    "data_total": Text("合计 {value} 元", "In all {value} yuan"),
    "data_counts": Text(
        "符合 {eligible} · 待定 {undetermined} · 不符合 {ineligible} · 不在有效期 {not_in_force}",
        "Eligible {eligible} · undetermined {undetermined} · ineligible {ineligible} · not in force {not_in_force}",
    ),
    "data_next": Text("下一问：{question}", "Next question: {question}"),
    "data_closed": Text(
        "本服务只答登记过的应用；本页不带凭证。开发时可以用 BEIZENG_AUTH=open 启动一个自己的服务。",
        "This service answers registered applications only, and this page has no credentials. For development start a "
        "service of your own with BEIZENG_AUTH=open.",
    ),
}


def sandbox_page(language: Language) -> tuple[Html, ...]:
    """A form, and a place for the answer."""
    said = {name: words.in_(language) for name, words in _SAID.items()}
    firms = tag("select", *(_firm(firm, language) for firm in FIRMS), id="firm")
    paths = tag("select", *(tag("option", path, value=path) for path in _PATHS), id="path")
    body = tag("textarea", _written(FIRMS[0]), id="body", rows="16", spellcheck="false", autocomplete="off")
    form = tag(
        "form",
        tag("div", _field(_FIRM, firms, "firm", language), _field(_PATH, paths, "path", language), class_="pair"),
        _field(_BODY, body, "body", language),
        tag("button", _SEND.in_(language), type="submit", class_="button strong"),
        id="ask",
        **said,
    )
    answer = tag(
        "section",
        tag("h2", _ANSWER.in_(language), id="answer-title"),
        tag("p", id="answer-status", role="status"),
        tag("ul", id="answer-facts", class_="notes"),
        tag("pre", tag("code", id="answer-body"), tabindex="0", role="region", aria_labelledby="answer-title"),
        id="answer",
        hidden=True,
    )
    noscript = tag("noscript", tag("p", _SCRIPT.in_(language), class_="notice"))
    return tag("div", tag("p", prose(_LEAD.in_(language))), class_="lead"), noscript, form, answer


def _field(words: Text, control: Html, name: str, language: Language) -> Html:
    return tag("label", tag("span", words.in_(language)), control, class_="field", for_=name)


def _firm(firm: Firm, language: Language) -> Html:
    return tag("option", firm.name.in_(language), value=firm.id, data_path=firm.path, data_body=_written(firm))


def _written(firm: Firm) -> str:
    return json.dumps(firm.request, ensure_ascii=False, indent=2)
