"""Alive and ready."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, WithJsonSchema

from app.api.schemas.common import Model, enum_schema, words
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
    parts: dict[str, bool] = Field(
        description=words("各部分是否就绪:database、rule_set、calendar", "each part: database, rule_set, calendar")
    )
