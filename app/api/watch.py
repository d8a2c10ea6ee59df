"""Who is told of each call that has been answered: the metrics, the access log, and the traces where there are any."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.api.access_log import AccessLog
from app.api.call import HEADER_MAP
from app.api.metrics import Metrics
from app.api.traces import CallSpan, traces_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import Scope

    from app.api.deps import Services
    from app.settings import Settings

__all__ = ["APPLICATION", "DECISION", "Watch"]

#: Under these names the scope holds the id of the application that has proved itself, and that of the decision.
APPLICATION: Final = "beizeng.application"
DECISION: Final = "beizeng.decision"
_NAMED: Final = (("application", APPLICATION), ("decision", DECISION))


class Watch:
    """Of one application. ``in_flight``: how many requests are being answered."""

    def __init__(self, settings: Settings, services: Callable[[], Services | None]) -> None:
        self.in_flight = 0
        self.metrics = Metrics(services, lambda: self.in_flight)
        self._access_log = AccessLog(settings)
        self._traces = traces_for(settings)

    def record(self, scope: Scope, request_id: str, method: str, route: str, status: int, seconds: float) -> None:
        """One call by its route's template."""
        self.metrics.record(method, route, status, seconds)
        ids = {"request_id": request_id}
        for name, key in _NAMED:
            if key in scope:
                ids[name] = scope[key]
        self._access_log.record(**ids, method=method, route=route, status=status, ms=round(seconds * 1000, 3))
        if self._traces is not None:
            parent = scope[HEADER_MAP].get(b"traceparent")
            self._traces.record(CallSpan(method, route, status, seconds, parent, ids))

    def close(self) -> None:
        """Write and send what waits."""
        self._access_log.flush()
        if self._traces is not None:
            self._traces.close()
