"""Alive, ready, and metrics."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from app.api.call import Call
from app.api.metrics import METRICS_TYPE
from app.api.operations import Tag, described
from app.api.problems import ProblemError
from app.api.responses import ByteResponse, json_answer
from app.api.routing import BytesRoute
from app.api.schemas.health import Alive, Ready
from app.api.security import Scope, needs
from app.api.service_metrics import parts_of

__all__ = ["router"]

router = APIRouter(route_class=BytesRoute)


@router.get(
    "/healthz",
    **described("getHealth", ("服务是否存活", "Whether the process answers"), Tag.OPERATIONS, Alive),
)
@needs(Scope.PUBLIC)
async def get_health(call: Call) -> Response:
    """Alive."""
    return json_answer({"status": "alive"}, call.language)


@router.get(
    "/readyz",
    **described("getReadiness", ("服务是否就绪", "Whether every part is there"), Tag.OPERATIONS, Ready),
)
@needs(Scope.PUBLIC)
async def get_readiness(call: Call) -> Response:
    """Ready, or which part is missing."""
    missing = call.services.missing()
    if missing:
        raise ProblemError("not_ready", {"missing": ", ".join(missing)})
    services = call.services
    return json_answer(
        {"status": "ready", "parts": list(parts_of(services)), "receipts": services.settings.receipts}, call.language
    )


@router.get("/metrics", include_in_schema=False)
@needs(Scope.PUBLIC)
async def get_metrics(call: Call) -> Response:
    """The metrics of this process."""
    headers = ((b"cache-control", b"no-store"),)
    return ByteResponse(call.app.metrics.text(), METRICS_TYPE, 200, headers)
