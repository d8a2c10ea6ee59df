"""One log for our entries and those of the libraries: JSON lines, or colours on a terminal.

Nothing that may be a secret or a fact about somebody gets out, whoever writes the entry: values under such names are
withheld, passwords in addresses as well.
"""

from __future__ import annotations

import logging
import re
import sys
from traceback import extract_tb
from typing import TYPE_CHECKING, Any, Final

import orjson
import structlog

from app.clock import system_clock
from app.settings import LogFormat

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from structlog.typing import Processor

    from app.settings import Settings

__all__ = ["set_up_logging"]

_WITHHELD: Final = "[withheld]"
#: Names, or parts of names, of what is never written.
_PRIVATE: Final = re.compile(
    r"authorization|cookie|secret|password|passwd|token|api_?key|signature|dsn|database_url"
    r"|^(?:facts?|given|actual|body|content|query|query_string|uscc|name|value)$",
    re.IGNORECASE,
)
_CREDENTIALS: Final = re.compile(r"(?<=://)[^/@\s]+(?=@)")
#: Libraries that say too much about every call.
_QUIET: Final = ("alembic", "httpx", "httpcore", "uvicorn.access")


def set_up_logging(settings: Settings) -> None:
    """Write to standard error from now on, at the level and in the form of the settings."""
    form = settings.log_format or (LogFormat.CONSOLE if sys.stderr.isatty() else LogFormat.JSON)
    level = getattr(logging, settings.log_level.upper())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        _add_time,
        _add_frames,
        _withhold,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer(form)],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True


def _renderer(form: LogFormat) -> Processor:
    if form is LogFormat.CONSOLE:
        return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    return structlog.processors.JSONRenderer(serializer=_json)


def _json(entry: Any, default: Any = None, **_options: Any) -> str:
    return orjson.dumps(entry, default=default).decode()


def _add_time(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    entry["time"] = system_clock.now().isoformat(timespec="milliseconds")
    return entry


def _add_frames(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Where an error came from, without its own text, which may repeat what somebody sent."""
    given = entry.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    lines: list[str] = []
    while isinstance(error, BaseException):
        lines.append(type(error).__qualname__)
        lines += [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in extract_tb(error.__traceback__)]
        error = error.__cause__ or error.__context__
    if lines:
        entry["exception"] = "\n".join(lines)
    return entry


def _withhold(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in entry.items():
        entry[key] = _WITHHELD if _PRIVATE.search(key) else _safe(value)
    return entry


def _safe(value: Any) -> Any:
    """The value without what may not get out, however deep it lies."""
    if isinstance(value, str):
        return _CREDENTIALS.sub(_WITHHELD, value)
    if isinstance(value, dict):
        return {key: _WITHHELD if _PRIVATE.search(str(key)) else _safe(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_safe(item) for item in value]
    return value
