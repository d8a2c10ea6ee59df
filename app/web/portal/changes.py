"""What changed in the interface, and what callers may rely on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.rules.text import Text
from app.web.portal.html import Html, prose, tag

if TYPE_CHECKING:
    from app.rules.text import Language

__all__ = ["RELEASES", "Release", "changes_page"]


@dataclass(frozen=True, slots=True)
class Release:
    """One version of the software, and what callers can notice of it."""

    version: str
    notes: tuple[Text, ...]


RELEASES: Final = (
    Release(
        "0.1.0",
        (
            Text(
                "判断与测算：`POST /v1/eligibility`、`POST /v1/subsidies/calculations`，"
                "含缺少的事实、只差一步和下一问。",
                "Decisions and amounts: `POST /v1/eligibility`, `POST /v1/subsidies/calculations`, with missing facts, "
                "near misses and the next question.",
            ),
            Text(
                "一次取得一屏所需：`POST /v1/assessments`。",
                "All that a home screen shows in one call: `POST /v1/assessments`.",
            ),
            Text(
                "办理时限：`GET /v1/approval-targets`、`POST /v1/approval-targets/match`、"
                "`POST /v1/approval-targets/{id}/deadline`。",
                "Time limits: `GET /v1/approval-targets`, `POST /v1/approval-targets/match`, "
                "`POST /v1/approval-targets/{id}/deadline`.",
            ),
            Text(
                "目录：`GET /v1/measures`、`GET /v1/rules/{rule_id}`、`GET /v1/facts`、`GET /v1/indicators`、"
                "`GET /v1/rules/vocabulary`。",
                "Catalogue: `GET /v1/measures`, `GET /v1/rules/{rule_id}`, `GET /v1/facts`, `GET /v1/indicators`, "
                "`GET /v1/rules/vocabulary`.",
            ),
            Text(
                "回执：`X-Decision-ID`、`GET /v1/decisions`、`POST /v1/decisions/{id}/replay`，请求里的 `known_at`。",
                "Receipts: `X-Decision-ID`, `GET /v1/decisions`, `POST /v1/decisions/{id}/replay`, `known_at` in "
                "requests.",
            ),
            Text("批量筛查：`POST /v1/screenings` 及其结果。", "Registries: `POST /v1/screenings` and its results."),
            Text(
                "其他部门的事实：请求里的 `sources`，回答里的 `sourced`；`GET /v1/sources` 列出可以询问的部门。",
                "Facts from other offices: `sources` in a request, `sourced` in its answer; `GET /v1/sources` lists "
                "the offices that may be asked.",
            ),
            Text(
                "问题的 `type` 可以打开：`/problems/<code>` 写明原因和办法。",
                "`type` of a problem opens as a page: `/problems/<code>` tells cause and cure.",
            ),
            Text(
                "签名调用：HMAC-SM3 或 HMAC-SHA256；`Idempotency-Key`。",
                "Signed calls: HMAC-SM3 or HMAC-SHA256; `Idempotency-Key`.",
            ),
        ),
    ),
)
_POLICY_TITLE: Final = Text("可以依靠什么，怎样停用", "What you can rely on, and how things are withdrawn")
_POLICY: Final = (
    Text(
        "`/v1` 之内只增不减：可能增加操作、请求里的可选字段、回答里的字段和新的 `code`；"
        "已有的字段不改名、不改类型、不改含义、不删除。",
        "Within `/v1` things are only added: operations, optional fields of requests, fields of answers, new codes. No "
        "field is renamed, retyped, given another meaning or removed.",
    ),
    Text(
        "所以请忽略不认识的字段，并为不认识的 `code` 和枚举值留一条退路。",
        "So ignore fields that you do not know, and have a way out for unknown codes and enumeration values.",
    ),
    Text(
        "编号（规则、事实、条款、时限）发布后不再改用于别的含义。",
        "An id (of a rule, fact, clause or time limit) that was published is never used for anything else.",
    ),
    Text(
        "要停用的操作或字段，先在这里和接口文件里标明（`deprecated`），回答头 `Deprecation` 和 `Sunset` 写明日期，"
        "至少 12 个月后才停；期间照常工作。",
        "What is to be withdrawn is first marked here and in the OpenAPI files (`deprecated`), and its answers carry "
        "`Deprecation` and `Sunset` headers with the dates; it works as before for 12 months at least.",
    ),
    Text(
        "不兼容的改变只出现在新的路径前缀下（`/v2`），与 `/v1` 并行至少 12 个月。",
        "Changes that break callers come under a new prefix (`/v2`) only, beside `/v1` for 12 months at least.",
    ),
    Text(
        "政策包有自己的版本：每个回答写明编号、版本和 SHA-256；发布新版本不是接口的变更。",
        "Policy packs have versions of their own: every answer names id, version and SHA-256. A new one does not "
        "change the interface.",
    ),
    Text("现在没有待停用的内容。", "Nothing is being withdrawn now."),
)
_CHANGES: Final = Text("版本 {version}", "Version {version}")


def changes_page(language: Language) -> tuple[Html, ...]:
    """The policy first, then every release, the newest on top."""
    releases = (part for release in RELEASES for part in _release(release, language))
    return tag("h2", _POLICY_TITLE.in_(language)), _listed(_POLICY, language), *releases


def _release(release: Release, language: Language) -> tuple[Html, Html]:
    title = _CHANGES.in_(language).format(version=release.version)
    return tag("h2", title), _listed(release.notes, language)


def _listed(notes: tuple[Text, ...], language: Language) -> Html:
    return tag("ul", *(tag("li", prose(note.in_(language))) for note in notes), class_="notes")
