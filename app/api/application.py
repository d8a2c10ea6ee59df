"""The application class: FastAPI for routes and their description, without its per-request machinery around them."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from starlette.exceptions import HTTPException

from app.api.admission import Line
from app.api.call import FACE
from app.api.draining import Drain
from app.api.gate import UNMATCHED, Gate, label_of, method_not_allowed
from app.api.openapi import openapi_3_1
from app.api.routing import BytesRoute
from app.api.ruoyi.face import RuoYi
from app.api.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from starlette.types import ASGIApp, Receive, Scope, Send

    from app.api.metrics import Metrics
    from app.settings import Settings

    Direct = Callable[[Scope, Receive, Send], Coroutine[Any, Any, None]]

__all__ = ["Application"]


class Application(FastAPI):
    """Every request passes the gate; paths without parameters are looked up, the others go through the router.

    There is one place where failures become answers, the gate, so that FastAPI's own error middleware is left out.
    """

    def __init__(self, settings: Settings, **options: Any) -> None:
        super().__init__(docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False, **options)
        self._watch = Watch(settings, lambda: getattr(self.state, "services", None))
        self.drain = Drain()
        self._gate = Gate(self._dispatch, settings, self._watch, self.drain)
        self._front = RuoYi(self._gate)
        self.line = Line(settings, self._tell_turned_away)
        self._direct: dict[str, dict[str, Direct]] = {}

    @property
    def metrics(self) -> Metrics:
        """What ``/metrics`` shows."""
        return self._watch.metrics

    def add_operations(self, *routes: BytesRoute) -> None:
        """Serve the operations; those without path parameters are found by their path alone."""
        for route in routes:
            self.router.routes.append(route)
            if "{" not in route.path:
                self._direct.setdefault(route.path, {}).update(dict.fromkeys(route.methods or (), route.direct()))

    def build_middleware_stack(self) -> ASGIApp:
        """The router, with the exit stack that FastAPI's own handlers expect."""
        return AsyncExitStackMiddleware(self.router)

    def openapi(self) -> dict[str, Any]:
        """The description of every public operation (OpenAPI 3.1)."""
        return openapi_3_1(self, self.state.services.active().policy.vocabulary)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or take part in the server's life span."""
        if scope["type"] == "http":
            scope["app"] = self
            await self._front(scope, receive, send)
            return
        await super().__call__(scope, receive, send)
        self._watch.close()

    async def _dispatch(self, scope: Scope, receive: Receive, send: Send) -> None:
        if FACE in scope:
            scope[FACE].enter(scope, self.route_of)
        operations = self._direct.get(scope["path"])
        if operations is None:
            await self._routed(scope, receive, send)
            return
        operation = operations.get(scope["method"])
        if operation is None:
            raise method_not_allowed(operations)
        await operation(scope, receive, send)

    async def _routed(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Through the router, which knows of one operation of an address only when it refuses a method."""
        try:
            await super().__call__(scope, receive, send)
        except HTTPException as error:
            methods = self._methods_at(scope["path"])
            if error.status_code != HTTPStatus.METHOD_NOT_ALLOWED or not methods:
                raise
            raise method_not_allowed(methods) from error

    def route_of(self, method: str, path: str) -> BytesRoute | None:
        """The route of an operation; None where there is none."""
        found = (route for route in self.router.routes if isinstance(route, BytesRoute))
        return next((one for one in found if method in (one.methods or ()) and one.path_regex.match(path)), None)

    def _tell_turned_away(self, scope: Scope, method: str, url: bytes, request_id: str) -> None:
        """Of a call that was refused before it came here."""
        path = url.decode("latin-1")
        route = path if path in self._direct else UNMATCHED
        self._watch.record(scope, request_id, label_of(method), route, HTTPStatus.SERVICE_UNAVAILABLE, 0.0)

    def _methods_at(self, path: str) -> set[str]:
        """Every method that some operation at this address takes."""
        found = (route for route in self.router.routes if isinstance(route, BytesRoute))
        return {method for route in found if route.path_regex.match(path) for method in route.methods or ()}
