"""``Idempotency-Key`` on operations that write: one effect and one answer for each key of an application."""

from __future__ import annotations

import asyncio
import re
from hashlib import file_digest, sha256
from typing import TYPE_CHECKING, Any, Final, TypeVar

import orjson

from app.api.call import header_map
from app.api.problems import ProblemError
from app.api.receipting import storage_problems
from app.api.responses import ByteResponse
from app.services.idempotency import Held, Idempotency, Refusal
from app.storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from starlette.responses import Response

    from app.api.call import Call
    from app.api.uploads import Upload

__all__ = ["answered_once", "once"]

_Handler = TypeVar("_Handler", bound="Callable[..., Any]")
_HEADER: Final = b"idempotency-key"
_FORM: Final = re.compile(rb"[!-~]{1,255}")
_OURS: Final = 500


def once(handler: _Handler) -> _Handler:
    """Say that a handler has an effect that a key makes single."""
    handler.once = True  # type: ignore[attr-defined]  # read by the route
    return handler


async def answered_once(call: Call, endpoint: Callable[[Call], Coroutine[Any, Any, Response]]) -> Response:
    """The handler's answer, or the one that the key has had.

    Raises:
        ProblemError: bad_request for a key of another form, idempotency_key_reused, idempotency_in_progress.
    """
    key = header_map(call.scope).get(_HEADER)
    if key is None:
        return await endpoint(call)
    if not _FORM.fullmatch(key):
        raise ProblemError("bad_request")
    database, settings = call.services.database, call.services.settings
    if database is None:
        raise ProblemError("not_ready", {"missing": "database"})
    keys = Idempotency(database, settings)
    request = await asyncio.to_thread(_request, call)
    with storage_problems():
        held = await call.services.lanes.run(keys.begin, call.caller.id, key.decode("ascii"), request)
    if held is Refusal.REUSED:
        raise ProblemError("idempotency_key_reused")
    if held is Refusal.IN_PROGRESS:
        raise ProblemError("idempotency_in_progress", headers=((b"retry-after", b"1"),))
    if not isinstance(held, Held):
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in orjson.loads(held.headers)]
        return _with_headers(held.body, held.status, headers)
    call.effect = held.effect
    return await _answer(call, endpoint, keys, held)


async def _answer(
    call: Call, endpoint: Callable[[Call], Coroutine[Any, Any, Response]], keys: Idempotency, held: Held
) -> Response:
    try:
        response = await endpoint(call)
    except ProblemError as problem:
        await _let_go(keys.release if problem.kind.status >= _OURS else keys.forget, held)
        raise
    except BaseException:
        await _let_go(keys.release, held)
        raise
    headers = [[name.decode("latin-1"), value.decode("latin-1")] for name, value in response.raw_headers]
    with storage_problems():
        await call.services.lanes.run(
            keys.finish, held, response.status_code, orjson.dumps(headers).decode(), bytes(response.body)
        )
    return response


async def _let_go(how: Callable[[Held], None], held: Held) -> None:
    """Best done at once; where the database is away, the lease does it."""
    try:
        await asyncio.shield(asyncio.to_thread(how, held))
    except StorageError:
        return


def _request(call: Call) -> str:
    """Everything that the key was given to; of a form its parts, because each try has another boundary."""
    scope = call.scope
    digest = sha256(orjson.dumps([scope["method"], scope["path"], scope["query_string"].decode("latin-1")]))
    if call.upload is None:
        digest.update(call.content)
    else:
        digest.update(orjson.dumps(_parts(call.upload)))
    return digest.hexdigest()


def _parts(upload: Upload) -> list[Any]:
    texts = sorted((name, text.hex()) for name, text in upload.texts.items())
    if upload.path is None:
        return [texts]
    with upload.path.open("rb") as file:
        return [texts, upload.name, file_digest(file, "sha256").hexdigest()]


def _with_headers(body: bytes, status: int, headers: list[tuple[bytes, bytes]]) -> Response:
    answer = ByteResponse(body, b"", status)
    answer.raw_headers = headers
    return answer
