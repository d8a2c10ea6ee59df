"""What the operations on screening jobs share: the job that is asked for, and only by the application that made it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar

from app.api.call import Call
from app.api.operations import parameter
from app.api.problems import ProblemError
from app.api.receipting import storage_problems
from app.api.requests.pages import read_limit
from app.api.requests.query import read_query
from app.api.schemas.common import words
from app.services.screening_jobs import ScreeningJobs
from app.storage.repositories.screenings import StoredScreening

if TYPE_CHECKING:
    from app.screening.folder import ScreeningFolder

__all__ = ["ID", "find_job", "finished_job", "jobs_of", "query_of", "stored"]

_T = TypeVar("_T")
ID: Final = parameter("id", "path", words("任务编号", "id of the job"), {"type": "string"})


def jobs_of(call: Call) -> ScreeningJobs:
    """The jobs of the database.

    Raises:
        ProblemError: not_ready.
    """
    services = call.services
    if services.database is None:
        raise ProblemError("not_ready", {"missing": "database"})
    return ScreeningJobs(services.database, services.settings)


async def stored(call: Call, work: Callable[..., _T], *args: Any) -> _T:
    """What some work on the database comes to, beside the event loop.

    Raises:
        ProblemError: what keeps the database from answering.
    """
    with storage_problems():
        return await call.services.lanes.run(work, *args)


async def find_job(call: Call) -> StoredScreening:
    """The job of the path.

    Raises:
        ProblemError: not_found, also for another application's.
    """
    found = await stored(call, jobs_of(call).find, call.path_params["id"], call.caller.id)
    if found is None:
        raise ProblemError("not_found")
    return found


async def finished_job(call: Call) -> tuple[StoredScreening, ScreeningFolder]:
    """The job of the path with its results.

    Raises:
        ProblemError: not_found, or wrong_state while there are none.
    """
    job = await find_job(call)
    if job.state not in ("done", "done_with_rejects"):
        raise ProblemError("wrong_state", {"state": job.state})
    return job, await asyncio.to_thread(jobs_of(call).folder, job)


def query_of(call: Call, known: tuple[str, ...]) -> tuple[dict[str, str], int]:
    """The query's values, and how many items a page holds.

    Raises:
        ProblemError: validation_failed.
    """
    values, faults = read_query(call.scope["query_string"], known)
    limit = read_limit(values.get("limit"), faults)
    if faults:
        raise ProblemError.invalid(faults)
    return values, limit
