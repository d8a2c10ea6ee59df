"""What several models share: exact figures, enumerations with their words, the problem."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from app.rules.text import Text

__all__ = [
    "AnyValue",
    "Count",
    "Day",
    "Figure",
    "KnownAt",
    "Model",
    "Moment",
    "Money",
    "Names",
    "Problem",
    "ProblemEntry",
    "enum_schema",
    "words",
]

MONEY_PATTERN: Final = r"^-?\d+\.\d{2}$"


class Model(BaseModel):
    """Answers may gain fields; clients read those they know."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)


def words(zh: str, en: str) -> str:
    """A description in both languages."""
    return f"{zh} / {en}"


def enum_schema(members: dict[str, Text]) -> dict[str, Any]:
    """A string with listed values and their words (``x-enum-descriptions``: one for each, in order)."""
    return {
        "type": "string",
        "enum": list(members),
        "x-enum-descriptions": [words(text.zh, text.en) for text in members.values()],
    }


Money = Annotated[
    str, WithJsonSchema({"type": "string", "format": "decimal", "pattern": MONEY_PATTERN, "examples": ["60000.00"]})
]
Figure = Annotated[
    str,
    WithJsonSchema({"type": "string", "format": "decimal", "pattern": r"^-?\d+(\.\d+)?$", "examples": ["0.5"]}),
]
Count = Annotated[int, WithJsonSchema({"type": "integer", "format": "int64", "minimum": 0})]
Day = Annotated[str, WithJsonSchema({"type": "string", "format": "date", "examples": ["2024-06-30"]})]
Moment = Annotated[
    str, WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2024-06-30T18:00:00+08:00"]})
]
KnownAt = Annotated[
    Annotated[str, WithJsonSchema({"type": "string", "examples": ["2024-06-30T18:00:00+08:00", "2024-06-30"]})] | None,
    Field(
        description=words(
            "只用那一时刻（或那一天结束时）已发布的版本和金额；默认现在",
            "only what had been published by that moment, or by the end of that day; the present",
        )
    ),
]
Names = list[str]
AnyValue = Annotated[Any, WithJsonSchema({})]


class ProblemEntry(Model):
    """One bad value."""

    pointer: str = Field(
        description=words(
            "RFC 6901 指针，指向请求体中的位置；查询参数为 /query/参数名",
            "RFC 6901 pointer into the body; /query/<name> for a query parameter",
        ),
        examples=["/facts/employees"],
    )
    code: str = Field(description=words("稳定的错误码", "stable code"), examples=["out_of_range"])
    message: str = Field(description=words("给人看的说明", "for people"))
    suggestions: Names = Field(
        description=words("最接近的已知名称,没有则为空", "the nearest known names, empty if none")
    )


class Problem(Model):
    """RFC 9457: every answer that is no success."""

    type: str = Field(examples=["/problems/validation_failed"], json_schema_extra={"format": "uri-reference"})
    code: str = Field(description=words("type 的最后一段", "the last part of type"), examples=["validation_failed"])
    title: str = Field(description=words("适合提示条的短句", "a short sentence for a toast"))
    status: Annotated[int, WithJsonSchema({"type": "integer", "format": "int32"})] = Field(examples=[422])
    detail: str
    instance: str = Field(json_schema_extra={"format": "uri-reference"})
    request_id: str = Field(description=words("与 X-Request-ID 相同", "the same as X-Request-ID"))
    errors: list[ProblemEntry] = Field(
        description=words("每处错误一项，其他问题为空", "one for each bad value, else empty")
    )
