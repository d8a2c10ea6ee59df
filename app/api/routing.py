"""Routes whose handlers take a :class:`Call` and return bytes.

FastAPI's own handler solves dependencies and validates models for each request; here the strict readers do that work,
and the models only describe it. Authorisation, the query's names, the body and the time limit come before the handler.
"""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, TypeVar

from fastapi.routing import APIRoute

from app.api.authentication import claimed_by, proven
from app.api.body import read_any_body, read_body
from app.api.call import Call, header_map
from app.api.idempotency import answered_once
from app.api.negotiation import negotiated
from app.api.problems import ProblemError
from app.api.requests.query import read_query
from app.api.security import Scope as Permission
from app.api.security import scopes_of
from app.api.uploads import is_form, read_upload

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from fastapi import Request
    from starlette.responses import Response
    from starlette.types import Receive, Scope, Send

__all__ = ["BytesRoute", "reads_query", "takes_nothing", "takes_upload"]

_Handler = TypeVar("_Handler", bound="Callable[..., Any]")


def reads_query(handler: _Handler) -> _Handler:
    """Say that a handler reads the query itself; the others take none."""
    handler.reads_query = True  # type: ignore[attr-defined]  # read by the route
    return handler


def takes_upload(handler: _Handler) -> _Handler:
    """Say that a handler takes a form with a file as well as JSON."""
    handler.takes_upload = True  # type: ignore[attr-defined]  # read by the route
    return handler


def takes_nothing(handler: _Handler) -> _Handler:
    """Say that a POST has no body that anything hangs on."""
    handler.takes_nothing = True  # type: ignore[attr-defined]  # read by the route
    return handler


class BytesRoute(APIRoute):
    """One operation."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler behind FastAPI's router."""
        answer = self._answer()

        async def from_router(request: Request) -> Response:
            return await answer(Call(request.scope, request.receive))

        return from_router

    def direct(self) -> Callable[[Scope, Receive, Send], Coroutine[Any, Any, None]]:
        """The same operation as an application of its own, for paths without parameters."""
        answer = self._answer()

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            scope["route"] = self
            response = await answer(Call(scope, receive))
            await response(scope, receive, send)

        return app

    def _answer(self) -> Callable[[Call], Coroutine[Any, Any, Response]]:
        endpoint, needed = self.endpoint, scopes_of(self.endpoint)
        public = Permission.PUBLIC in needed
        reads_query = getattr(endpoint, "reads_query", False)
        writes_once = getattr(endpoint, "once", False)
        takes_form = getattr(endpoint, "takes_upload", False)
        reads_body = "POST" in (self.methods or ()) and not getattr(endpoint, "takes_nothing", False)

        async def answer(call: Call) -> Response:
            claimed = await claimed_by(call, needed)
            if call.scope["query_string"] and not reads_query:
                _refuse_query(call.scope["query_string"])
            settings = call.services.settings
            if takes_form and is_form(header_map(call.scope)):
                folder = settings.data_dir / "uploads"
                call.upload = await read_upload(header_map(call.scope), call.receive, folder, settings.max_upload_bytes)
            elif reads_body:
                call.content = await read_body(header_map(call.scope), call.receive, settings.max_body_bytes)
            elif claimed is not None:
                call.content = await read_any_body(call.receive, settings.max_body_bytes)
            try:
                with nullcontext() if public else call.services.admission.inside(call.scope):
                    if claimed is not None:
                        call.caller = await proven(call, claimed, needed)
                    async with asyncio.timeout(settings.answer_seconds):
                        response: Response = await (answered_once(call, endpoint) if writes_once else endpoint(call))
            except TimeoutError as error:
                raise ProblemError("overloaded") from error
            finally:
                if call.upload is not None and call.upload.path is not None:
                    call.upload.path.unlink(missing_ok=True)
            return await negotiated(response, header_map(call.scope))

        return answer


def _refuse_query(query: bytes) -> None:
    """Operations without parameters take none."""
    _, faults = read_query(query, ())
    if faults:
        raise ProblemError.invalid(faults)
