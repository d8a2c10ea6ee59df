"""Who is eligible under the county's plan, for how much, and by when an office must answer: the service's client."""

from beizeng_client.async_client import AsyncClient
from beizeng_client.client import Client
from beizeng_client.errors import (
    BeizengError,
    ConflictError,
    ConnectionLostError,
    InvalidError,
    NotAllowedError,
    NotAuthenticatedError,
    NotFoundError,
    ProblemError,
    RateLimitedError,
    UnavailableError,
    UnexpectedAnswerError,
)
from beizeng_client.facts import Facts, FactValue, GivenFacts
from beizeng_client.options import Pause
from beizeng_client.retrying import Retry
from beizeng_client.signing import ApiKey, Signature, sign
from beizeng_client.version import __version__

__all__ = [
    "ApiKey",
    "AsyncClient",
    "BeizengError",
    "Client",
    "ConflictError",
    "ConnectionLostError",
    "FactValue",
    "Facts",
    "GivenFacts",
    "InvalidError",
    "NotAllowedError",
    "NotAuthenticatedError",
    "NotFoundError",
    "Pause",
    "ProblemError",
    "RateLimitedError",
    "Retry",
    "Signature",
    "UnavailableError",
    "UnexpectedAnswerError",
    "__version__",
    "sign",
]
