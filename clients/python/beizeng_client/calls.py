"""A call before it is made and its answer after it, the same for both clients."""

from __future__ import annotations

import email.utils
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

import httpx

from beizeng_client.errors import ConnectionLostError, UnexpectedAnswerError, problem_error
from beizeng_client.models import Problem, Receipted
from beizeng_client.reading import parse, read
from beizeng_client.retrying import Repeat
from beizeng_client.writing import to_json

__all__ = ["Call", "Page", "answer_of", "bytes_of", "connection_lost", "reading", "receipted"]

T = TypeVar("T")
R = TypeVar("R", bound=Receipted)
_PROBLEM = "application/problem+json"
#: The call has surely not reached the service.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items, and the mark behind which the next ones are."""

    items: tuple[T, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """One operation with its arguments."""

    method: str
    path: str
    read: Callable[[httpx.Response], T]
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    form: Mapping[str, tuple[str | None, bytes]] | None = None
    repeat: Repeat = Repeat.SAFE
    idempotency_key: str | None = None

    def keyed(self, key: str | None) -> Call[T]:
        """The call with that `Idempotency-Key`, or one of its own, which every repetition carries."""
        return replace(self, repeat=Repeat.KEYED, idempotency_key=key or uuid.uuid4().hex)

    def at(self, cursor: str) -> Call[T]:
        """The call for the page behind a mark."""
        return replace(self, query={**self.query, "cursor": cursor})

    def request(self, http: httpx.Client | httpx.AsyncClient) -> httpx.Request:
        """What is sent."""
        headers = {} if self.idempotency_key is None else {"Idempotency-Key": self.idempotency_key}
        if self.body is not None:
            headers["Content-Type"] = "application/json"
        content = None if self.body is None else to_json(self.body)
        return http.build_request(
            self.method, self.path, params=self.query or None, content=content, files=self.form, headers=headers
        )


def reading(kind: type[T]) -> Callable[[httpx.Response], T]:
    """Reads an answer's JSON as that kind."""
    return lambda response: read(kind, parse(response.content))


def receipted(kind: type[R]) -> Callable[[httpx.Response], R]:
    """The same with the id of the answer's receipt."""
    return lambda response: replace(
        read(kind, parse(response.content)), receipt_id=response.headers.get("X-Decision-ID")
    )


def bytes_of(response: httpx.Response) -> bytes:
    """An answer that is a file."""
    return response.content


def answer_of(call: Call[T], response: httpx.Response) -> T:
    """What the call was made for.

    Raises:
        ProblemError: the service refuses.
        UnexpectedAnswerError: it is not the service that has answered.
    """
    try:
        if response.is_success:
            return call.read(response)
        if response.headers.get("Content-Type", "").partition(";")[0] == _PROBLEM:
            raise problem_error(read(Problem, parse(response.content)), retry_after=_retry_after(response))
    except ValueError as error:
        raise UnexpectedAnswerError(response.status_code, str(error)) from error
    raise UnexpectedAnswerError(response.status_code, f"no answer of this service: {response.text:.80}")


def connection_lost(error: httpx.TransportError) -> ConnectionLostError:
    """The same as an error of ours."""
    return ConnectionLostError(
        f"{type(error).__name__}: {error}".removesuffix(": "), sent=not isinstance(error, _NOT_SENT)
    )


def _retry_after(response: httpx.Response) -> float | None:
    """Seconds, from either form of the header."""
    told = response.headers.get("Retry-After", "")
    if told.isascii() and told.isdigit():
        return float(told)
    moment = email.utils.parsedate_tz(told)
    if moment is None:
        return None
    return max(0.0, email.utils.mktime_tz(moment) - datetime.now(UTC).timestamp())
