"""The results of a screening job: sums, pages, explanations, candidates, the report and the files."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import orjson
from fastapi import APIRouter
from starlette.responses import FileResponse, Response

from app.api.call import Call
from app.api.operations import Tag, described, parameter
from app.api.problems import ProblemError
from app.api.requests.pages import CURSOR, LIMIT, cursor_of, place_in
from app.api.requests.query import QUERY
from app.api.responses import ByteResponse, json_answer
from app.api.routing import BytesRoute, reads_query
from app.api.schemas.common import words
from app.api.schemas.decisions import DecisionAnswer
from app.api.schemas.screenings import CandidateList, ScreeningRows, ScreeningSummary
from app.api.screening_calls import ID, finished_job, jobs_of, query_of, stored
from app.api.security import Scope, needs
from app.rules.errors import Fault, excerpt
from app.screening.folder_errors import FolderError
from app.screening.report_html import REPORT_POLICY
from app.services.decide import Explain
from app.services.screening import Wording, explain_entity
from app.services.screening_jobs import ScreeningJobs
from app.storage.repositories.screenings import StoredScreening

if TYPE_CHECKING:
    from app.screening.folder import ScreeningFolder

__all__ = ["router"]

router = APIRouter(route_class=BytesRoute)
_STATUSES: Final = ("eligible", "ineligible", "undetermined", "not_in_force")
_FORMS: Final = ("json", "csv", "xlsx")
_TYPES: Final = {
    ".csv": b"text/csv; charset=utf-8",
    ".xlsx": b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".parquet": b"application/vnd.apache.parquet",
    ".json": b"application/json",
    ".html": b"text/html; charset=utf-8",
}
_TEXT: Final = {"type": "string"}


@router.get(
    "/v1/screenings/{id}/summary",  # noqa: FAST003  as above
    **described(
        "getScreeningSummary",
        ("筛查的汇总与补充采集建议", "What a screening came to, and what to collect"),
        Tag.SCREENINGS,
        ScreeningSummary,
        parameters=(ID,),
        statuses=(401, 404, 409),
    ),
)
@needs(Scope.SCREEN)
async def get_summary(call: Call) -> Response:
    """The summary as it stands in the folder."""
    _, folder = await finished_job(call)
    return json_answer(await asyncio.to_thread((folder.path / "summary.json").read_bytes), call.language)


@router.get(
    "/v1/screenings/{id}/results",  # noqa: FAST003  as above
    **described(
        "listScreeningResults",
        ("逐页读取每一行的结果", "The decisions, page by page"),
        Tag.SCREENINGS,
        ScreeningRows,
        parameters=(
            ID,
            parameter("rule", "query", words("只看这条规则", "this rule only"), _TEXT),
            parameter("status", "query", words("只看这种结果的行", "rows with this status only"), _TEXT, "eligible"),
            LIMIT,
            CURSOR,
        ),
        statuses=(401, 404, 409),
    ),
)
@needs(Scope.SCREEN)
@reads_query
async def list_results(call: Call) -> Response:
    """One page in the order of the registry."""
    from app.services.screening_results import result_page  # noqa: PLC0415 - loads Polars, which single decisions do without

    values, limit = query_of(call, ("rule", "status", "limit", "cursor"))
    rule, status = values.get("rule"), values.get("status")
    job, folder = await finished_job(call)
    _check_filter(rule, status, _rules_of(call, job))
    listed = f"{job.id}/{rule or ''}/{status or ''}"
    first = place_in(listed, values.get("cursor")) or 0
    page = await asyncio.to_thread(result_page, folder.path / "decisions.parquet", rule, status, first, limit)
    following = None if page.next_row is None else cursor_of(listed, page.next_row)
    return json_answer({"items": page.items, "next_cursor": following}, call.language)


@router.get(
    "/v1/screenings/{id}/results/{entity}",  # noqa: FAST003  as above
    **described(
        "explainScreeningResult",
        ("说明一行的结果", "The full explanation of one row"),
        Tag.SCREENINGS,
        DecisionAnswer,
        parameters=(ID, parameter("entity", "path", words("该行的编号", "the code of the row"), _TEXT)),
        statuses=(401, 404, 409),
    ),
)
@needs(Scope.SCREEN)
async def explain_result(call: Call) -> Response:
    """The body of POST /v1/eligibility on the facts of that row; of a code that stands twice, the first row."""
    job, folder = await finished_job(call)
    services = call.services
    active = await stored(call, jobs_of(call).answering, job, services.registry)
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
            ID,
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
    from app.services.screening_results import (  # noqa: PLC0415 - loads Polars, which single decisions do without
        candidate_items,
        candidate_table,
        measure_rules,
    )

    values, _ = query_of(call, ("measure", "format"))
    form, clause = values.get("format", "json"), values.get("measure")
    faults = []
    if clause is None:
        faults.append(Fault("missing_field", (QUERY, "measure"), {"value": "measure"}))
    if form not in _FORMS:
        faults.append(Fault("not_in_enum", (QUERY, "format"), {"value": excerpt(form), "allowed": list(_FORMS)}))
    if faults:
        raise ProblemError.invalid(faults)
    job, folder = await finished_job(call)
    policy = (await stored(call, jobs_of(call).answering, job, call.services.registry)).policy
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
    _, folder = await finished_job(call)
    return await asyncio.to_thread(_file, folder, "report.html", False)  # noqa: FBT003 - not attached


@router.get("/v1/screenings/{id}/files/{name}", include_in_schema=False)  # noqa: FAST003  as above
@needs(Scope.SCREEN)
async def get_file(call: Call) -> Response:
    """One of the files that the screening lists."""
    _, folder = await finished_job(call)
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
