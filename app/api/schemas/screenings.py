"""Screening jobs and their results."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from app.api.schemas.common import Count, Day, Figure, Model, Moment, Money, Names, ProblemEntry, enum_schema, words
from app.rules.text import Text

__all__ = [
    "CandidateList",
    "Screening",
    "ScreeningForm",
    "ScreeningList",
    "ScreeningRequest",
    "ScreeningRows",
    "ScreeningSummary",
]

_STATES: Final = {
    "queued": Text("排队中", "queued"),
    "running": Text("进行中", "running"),
    "done": Text("已完成", "done"),
    "done_with_rejects": Text("已完成，有的行没有采用", "done; some rows were rejected or set aside"),
    "failed": Text("失败", "failed"),
    "cancelled": Text("已取消", "cancelled"),
}
_KINDS: Final = {
    "eligible": Text("符合，事实齐全", "eligible, all facts known"),
    "nearly": Text("还缺少数事实", "undetermined for want of a few facts"),
    "near_miss": Text("差少数几项即符合", "ineligible by a few facts"),
}
Open = Annotated[dict[str, Any], WithJsonSchema({"type": "object", "additionalProperties": True})]

#: A form has no null: a part that is not given is left out.
FormText = Annotated[str | None, WithJsonSchema({"type": "string"})]


class ScreeningRequest(BaseModel):
    """A file under the configured folder of sources, and what is asked of it."""

    model_config = ConfigDict(extra="forbid")

    source: str
    on: Day | None = None
    rules: Names | None = None
    measures: list[Count] | None = None
    subjects: Names | None = None
    policy: str | None = None
    next_question: bool | None = None
    allow_float: bool | None = None


class ScreeningForm(BaseModel):
    """A registry with what is asked of it."""

    file: Annotated[str, WithJsonSchema({"type": "string", "format": "binary"})] = Field(
        description=words("名册", "the registry")
    )
    mapping: FormText = Field(None, description=words("映射文件（YAML）", "the mapping file, YAML"))
    options: FormText = Field(None, description=words("JSON，成员同 JSON 请求体", "JSON, as the JSON body"))


class ScreeningTrouble(Model):
    """Why a job failed, or which of its rows were set aside."""

    code: str
    detail: str
    errors: list[ProblemEntry]


class Screening(Model):
    """One job."""

    id: str
    state: Annotated[str, WithJsonSchema(enum_schema(_STATES))]
    file_name: str
    policy: Open = Field(description=words("每一行都由它回答", "every row is answered by it"))
    on: Day
    rows_total: Count | None
    rows_done: Count
    rows_per_second: Figure | None
    rejected: Count | None
    created_at: Moment
    started_at: Moment | None
    finished_at: Moment | None
    problem: ScreeningTrouble | None


class ScreeningList(Model):
    """Jobs, the last one first."""

    items: list[Screening]
    next_cursor: str | None


class ScreeningSummary(Model):
    """What a screening came to."""

    model_config = ConfigDict(extra="allow")

    rows: Count
    rejected: Count
    on: Day
    policy: Open
    rules: Open
    missing: list[Open]


class ScreeningRows(Model):
    """One page of decisions: ``entity``, each rule's status and amount, ``total``."""

    items: list[Open]
    next_cursor: str | None


class Candidate(Model):
    """One row under one rule of the measure."""

    entity: str
    rule: str
    kind: Annotated[str, WithJsonSchema(enum_schema(_KINDS))]
    amount: Money | None
    missing_facts: Names
    changes: Count | None = Field(description=words("须改变几项事实", "how many facts would have to change"))


class CandidateList(Model):
    """Candidates, the eligible first."""

    items: list[Candidate]
    total: Count
