"""Traces, where a collector is set: one span for each call, handed to OpenTelemetry and to nothing else.

A span has the route's template, the status and the ids of request, application and decision; never the path, the query
or the body. The libraries are an extra (``beizeng[otel]``) and loaded only when they are needed.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from app.settings import PREFIX, SettingFault, SettingsError

if TYPE_CHECKING:
    from app.settings import Settings

__all__ = ["CallSpan", "Traces", "refuse_traces_without_libraries", "traces_for"]

_EXPORTER: Final = "opentelemetry.exporter.otlp.proto.http.trace_exporter"


class CallSpan(NamedTuple):
    """What is told about one call that has just been answered."""

    method: str
    route: str
    status: int
    seconds: float
    parent: bytes | None
    """The caller's ``traceparent`` (W3C Trace Context)."""
    ids: dict[str, str]
    """``request_id``, and where there are any ``application`` and ``decision``."""


class Traces(Protocol):
    """Takes spans and sends them from a thread of its own; what cannot be sent is dropped."""

    def record(self, span: CallSpan) -> None:
        """One call."""

    def close(self) -> None:
        """Send what waits, for a few seconds at most."""


def refuse_traces_without_libraries(settings: Settings) -> None:
    """A collector is set, but the extra is not installed.

    Raises:
        SettingsError: that.
    """
    if settings.otel_endpoint is not None and not _is_installed():
        raise SettingsError([SettingFault(f"{PREFIX}OTEL_ENDPOINT", "otel_not_installed")])


def traces_for(settings: Settings) -> Traces | None:
    """What sends the spans; None where no collector is set.

    Raises:
        SettingsError: the extra is not installed.
    """
    if settings.otel_endpoint is None:
        return None
    refuse_traces_without_libraries(settings)
    from app.api.otel import OtelTraces  # noqa: PLC0415 - an extra

    return OtelTraces(settings.otel_endpoint)


def _is_installed() -> bool:
    try:
        return find_spec(_EXPORTER) is not None
    except ModuleNotFoundError:
        return False
