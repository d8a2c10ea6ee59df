"""Spans by OTLP over HTTP. Needs the extra ``otel``; imported where a collector is set."""

from __future__ import annotations

import threading
import time
from importlib.metadata import version
from secrets import token_hex
from typing import TYPE_CHECKING, Final

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

if TYPE_CHECKING:
    from opentelemetry.context import Context

    from app.api.traces import CallSpan

__all__ = ["OtelTraces"]

_PATH: Final = "/v1/traces"
#: How long one attempt to send may take, retries included, and how often there is one.
_SEND_SECONDS: Final = 2.0
_EVERY_SECONDS: Final = 1.0
_CLOSE_SECONDS: Final = 3.0
_OURS: Final = 500
_NANOSECONDS: Final = 1_000_000_000


class OtelTraces:
    """A tracer of our own, so that nothing else in the process adds to what is sent."""

    def __init__(self, endpoint: str) -> None:
        """Start the thread that sends; the collector is first asked when there is a span."""
        own = {
            "service.name": "beizeng",
            "service.version": version("beizeng"),
            "service.instance.id": token_hex(8),
        }
        self._provider = TracerProvider(resource=Resource.create(own), shutdown_on_exit=False)
        exporter = OTLPSpanExporter(endpoint.rstrip("/") + _PATH, timeout=_SEND_SECONDS)
        self._provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=_EVERY_SECONDS * 1000))
        self._tracer = self._provider.get_tracer("beizeng")
        self._context = TraceContextTextMapPropagator()

    def record(self, span: CallSpan) -> None:
        """One call, its end being now."""
        end = time.time_ns()
        named = {f"beizeng.{name}": value for name, value in span.ids.items()}
        recorded = self._tracer.start_span(
            f"{span.method} {span.route}",
            self._parent(span),
            SpanKind.SERVER,
            {
                "http.request.method": span.method,
                "http.route": span.route,
                "http.response.status_code": span.status,
                **named,
            },
            start_time=end - round(span.seconds * _NANOSECONDS),
        )
        if span.status >= _OURS:
            recorded.set_status(Status(StatusCode.ERROR))
        recorded.end(end)

    def _parent(self, span: CallSpan) -> Context | None:
        """The caller's span; only its ids are taken over, nothing that it may have written beside them."""
        if span.parent is None:
            return None
        return self._context.extract({"traceparent": span.parent.decode("latin-1")})

    def close(self) -> None:
        """Send what waits; a collector that does not answer is not waited for."""
        ending = threading.Thread(target=self._provider.shutdown, name="beizeng-traces", daemon=True)
        ending.start()
        ending.join(_CLOSE_SECONDS)
