"""What can go wrong with a call: the service refuses it, something else answers, or nothing does."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from beizeng_client.models import Problem, ProblemEntry

__all__ = [
    "BeizengError",
    "ConflictError",
    "ConnectionLostError",
    "InvalidError",
    "NotAllowedError",
    "NotAuthenticatedError",
    "NotFoundError",
    "ProblemError",
    "RateLimitedError",
    "UnavailableError",
    "UnexpectedAnswerError",
    "problem_error",
]


class BeizengError(Exception):
    """A call that came to nothing."""


class ConnectionLostError(BeizengError):
    """The service was not reached, or did not answer in time.

    `sent` tells whether the service may have received the call.
    """

    def __init__(self, message: str, *, sent: bool) -> None:
        super().__init__(message)
        self.sent = sent


class UnexpectedAnswerError(BeizengError):
    """An answer that is not the service's own, such as a gateway's page."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status}: {message}")
        self.status = status


class ProblemError(BeizengError):
    """The service's refusal, read from its `application/problem+json`."""

    def __init__(self, problem: Problem, *, retry_after: float | None = None) -> None:
        super().__init__(problem, retry_after)
        self.problem = problem
        self.retry_after = retry_after
        """Seconds after which the service wants to be asked again; `None` where it does not say."""

    def __str__(self) -> str:
        """One line for each fault, and the id under which the service's log has the call."""
        told = self.problem
        faults = [f"{entry.pointer}: {entry.message} ({entry.code})" for entry in told.errors]
        return "\n".join([f"{told.status} {told.code}: {told.detail} [{told.request_id}]", *faults])

    @property
    def code(self) -> str:
        """The stable kind of the problem, such as `validation_failed`."""
        return self.problem.code

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.problem.status

    @property
    def title(self) -> str:
        """A short sentence, fit for a toast."""
        return self.problem.title

    @property
    def detail(self) -> str:
        """What to do about it."""
        return self.problem.detail

    @property
    def errors(self) -> tuple[ProblemEntry, ...]:
        """Every bad value, with a pointer into the body; empty for other problems."""
        return self.problem.errors

    @property
    def request_id(self) -> str:
        """What to name when reporting the problem."""
        return self.problem.request_id


class NotAuthenticatedError(ProblemError):
    """401: no credentials, or not the right ones."""


class NotAllowedError(ProblemError):
    """403: the application's roles do not allow this, or it is disabled."""


class NotFoundError(ProblemError):
    """404: there is nothing here, or it is another application's."""


class ConflictError(ProblemError):
    """409: its state does not allow this, or the same request is under way."""


class InvalidError(ProblemError):
    """422: some values need correction; `errors` names all of them."""


class RateLimitedError(ProblemError):
    """429: more calls than the quota."""


class UnavailableError(ProblemError):
    """503: a part of the service is missing or too busy."""


_KINDS: dict[int, type[ProblemError]] = {
    401: NotAuthenticatedError,
    403: NotAllowedError,
    404: NotFoundError,
    409: ConflictError,
    422: InvalidError,
    429: RateLimitedError,
    503: UnavailableError,
}


def problem_error(problem: Problem, *, retry_after: float | None = None) -> ProblemError:
    """The exception of a problem, by its status."""
    return _KINDS.get(problem.status, ProblemError)(problem, retry_after=retry_after)
