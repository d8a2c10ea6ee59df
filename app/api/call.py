"""One request as the handlers see it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from starlette.requests import Request

from app.api.language import choose_language

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.api.deps import Services
    from app.api.security import Caller
    from app.api.uploads import Upload
    from app.rules.text import Language

__all__ = ["FACE", "HEADER_MAP", "QUERY_AS_CALLED", "Call", "header_map"]

HEADER_MAP: Final = "beizeng.headers"
#: Under these names the scope holds through which other face a call came, and its query as it was sent.
FACE: Final = "beizeng.face"
QUERY_AS_CALLED: Final = "beizeng.query"


def header_map(scope: Mapping[str, Any]) -> Mapping[bytes, bytes]:
    """The request's headers by lower-case name; of a repeated one, the last. The gate has put them there."""
    found: Mapping[bytes, bytes] = scope[HEADER_MAP]
    return found


class Call(Request):
    """A request with its body, query, language, caller and the services that answer it."""

    content: bytes = b""
    upload: Upload | None = None
    """What a form held, for operations that take uploads."""
    effect: str | None = None
    """Where an ``Idempotency-Key`` was sent: the same for each try, 32 hexadecimal digits."""
    caller: Caller
    """Known before the handler is called."""

    @cached_property
    def services(self) -> Services:
        """What the application was made with."""
        services: Services = self.scope["app"].state.services
        return services

    @property
    def language(self) -> Language:
        """The language of the answer."""
        return choose_language(header_map(self.scope).get(b"accept-language"))
