"""Counters and times by route template, never by the path as sent."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.process_collector import ProcessCollector

from app.api.service_metrics import ServiceCollector
from app.services.rule_tally import RuleTally

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.api.deps import Services

__all__ = ["METRICS_TYPE", "Metrics"]

METRICS_TYPE: Final = b"text/plain; version=0.0.4; charset=utf-8"
_SECONDS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The metrics of one application, in a registry of their own."""

    def __init__(self, services: Callable[[], Services | None], in_flight: Callable[[], int]) -> None:
        self.registry = CollectorRegistry()
        self.rules = RuleTally()
        ProcessCollector(registry=self.registry)
        self.registry.register(ServiceCollector(services, self.rules, in_flight))
        labels = ("method", "route", "status")
        self._requests = Counter(
            "beizeng_http_requests", "Requests answered, by route template.", labels, registry=self.registry
        )
        self._seconds = Histogram(
            "beizeng_http_request_seconds",
            "Time from the request's head to the last byte handed over.",
            ("method", "route"),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._recorder = lru_cache(maxsize=2048)(self._make_recorder)

    def record(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answer."""
        self._recorder(method, route, status)(seconds)

    def _make_recorder(self, method: str, route: str, status: int) -> Callable[[float], None]:
        requests = self._requests.labels(method, route, str(status))
        times = self._seconds.labels(method, route)

        def record(seconds: float) -> None:
            requests.inc()
            times.observe(seconds)

        return record

    def text(self) -> bytes:
        """The exposition format of Prometheus."""
        return generate_latest(self.registry)
