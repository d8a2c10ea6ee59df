"""Alive and ready."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, WithJsonSchema

from app.api.schemas.common import Model, Names, enum_schema, words
from app.rules.text import Text

__all__ = ["Alive", "Ready"]


class Alive(Model):
    """The process answers."""

    status: str = Field(examples=["alive"])


class Ready(Model):
    """Every part is there, or which one is missing."""

    status: Annotated[
        str,
        WithJsonSchema(enum_schema({"ready": Text("就绪", "ready"), "not_ready": Text("未就绪", "not ready")})),
    ]
    parts: Names = Field(
        description=words(
            "已就绪的部分：database、rule_set、calendar，存回执时还有 receipts",
            "the parts there: database, rule_set, calendar, and receipts where they are kept",
        )
    )
    receipts: Annotated[
        str,
        WithJsonSchema(
            enum_schema(
                {
                    "required": Text("每个判断先存回执", "no decision without its receipt"),
                    "off": Text("不存回执", "none are kept"),
                }
            )
        ),
    ]
