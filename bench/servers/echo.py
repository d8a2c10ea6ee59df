"""The floor of HTTP: FastAPI takes the bytes in and gives bytes back. ``BENCH_ANSWERS`` is a folder of answers."""

from __future__ import annotations

import os
from pathlib import Path

from fastapi import FastAPI, Request, Response


def make() -> FastAPI:
    app = FastAPI()
    for answer in Path(os.environ["BENCH_ANSWERS"]).iterdir():
        app.post(f"/{answer.stem}")(_echo(answer.read_bytes()))
    return app


def _echo(answer: bytes):
    async def echo(request: Request) -> Response:
        await request.body()
        return Response(answer, media_type="application/json")

    return echo
