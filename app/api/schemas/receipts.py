"""Receipts of decisions, and decisions made again."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, WithJsonSchema

from app.api.schemas.common import Count, Model, Moment, enum_schema, words
from app.api.schemas.decisions import PolicyIdentity
from app.api.schemas.sources import TellsSources
from app.rules.text import Text

__all__ = ["Receipt", "ReceiptDetail", "ReceiptList", "Replay", "ReplayRequest"]

_OPERATIONS = {
    "eligibility": Text("资格判断", "eligibility"),
    "calculation": Text("补助测算", "calculation"),
    "assessment": Text("综合评估", "assessment"),
    "match": Text("适用时限", "matching time limit"),
    "deadline": Text("到期计算", "deadline"),
}
_Digest = Annotated[str, WithJsonSchema({"type": "string", "pattern": "^[0-9a-f]{64}$"})]


class Receipt(Model):
    """What was decided, when, for whom, and on the ground of what."""

    id: str = Field(description=words("与 X-Decision-ID 相同", "the same as X-Decision-ID"))
    number: Count = Field(description=words("在回执链中的序号", "the place in the chain"))
    at: Moment
    operation: Annotated[str, WithJsonSchema(enum_schema(_OPERATIONS))]
    subject: str | None = Field(description=words("所问的时限", "the time limit asked about"))
    application: str
    request_id: str
    policy: PolicyIdentity
    figures: _Digest = Field(description=words("县里公布金额的摘要", "digest of the county's figures"))
    calendar: str = Field(description=words("日历版本", "version of the calendar"))
    program: str = Field(description=words("程序版本", "version of the program"))
    on: str | None
    known_at: str | None
    language: str
    personal: str = Field(description=words("个人信息：encrypt 或 hash", "personal facts: encrypt or hash"))
    answer_sha256: _Digest
    mac: _Digest
    previous_mac: _Digest


class ReceiptDetail(Receipt):
    """A receipt with the request that was answered."""

    genuine: bool = Field(description=words("与写入时一致", "the row is as it was written"))
    request: dict[str, Any] | None = Field(
        description=words("当时的请求，不能再打开时为空", "the request as sent; null where it cannot be opened")
    )
    said: TellsSources | None = Field(
        description=words("当时其他部门的回答，没有询问则为空", "what other offices said; null where none was asked")
    )


class ReceiptList(Model):
    """A page, the newest first."""

    items: list[Receipt]
    next_cursor: str | None = Field(description=words("下一页；没有则为空", "the next page, null at the end"))


class Difference(Model):
    """One thing that the answer rests on and that is not as it was."""

    part: str = Field(examples=["policy_version"])
    then: str | None
    now: str | None


class Comparison(Model):
    """The same bytes, or what differs; ``identical`` is null where it cannot be told."""

    identical: bool | None
    answer_sha256: str | None
    differs: list[Difference]


class Replay(Comparison):
    """The decision again as it was known then, and as it would be given now."""

    id: str
    genuine: bool
    now: Comparison


class ReplayRequest(Model):
    """Nothing: an empty object."""
