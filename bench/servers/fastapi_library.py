"""``business_rules.run_all`` behind FastAPI: facts in, the ids of the rules that apply out, as people write it."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel

from bench.peers import library
from bench.subject import Subject


class Question(BaseModel):
    facts: dict[str, Any]


class Answer(BaseModel):
    eligible: list[str]


def make() -> FastAPI:
    app, subject = FastAPI(), Subject()
    decide, read = library.build(subject), library.reader(subject)

    @app.post("/")
    async def eligibility(question: Question) -> Answer:
        return Answer(eligible=decide(read(question.facts)))

    return app
