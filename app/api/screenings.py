"""Registries screened as jobs: submit, watch, read the results, cancel, remove."""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import orjson
from fastapi import APIRouter
from starlette.responses import FileResponse, Response

from app.api.call import Call
from app.api.idempotency import once
from app.api.operations import Tag, described, parameter
from app.api.problems import PROBLEMS, ProblemError
from app.api.receipting import storage_problems
from app.api.requests.query import QUERY, read_query
from app.api.requests.screening import FileTrouble, read_form, read_source, refuse_unusable
from app.api.responses import ByteResponse, json_answer
from app.api.routing import BytesRoute, reads_query, takes_nothing, takes_upload
from app.api.schemas.common import words
from app.api.schemas.decisions import DecisionAnswer
from app.api.schemas.screenings import (
    CandidateList,
    Screening,
    ScreeningList,
    ScreeningRequest,
    ScreeningRows,
    ScreeningSummary,
)
from app.api.security import Scope, needs
from app.deadlines import SHANGHAI
from app.rules.errors import Fault, excerpt
from app.screening.folder import ScreeningFolder
from app.screening.folder_errors import FolderError
from app.screening.report_html import REPORT_POLICY
from app.services.decide import Explain
from app.services.screening import Wording, explain_entity
from app.services.screening_jobs import ScreeningJobs, Submission
from app.services.screening_results import candidate_items, candidate_table, measure_rules, result_page
from app.storage.repositories.screenings import StoredScreening

__all__ = ["router"]

router = APIRouter(route_class=BytesRoute)
_T = TypeVar("_T")
_PAGE, _LARGEST_PAGE = 50, 200
_STATUSES: Final = ("eligible", "ineligible", "undetermined", "not_in_force")
_FORMS: Final = ("json", "csv", "xlsx")
_TYPES: Final = {
    ".csv": b"text/csv; charset=utf-8",
    ".xlsx": b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".parquet": b"application/vnd.apache.parquet",
    ".json": b"application/json",
    ".html": b"text/html; charset=utf-8",
}
_ID: Final = parameter("id", "path", words("任务编号", "id of the job"), {"type": "string"})
_KEY: Final = parameter(
    "Idempotency-Key",
    "header",
    words("重复提交只生效一次", "sent again with it, there is still one effect"),
    {"type": "string", "pattern": "^[!-~]{1,255}$"},
)
_LIMIT: Final = parameter(
    "limit",
    "query",
    words("每页几项", "items on a page"),
    {"type": "integer", "format": "int64", "minimum": 1, "maximum": 200},
)
_CURSOR: Final = parameter(
    "cursor", "query", words("上一页的 next_cursor", "next_cursor of the page before"), {"type": "string"}
)
_TEXT: Final = {"type": "string"}
_FORM: Final = {
    "type": "object",
    "required": ["file"],
    "properties": {
        "file": {"type": "string", "format": "binary", "description": words("名册", "the registry")},
        "mapping": {"type": "string", "description": words("映射文件（YAML）", "the mapping file, YAML")},
        "options": {"type": "string", "description": words("JSON，成员同 JSON 请求体", "JSON, as the JSON body")},
    },
}


def _jobs(call: Call) -> ScreeningJobs:
    services = call.services
    if services.database is None:
        raise ProblemError("not_ready", {"missing": "database"})
    return ScreeningJobs(services.database, services.settings)


async def _stored(work: Callable[..., _T], *args: Any) -> _T:
    with storage_problems():
        return await asyncio.to_thread(work, *args)


async def _find(call: Call) -> StoredScreening:
    found = await _stored(_jobs(call).find, call.path_params["id"], call.caller.id)
    if found is None:
        raise ProblemError("not_found")
    return found


async def _finished(call: Call) -> tuple[StoredScreening, ScreeningFolder]:
    job = await _find(call)
    if job.state not in ("done", "done_with_rejects"):
        raise ProblemError("wrong_state", {"state": job.state})
    return job, _jobs(call).folder(job)


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


# ------------------------------------------------------------------------------------------------------------- jobs


@router.post(
    "/v1/screenings",
    status_code=202,
    **described(
        "createScreening",
        ("提交一份名册，批量筛查", "Submit a registry to be screened"),
        Tag.SCREENINGS,
        Screening,
        body=ScreeningRequest,
        form=_FORM,
        parameters=(_KEY,),
        statuses=(401, 404, 409),
    ),
)
@needs(Scope.SCREEN)
@takes_upload
@once
async def create_screening(call: Call) -> Response:
    """Enter a job; the policy of this moment answers every row of it."""
    jobs, services, upload = _jobs(call), call.services, call.upload
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
    job = await _stored(jobs.submit, asked, call.effect)
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
        parameters=(_LIMIT, _CURSOR),
        statuses=(401,),
    ),
)
@needs(Scope.SCREEN)
@reads_query
async def list_screenings(call: Call) -> Response:
    """One page, the last job first."""
    values = _query(call, ("limit", "cursor"))
    limit, before = _limit(values), _cursor(values, "jobs")
    found = await _stored(_jobs(call).listed, call.caller.id, before, limit + 1)
    following = _mark("jobs", found[limit - 1][0]) if len(found) > limit else None
    items = [_item(job, call) for _, job in found[:limit]]
    return json_answer({"items": items, "next_cursor": following}, call.language)


@router.get(
    "/v1/screenings/{id}",  # noqa: FAST003  the call carries the path's parameters
    **described(
        "getScreening",
        ("查看一个筛查任务", "One job"),
        Tag.SCREENINGS,
        Screening,
        parameters=(_ID,),
        statuses=(401, 404),
    ),
)
@needs(Scope.SCREEN)
async def get_screening(call: Call) -> Response:
    """Where it stands."""
    return json_answer(_item(await _find(call), call), call.language)


@router.post(
    "/v1/screenings/{id}/cancel",  # noqa: FAST003  as above
    **described(
        "cancelScreening",
        ("取消一个筛查任务", "Cancel a job"),
        Tag.SCREENINGS,
        Screening,
        parameters=(_ID, _KEY),
        statuses=(401, 404, 409),
    ),
)
@needs(Scope.SCREEN)
@takes_nothing
@once
async def cancel_screening(call: Call) -> Response:
    """End a job that is still to be done."""
    job = await _find(call)
    if not await _stored(_jobs(call).cancel, job):
        raise ProblemError("wrong_state", {"state": (await _find(call)).state})
    return json_answer(_item(await _find(call), call), call.language)


@router.delete(
    "/v1/screenings/{id}",  # noqa: FAST003  as above
    **described(
        "deleteScreening",
        ("取消进行中的任务，或删除已结束的任务及其结果", "Cancel a job, or remove one that has ended with its results"),
        Tag.SCREENINGS,
        Screening,
        parameters=(_ID,),
        statuses=(401, 404),
    ),
)
@needs(Scope.SCREEN)
async def delete_screening(call: Call) -> Response:
    """Cancel what is to be done; remove what has ended. The answer is the job as it is, or was."""
    job, jobs = await _find(call), _jobs(call)
    if job.active and await _stored(jobs.cancel, job):
        job = await _find(call)
    elif not await _stored(jobs.remove, job):
        raise ProblemError("not_found")
    return json_answer(_item(job, call), call.language)


# ---------------------------------------------------------------------------------------------------------- results


@router.get(
    "/v1/screenings/{id}/summary",  # noqa: FAST003  as above
    **described(
        "getScreeningSummary",
        ("筛查的汇总与补充采集建议", "What a screening came to, and what to collect"),
        Tag.SCREENINGS,
        ScreeningSummary,
        parameters=(_ID,),
        statuses=(401, 404, 409),
    ),
)
@needs(Scope.SCREEN)
async def get_summary(call: Call) -> Response:
    """The summary as it stands in the folder."""
    _, folder = await _finished(call)
    return json_answer(await asyncio.to_thread((folder.path / "summary.json").read_bytes), call.language)


@router.get(
    "/v1/screenings/{id}/results",  # noqa: FAST003  as above
    **described(
        "listScreeningResults",
        ("逐页读取每一行的结果", "The decisions, page by page"),
        Tag.SCREENINGS,
        ScreeningRows,
        parameters=(
            _ID,
            parameter("rule", "query", words("只看这条规则", "this rule only"), _TEXT),
            parameter("status", "query", words("只看这种结果的行", "rows with this status only"), _TEXT, "eligible"),
            _LIMIT,
            _CURSOR,
        ),
        statuses=(401, 404, 409),
    ),
)
@needs(Scope.SCREEN)
@reads_query
async def list_results(call: Call) -> Response:
    """One page in the order of the registry."""
    values = _query(call, ("rule", "status", "limit", "cursor"))
    limit, rule, status = _limit(values), values.get("rule"), values.get("status")
    job, folder = await _finished(call)
    _check_filter(rule, status, _rules_of(call, job))
    key = f"{job.id}/{rule or ''}/{status or ''}"
    first = _cursor(values, key) or 0
    page = await asyncio.to_thread(result_page, folder.path / "decisions.parquet", rule, status, first, limit)
    following = None if page.next_row is None else _mark(key, page.next_row)
    return json_answer({"items": page.items, "next_cursor": following}, call.language)


@router.get(
    "/v1/screenings/{id}/results/{entity}",  # noqa: FAST003  as above
    **described(
        "explainScreeningResult",
        ("说明一行的结果", "The full explanation of one row"),
        Tag.SCREENINGS,
        DecisionAnswer,
        parameters=(_ID, parameter("entity", "path", words("该行的编号", "the code of the row"), _TEXT)),
        statuses=(401, 404, 409),
    ),
)
@needs(Scope.SCREEN)
async def explain_result(call: Call) -> Response:
    """The body of POST /v1/eligibility on the facts of that row; of a code that stands twice, the first row."""
    job, folder = await _finished(call)
    services = call.services
    active = await _stored(_jobs(call).answering, job, services.registry)
    wording = Wording(services.clock.today(), call.language, Explain.FULL)
    try:
        bodies = await asyncio.to_thread(explain_entity, active, folder, call.path_params["entity"], wording)
    except FolderError as error:
        raise ProblemError("not_found") from error
    return json_answer(bodies[0], call.language)


@router.get(
    "/v1/screenings/{id}/candidates",  # noqa: FAST003  as above
    **described(
        "listScreeningCandidates",
        ("一条措施的免申即享候选名单", "Whom a measure could be granted without an application"),
        Tag.SCREENINGS,
        CandidateList,
        parameters=(
            _ID,
            parameter("measure", "query", words("条款编号", "number of the measure"), _TEXT, "38"),
            parameter("format", "query", words("json、csv 或 xlsx", "json, csv or xlsx"), _TEXT, "json"),
        ),
        statuses=(401, 404, 409),
    ),
)
@needs(Scope.SCREEN)
@reads_query
async def list_candidates(call: Call) -> Response:
    """The eligible with all facts known, then the nearly eligible with what is missing."""
    values = _query(call, ("measure", "format"))
    form, clause = values.get("format", "json"), values.get("measure")
    faults = []
    if clause is None:
        faults.append(Fault("missing_field", (QUERY, "measure"), {"value": "measure"}))
    if form not in _FORMS:
        faults.append(Fault("not_in_enum", (QUERY, "format"), {"value": excerpt(form), "allowed": list(_FORMS)}))
    if faults:
        raise ProblemError.invalid(faults)
    job, folder = await _finished(call)
    policy = (await _stored(_jobs(call).answering, job, call.services.registry)).policy
    rules = measure_rules(policy, clause or "")
    if not rules:
        raise ProblemError.invalid([Fault("unknown_measure", (QUERY, "measure"), {"value": excerpt(clause)})])
    found = await asyncio.to_thread(candidate_items, policy, folder, rules)
    if form == "json":
        items = [
            {
                "entity": candidate.entity,
                "rule": candidate.rule,
                "kind": candidate.kind,
                "amount": None if candidate.amount is None else str(candidate.amount),
                "missing_facts": list(candidate.missing),
                "changes": candidate.changes,
            }
            for candidate in found
        ]
        return json_answer({"items": items, "total": len(items)}, call.language)
    body = await asyncio.to_thread(candidate_table, policy, found, call.language, form)
    return ByteResponse(body, _TYPES[f".{form}"], headers=_attached(f"candidates-{clause}.{form}"))


@router.get("/v1/screenings/{id}/report", include_in_schema=False)  # noqa: FAST003  as above
@needs(Scope.SCREEN)
async def get_report(call: Call) -> Response:
    """The report for people."""
    _, folder = await _finished(call)
    return await asyncio.to_thread(_file, folder, "report.html", False)  # noqa: FBT003 - not attached


@router.get("/v1/screenings/{id}/files/{name}", include_in_schema=False)  # noqa: FAST003  as above
@needs(Scope.SCREEN)
async def get_file(call: Call) -> Response:
    """One of the files that the screening lists."""
    _, folder = await _finished(call)
    return await asyncio.to_thread(_file, folder, call.path_params["name"], True)  # noqa: FBT003 - attached


def _file(folder: ScreeningFolder, name: str, attached: bool) -> Response:  # noqa: FBT001 - how the file is shown
    manifest = orjson.loads((folder.path / "manifest.json").read_bytes())
    listed = {entry["name"] for entry in manifest["files"]}
    if name not in listed:
        raise ProblemError("not_found")
    path = folder.path / name
    media_type = _TYPES.get(path.suffix, b"application/octet-stream").decode()
    shown = ((b"content-security-policy", REPORT_POLICY.encode()), (b"cache-control", b"no-store"))
    headers = {key.decode(): value.decode() for key, value in (_attached(name) if attached else shown)}
    return FileResponse(path, media_type=media_type, headers=headers)


def _attached(name: str) -> tuple[tuple[bytes, bytes], ...]:
    return ((b"content-disposition", f'attachment; filename="{name}"'.encode()), (b"cache-control", b"no-store"))


# ------------------------------------------------------------------------------------------------------------ query


def _query(call: Call, known: tuple[str, ...]) -> dict[str, str]:
    values, faults = read_query(call.scope["query_string"], known)
    if faults:
        raise ProblemError.invalid(faults)
    return values


def _limit(values: dict[str, str]) -> int:
    raw = values.get("limit", str(_PAGE))
    if not (raw.isascii() and raw.isdigit() and len(raw) < len("1000") + 1 and 1 <= int(raw) <= _LARGEST_PAGE):
        params = {"minimum": 1, "maximum": _LARGEST_PAGE, "value": excerpt(raw)}
        raise ProblemError.invalid([Fault("out_of_range", (QUERY, "limit"), params)])
    return int(raw)


def _mark(key: str, place: int) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([key, place])).decode().rstrip("=")


def _cursor(values: dict[str, str], key: str) -> int | None:
    raw = values.get("cursor")
    if raw is None:
        return None
    try:
        said, place = orjson.loads(base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4)))
    except (ValueError, TypeError, binascii.Error) as error:
        raise ProblemError("bad_cursor") from error
    if said != key or not isinstance(place, int) or isinstance(place, bool) or not 0 <= place < 2**62:
        raise ProblemError("bad_cursor")
    return place


def _rules_of(call: Call, job: StoredScreening) -> frozenset[str]:
    chosen = ScreeningJobs.options(job)["rules"]
    if chosen is not None:
        return frozenset(chosen)
    active = call.services.registry.get(ScreeningJobs.options(job)["policy"]["id"])
    return frozenset(rule.id for rule in active.policy.rules if rule.decidable) if active else frozenset()


def _check_filter(rule: str | None, status: str | None, rules: frozenset[str]) -> None:
    faults = []
    if rule is not None and rule not in rules:
        faults.append(Fault("unknown_rule", (QUERY, "rule"), {"value": excerpt(rule)}))
    if status is not None and status not in _STATUSES:
        params = {"value": excerpt(status), "allowed": list(_STATUSES)}
        faults.append(Fault("not_in_enum", (QUERY, "status"), params))
    if faults:
        raise ProblemError.invalid(faults)
