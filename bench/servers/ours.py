"""Our own application on uvicorn, with its settings from the environment and log entries as JSON."""

from __future__ import annotations

import logging

import orjson
import structlog

from app.main import create_app
from app.settings import load_settings


def make():
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.JSONRenderer(serializer=orjson.dumps),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.BytesLoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return create_app(load_settings(None))
