"""Receipts of decisions: what was answered, found again and made again."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from app.api.call import Call
from app.api.json_reader import read_object
from app.api.operations import Tag, described, parameter
from app.api.problems import ProblemError
from app.api.receipting import storage_problems
from app.api.replaying import replay
from app.api.requests.fields import Fields
from app.api.requests.pages import CURSOR, LIMIT, cursor_of, place_in, read_limit
from app.api.requests.query import QUERY, read_query
from app.api.responses import json_answer
from app.api.routing import BytesRoute, reads_query
from app.api.schemas.common import words
from app.api.schemas.receipts import ReceiptDetail, ReceiptList, Replay, ReplayRequest
from app.api.security import Scope, needs
from app.deadlines import SHANGHAI
from app.rules.errors import Fault
from app.rules.reading import read_date
from app.services.decisions import find_receipt, list_receipts, receipt_item, receipt_with_request
from app.services.receipts import ReceiptWriter, moment_text
from app.storage.repositories import ReceiptFilter, StoredReceipt
from app.storage.session import Database

__all__ = ["router"]

router = APIRouter(route_class=BytesRoute)
_ID: Final = parameter("id", "path", words("回执编号", "id of the receipt"), {"type": "string"})
_LIST: Final = "decisions"
_DAY: Final = {"type": "string", "format": "date"}
_QUERY: Final = (
    parameter("from", "query", words("自这一天起", "from this day on"), _DAY),
    parameter("to", "query", words("至这一天（含）", "to this day, included"), _DAY),
    parameter("policy", "query", words("政策编号", "id of the policy"), {"type": "string"}),
    parameter("application", "query", words("调用方（审计角色）", "the application, for auditors"), {"type": "string"}),
    LIMIT,
    CURSOR,
)
_NAMES: Final = tuple(item["name"] for item in _QUERY)


def _kept(call: Call) -> tuple[Database, ReceiptWriter]:
    database, receipts = call.services.database, call.services.receipts
    if database is None or receipts is None:
        raise ProblemError("not_found")
    return database, receipts


def _seen_by(call: Call) -> str | None:
    """The application whose receipts the caller may see; None: everyone's."""
    return None if Scope.AUDIT in call.caller.scopes else call.caller.id


async def _find(call: Call) -> StoredReceipt:
    database, _ = _kept(call)
    with storage_problems():
        found = await call.services.lanes.run(find_receipt, database, call.path_params["id"], _seen_by(call))
    if found is None:
        raise ProblemError("not_found")
    return found


@router.get(
    "/v1/decisions",
    **described(
        "listDecisions",
        ("列出判断的回执，新的在前", "The receipts of decisions, the newest first"),
        Tag.DECISIONS,
        ReceiptList,
        parameters=_QUERY,
        statuses=(401,),
    ),
)
@needs(Scope.DECIDE, Scope.AUDIT)
@reads_query
async def list_decisions(call: Call) -> Response:
    """A page of receipts."""
    narrowed, before, limit = _read_query(call)
    database = call.services.database
    if database is None or limit == 0:
        return json_answer({"items": [], "next_cursor": None}, call.language)
    with storage_problems():
        page = await call.services.lanes.run(list_receipts, database, narrowed, before, limit)
    following = None if page.following is None else cursor_of(_LIST, page.following)
    return json_answer({"items": list(map(receipt_item, page.items)), "next_cursor": following}, call.language)


@router.get(
    "/v1/decisions/{id}",  # noqa: FAST003  the call carries the path's parameters
    **described(
        "getDecision",
        ("查看一次判断的回执", "The receipt of one decision"),
        Tag.DECISIONS,
        ReceiptDetail,
        parameters=(_ID,),
        statuses=(401, 404),
    ),
)
@needs(Scope.DECIDE, Scope.AUDIT)
async def get_decision(call: Call) -> Response:
    """One receipt with its request."""
    found = await _find(call)
    return json_answer(receipt_with_request(found, _kept(call)[1].keys), call.language)


@router.post(
    "/v1/decisions/{id}/replay",  # noqa: FAST003  as above
    **described(
        "replayDecision",
        ("重放一次判断", "Make one decision again"),
        Tag.DECISIONS,
        Replay,
        body=ReplayRequest,
        parameters=(_ID,),
        statuses=(401, 404),
    ),
)
@needs(Scope.DECIDE, Scope.AUDIT)
async def replay_decision(call: Call) -> Response:
    """The same bytes, or what differs."""
    services, found = call.services, await _find(call)
    raw, faults = read_object(call.content, services.settings.max_json_depth)
    Fields(raw, faults).only(())
    knowledge, (_, receipts) = services.knowledge, _kept(call)
    if faults:
        raise ProblemError.invalid(faults)
    if knowledge is None:
        raise ProblemError("not_found")
    with storage_problems():
        body = await call.services.lanes.run(
            replay, found, receipts.keys, knowledge, services.registry, services.settings
        )
    return json_answer(body, call.language)


def _read_query(call: Call) -> tuple[ReceiptFilter, int | None, int]:
    values, faults = read_query(call.scope["query_string"], _NAMES)
    since, until = (_day(values, name, faults) for name in ("from", "to"))
    limit = read_limit(values.get("limit"), faults)
    own, asked = _seen_by(call), values.get("application")
    if faults:
        raise ProblemError.invalid(faults)
    if own is not None and asked not in (None, own):
        limit = 0  # another's receipts are not there
    narrowed = ReceiptFilter(
        application=asked if own is None else own,
        policy_id=values.get("policy"),
        since=_start(since),
        until=_start(until + timedelta(days=1)) if until else None,
    )
    return narrowed, place_in(_LIST, values.get("cursor")), limit


def _day(values: dict[str, str], name: str, faults: list[Any]) -> date | None:
    if name not in values:
        return None
    found = read_date(values[name], date(1949, 10, 1), date(2100, 12, 31))
    if isinstance(found, Fault):
        faults.append(found.below(QUERY, name))
        return None
    return found


def _start(day: date | None) -> str | None:
    return None if day is None else moment_text(datetime.combine(day, time(), SHANGHAI))
