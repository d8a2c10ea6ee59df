"""What all pages of the portal have in common: head, sections, the other language, foot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.rules.text import Text
from app.web.portal.html import Html, tag

if TYPE_CHECKING:
    from app.rules.text import Language

__all__ = ["PAGES", "Section", "framed"]


@dataclass(frozen=True, slots=True)
class Section:
    """One page: the last part of its address (none: the first page) and what it is called.

    A page below one of the others has that one's ``name`` and an ``address`` of its own.
    """

    name: str
    title: Text
    address: str = ""

    @property
    def path(self) -> str:
        """Its address on this service."""
        if self.address:
            return self.address
        return f"/developers/{self.name}" if self.name else "/developers"


PAGES: Final = (
    Section("", Text("入门", "Getting started")),
    Section("sandbox", Text("试一试", "Sandbox")),
    Section("facts", Text("事实词典", "Facts")),
    Section("errors", Text("错误一览", "Errors")),
    Section("changes", Text("变更与停用", "Changes")),
)
_TITLE: Final = Text("开发者", "Developers")
_SUBTITLE: Final = Text("左权县惠企政策接口", "The interface to Zuoquan County's policy")
_SKIP: Final = Text("跳到内容", "Skip to content")
_SECTIONS: Final = Text("栏目", "Sections")
_FOOT: Final = Text(
    "本门户全部内容来自本服务，不访问别的主机。", "All of this comes from this service; no other host is asked."
)
_LINKS: Final = (
    ("/docs", Text("逐个试用接口", "Try every operation")),
    ("/redoc", Text("接口手册", "Reference")),
    ("/openapi.json", Text("OpenAPI 3.1", "OpenAPI 3.1")),
    ("/openapi-3.0.json", Text("OpenAPI 3.0.3", "OpenAPI 3.0.3")),
    ("/", Text("政策计算器", "Policy calculator")),
)
_TAGS: Final = {"zh": "zh-CN", "en": "en"}


def framed(section: Section, language: Language, *content: Html) -> bytes:
    """The whole page."""
    title = section.title.in_(language)
    head = (
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", f"{title} · {_TITLE.in_(language)} · Beizeng"),
        tag("link", rel="icon", href="/assets/mark.svg", type="image/svg+xml"),
        tag("link", rel="stylesheet", href="/assets/page.css"),
        tag("link", rel="stylesheet", href="/developers/assets/portal.css"),
        tag("link", rel="stylesheet", href="/assets/print.css", media="print"),
        tag("script", type="module", src="/developers/assets/portal.js"),
    )
    body = (
        tag("a", _SKIP.in_(language), class_="skip", href="#main"),
        _header(section, language),
        tag("main", tag("h1", title), *content, class_="wrap portal", id="main", tabindex="-1"),
        _footer(language),
    )
    page = tag("html", tag("head", *head), tag("body", *body), lang=_TAGS[language])
    return f"<!doctype html>\n{page}\n".encode()


def _header(section: Section, language: Language) -> Html:
    other: Language = "en" if language == "zh" else "zh"
    name = tag("span", tag("strong", _TITLE.in_(language)), tag("small", _SUBTITLE.in_(language)))
    mark = tag("img", src="/assets/mark.svg", alt="", width="44", height="44")
    brand = tag("a", mark, name, class_="brand", href=f"/developers?lang={language}")
    switch = tag(
        "a",
        Text("中文", "English").in_(other),
        class_="lang",
        href=f"{section.path}?lang={other}",
        lang=_TAGS[other],
        hreflang=_TAGS[other],
    )
    tabs = (
        tag(
            "a",
            page.title.in_(language),
            href=f"{page.path}?lang={language}",
            aria_current="page" if page is section else "true" if page.name == section.name else None,
        )
        for page in PAGES
    )
    return tag(
        "header",
        tag("div", brand, switch, class_="wrap head-row"),
        tag("nav", *tabs, class_="wrap tabs", aria_label=_SECTIONS.in_(language)),
        class_="head",
    )


def _footer(language: Language) -> Html:
    links = (tag("a", words.in_(language), href=address) for address, words in _LINKS)
    return tag(
        "footer",
        tag("div", tag("p", *links, class_="links"), tag("p", _FOOT.in_(language)), class_="wrap"),
        class_="foot",
    )
