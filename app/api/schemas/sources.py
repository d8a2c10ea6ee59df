"""Facts from other offices, and how each office answered."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from app.api.schemas.common import AnyValue, Count, Day, Model, Names, enum_schema, words
from app.services.sourcing import REASONS, STATES

__all__ = ["AsksSources", "SourceList", "TellsSources"]

_Reason = Annotated[str, WithJsonSchema(enum_schema(dict(REASONS)))]


class Source(Model):
    """Another office that may be asked for facts by company code."""

    id: str
    name: str
    facts: Names = Field(description=words("它可能知道的事实", "facts that it may know"))


class SourceList(Model):
    """Sources, in the order in which they are trusted; empty where there are none for the caller."""

    items: list[Source]
    total: Count


class AsksSources(BaseModel):
    """A question that may name other offices."""

    sources: Annotated[list[str], Field(min_length=1, max_length=20)] | None = Field(
        default=None,
        description=words(
            "没有给出的事实向这些来源询问，须给 facts.uscc",
            "sources to ask for facts that are not given; takes facts.uscc",
        ),
    )


class SourcedFact(Model):
    """A fact that another office gave."""

    fact: str
    value: AnyValue
    source: str
    as_of: Day | None = Field(description=words("数据日期，来源没有说明则为空", "its date, null where none is given"))


class SourceError(Model):
    """A value that could not be used."""

    fact: str | None = Field(description=words("空：数据日期", "null: the date of the data"))
    code: str
    message: str


class SourceReport(Model):
    """How one office answered."""

    id: str
    name: str
    state: Annotated[str, WithJsonSchema(enum_schema(dict(STATES)))]
    reason: _Reason | None
    message: str
    unknown_facts: Names = Field(description=words("仍不清楚的事实", "facts that stay unknown"))
    errors: list[SourceError]


class TellsSources(BaseModel):
    """An answer for which other offices may have been asked; these members are there when the request named some."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=False)

    sourced: list[SourcedFact] = Field(
        default_factory=list, description=words("取自其他部门的事实", "facts that other offices gave")
    )
    sources: list[SourceReport] = Field(
        default_factory=list, description=words("各来源答得怎样", "how each of them answered")
    )
