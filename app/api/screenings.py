"""Registries screened as jobs: submit, watch, cancel, remove."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any, Final

import orjson
from fastapi import APIRouter
from starlette.responses import Response

from app.api.call import Call
from app.api.idempotency import once
from app.api.operations import Tag, described, parameter
from app.api.problems import PROBLEMS, ProblemError
from app.api.requests.pages import CURSOR, LIMIT, cursor_of, place_in
from app.api.requests.screening import FileTrouble, read_form, read_source, refuse_unusable
from app.api.responses import json_answer
from app.api.routing import BytesRoute, reads_query, takes_nothing, takes_upload
from app.api.schemas.common import words
from app.api.schemas.screenings import Screening, ScreeningForm, ScreeningList, ScreeningRequest
from app.api.screening_calls import ID, find_job, jobs_of, query_of, stored
from app.api.security import Scope, needs
from app.deadlines import SHANGHAI
from app.services.screening_jobs import ScreeningJobs, Submission
from app.storage.repositories.screenings import StoredScreening

__all__ = ["router"]

router = APIRouter(route_class=BytesRoute)
_LIST: Final = "jobs"
_KEY: Final = parameter(
    "Idempotency-Key",
    "header",
    words("重复提交只生效一次", "sent again with it, there is still one effect"),
    {"type": "string", "pattern": "^[!-~]{1,255}$"},
)


def _moment(milliseconds: int | None) -> str | None:
    if milliseconds is None:
        return None
    return datetime.fromtimestamp(milliseconds / 1000, UTC).astimezone(SHANGHAI).isoformat(timespec="milliseconds")


def _item(job: StoredScreening, call: Call) -> dict[str, Any]:
    options = ScreeningJobs.options(job)
    policy = {name: options["policy"][name] for name in ("id", "version", "sha256")}
    return {
        "id": job.id,
        "state": job.state,
        "file_name": job.file_name,
        "policy": policy,
        "on": options["on"],
        "rows_total": job.rows_total,
        "rows_done": job.rows_done,
        "rows_per_second": _pace(job),
        "rejected": job.rejected,
        "created_at": _moment(job.created_ms),
        "started_at": _moment(job.started_ms),
        "finished_at": _moment(job.finished_ms),
        "problem": _trouble(job, call),
    }


def _pace(job: StoredScreening) -> str | None:
    if job.started_ms is None or not job.rows_done:
        return None
    took = max((job.finished_ms or job.now_ms) - job.started_ms, 1)
    return f"{job.rows_done * 1000 / took:.1f}"


def _trouble(job: StoredScreening, call: Call) -> dict[str, Any] | None:
    if not job.problem:
        return None
    faults = orjson.loads(job.problem)
    errors = []
    for fault in faults:
        told = FileTrouble(fault["code"], ("file",), fault["params"], tuple(fault["suggestions"])).spoken(call.language)
        entry = {"pointer": "/file", "code": fault["code"], "message": told, "suggestions": fault["suggestions"]}
        errors.append(entry)
    kind = faults[0]["code"]
    code = kind if kind in PROBLEMS or job.state != "failed" else "validation_failed"
    return {"code": code, "detail": errors[0]["message"], "errors": errors}


@router.post(
    "/v1/screenings",
    status_code=202,
    **described(
        "createScreening",
        ("提交一份名册，批量筛查", "Submit a registry to be screened"),
        Tag.SCREENINGS,
        Screening,
        body=ScreeningRequest,
        form=ScreeningForm,
        parameters=(_KEY,),
        statuses=(401, 404, 409),
    ),
)
@needs(Scope.SCREEN)
@takes_upload
@once
async def create_screening(call: Call) -> Response:
    """Enter a job; the policy of this moment answers every row of it."""
    jobs, services, upload = jobs_of(call), call.services, call.upload
    today, registry, application = services.clock.today(), services.registry, call.caller.id
    asked: Submission
    if upload is None:
        asked = read_source(call.content, application, registry, services.settings, today, call.language)
    else:
        asked = read_form(upload, application, registry, services.settings, today, call.language)
        active = registry.get(asked.options.policy.id)
        if active is not None and upload.path is not None:
            vocabulary = active.policy.vocabulary
            await asyncio.to_thread(refuse_unusable, upload.path, asked, vocabulary, services.settings)
    job = await stored(call, jobs.submit, asked, call.effect)
    answer = json_answer(_item(job, call), call.language)
    answer.status_code = 202
    answer.raw_headers.append((b"location", f"/v1/screenings/{job.id}".encode()))
    return answer


@router.get(
    "/v1/screenings",
    **described(
        "listScreenings",
        ("列出本应用的筛查任务", "List the application's own jobs"),
        Tag.SCREENINGS,
        ScreeningList,
        parameters=(LIMIT, CURSOR),
        statuses=(401,),
    ),
)
@needs(Scope.SCREEN)
@reads_query
async def list_screenings(call: Call) -> Response:
    """One page, the last job first."""
    values, limit = query_of(call, ("limit", "cursor"))
    before = place_in(_LIST, values.get("cursor"))
    found = await stored(call, jobs_of(call).listed, call.caller.id, before, limit + 1)
    following = cursor_of(_LIST, found[limit - 1][0]) if len(found) > limit else None
    items = [_item(job, call) for _, job in found[:limit]]
    return json_answer({"items": items, "next_cursor": following}, call.language)


@router.get(
    "/v1/screenings/{id}",  # noqa: FAST003  the call carries the path's parameters
    **described(
        "getScreening",
        ("查看一个筛查任务", "One job"),
        Tag.SCREENINGS,
        Screening,
        parameters=(ID,),
        statuses=(401, 404),
    ),
)
@needs(Scope.SCREEN)
async def get_screening(call: Call) -> Response:
    """Where it stands."""
    return json_answer(_item(await find_job(call), call), call.language)


@router.post(
    "/v1/screenings/{id}/cancel",  # noqa: FAST003  as above
    **described(
        "cancelScreening",
        ("取消一个筛查任务", "Cancel a job"),
        Tag.SCREENINGS,
        Screening,
        parameters=(ID, _KEY),
        statuses=(401, 404, 409),
    ),
)
@needs(Scope.SCREEN)
@takes_nothing
@once
async def cancel_screening(call: Call) -> Response:
    """End a job that is still to be done."""
    job = await find_job(call)
    if not await stored(call, jobs_of(call).cancel, job):
        raise ProblemError("wrong_state", {"state": (await find_job(call)).state})
    return json_answer(_item(await find_job(call), call), call.language)


@router.delete(
    "/v1/screenings/{id}",  # noqa: FAST003  as above
    **described(
        "deleteScreening",
        ("取消进行中的任务，或删除已结束的任务及其结果", "Cancel a job, or remove one that has ended with its results"),
        Tag.SCREENINGS,
        Screening,
        parameters=(ID,),
        statuses=(401, 404),
    ),
)
@needs(Scope.SCREEN)
async def delete_screening(call: Call) -> Response:
    """Cancel what is to be done; remove what has ended. The answer is the job as it is, or was."""
    job, jobs = await find_job(call), jobs_of(call)
    if job.active and await stored(call, jobs.cancel, job):
        job = await find_job(call)
    elif not await stored(call, jobs.remove, job):
        raise ProblemError("not_found")
    return json_answer(_item(job, call), call.language)
