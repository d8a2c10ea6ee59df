"""Uploads: multipart bodies streamed to disk under a name of our own, never held whole, and hashed on the way."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any, Final

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect

from app.api.problems import ProblemError
from app.rules.errors import Fault, excerpt
from app.rules.vocabulary import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from starlette.types import Receive

__all__ = ["FORM", "Upload", "is_form", "read_upload"]

FORM: Final = b"multipart/form-data"
_FIELDS: Final = ("file", "mapping", "options")
_LARGEST_TEXT: Final = 262_144
#: What a form may hold beside its file: both texts, and the lines between.
_SLACK: Final = 2 * _LARGEST_TEXT + 16_384


@dataclass
class Upload:
    """What a form held. ``path``: the file as received, None without one; ``name``: what the caller called it."""

    path: Path | None = None
    name: str = ""
    texts: dict[str, bytes] = field(default_factory=dict)
    sha256: str = ""


def is_form(headers: Mapping[bytes, bytes]) -> bool:
    """Whether the body is said to be a form."""
    return headers.get(b"content-type", b"").split(b";")[0].strip().lower() == FORM


async def read_upload(headers: Mapping[bytes, bytes], receive: Receive, folder: Path, limit: int) -> Upload:
    """The form in a request; its file lies in ``folder`` and is the caller's to move or remove.

    Raises:
        ProblemError: bad_request, body_too_large, unsupported_encoding, and 422 for other fields.
        ClientDisconnect: the caller left before the end.
    """
    if headers.get(b"content-encoding", b"identity").strip().lower() not in (b"identity", b""):
        raise ProblemError("unsupported_encoding")
    declared = headers.get(b"content-length", b"0")
    if declared.isdigit() and int(declared[:20]) > limit + _SLACK:
        raise ProblemError("body_too_large", {"limit": limit})
    form = _Form(folder / uuid.uuid4().hex, limit)
    try:
        return await _received(form, headers[b"content-type"], receive)
    except BaseException:
        form.drop()
        raise


async def _received(form: _Form, content_type: bytes, receive: Receive) -> Upload:
    boundary = parse_options_header(content_type)[1].get(b"boundary")
    if not boundary:
        raise ProblemError("bad_request")
    digest = hashlib.sha256()
    try:
        parser = MultipartParser(boundary, form.callbacks())  # type: ignore[arg-type]  # its own names
        more = True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                raise ClientDisconnect
            body = message.get("body", b"")
            digest.update(body)
            parser.write(body)
            more = message.get("more_body", False)
        parser.finalize()
    except (FormParserError, ValueError) as error:
        raise ProblemError("bad_request") from error
    return form.done(digest.hexdigest())


class _Form:
    """Takes the parts as the parser finds them."""

    def __init__(self, path: Path, limit: int) -> None:
        self._path, self._limit = path, limit
        self._upload = Upload()
        self._stream: IO[bytes] | None = None
        self._size = 0
        self._header = [b"", b""]
        self._disposition = b""
        self._field = ""
        self._ended = False

    def callbacks(self) -> dict[str, Any]:
        """What the parser calls."""
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._name,
            "on_header_value": self._value,
            "on_header_end": self._header_end,
            "on_headers_finished": self._opened,
            "on_part_data": self._data,
            "on_part_end": self._end,
            "on_end": self._finish,
        }

    def _begin(self) -> None:
        self._header, self._disposition, self._field, self._size = [b"", b""], b"", "", 0

    def _name(self, data: bytes, start: int, end: int) -> None:
        self._header[0] += data[start:end]

    def _value(self, data: bytes, start: int, end: int) -> None:
        self._header[1] += data[start:end]

    def _header_end(self) -> None:
        if self._header[0].lower() == b"content-disposition":
            self._disposition = self._header[1]
        self._header = [b"", b""]

    def _opened(self) -> None:
        options = parse_options_header(self._disposition)[1]
        self._field = options.get(b"name", b"").decode("utf-8", "replace")
        if self._field not in _FIELDS:
            near = nearest(self._field, _FIELDS)
            raise ProblemError.invalid([Fault("unknown_field", (self._field,), {"value": excerpt(self._field)}, near)])
        if self._field in self._upload.texts or (self._field == "file" and self._upload.path is not None):
            raise ProblemError("duplicate_key", {"value": self._field})
        if self._field == "file":
            self._upload.name = options.get(b"filename", b"").decode("utf-8", "replace")
            self._upload.path = self._path
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._stream = self._path.open("wb")
        else:
            self._upload.texts[self._field] = b""

    def _data(self, data: bytes, start: int, end: int) -> None:
        self._size += end - start
        limit = self._limit if self._stream else _LARGEST_TEXT
        if self._size > limit:
            raise ProblemError("body_too_large", {"limit": limit})
        if self._stream:
            self._stream.write(data[start:end])
        else:
            self._upload.texts[self._field] += data[start:end]

    def _end(self) -> None:
        if self._stream:
            self._stream.close()
            self._stream = None

    def _finish(self) -> None:
        self._ended = True

    def done(self, digest: str) -> Upload:
        """The whole form."""
        if not self._ended:
            raise ProblemError("bad_request")
        self._upload.sha256 = digest
        return self._upload

    def drop(self) -> None:
        """Nothing of it stays."""
        if self._stream:
            self._stream.close()
        self._path.unlink(missing_ok=True)
