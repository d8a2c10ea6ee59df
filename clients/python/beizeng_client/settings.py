"""What both clients are set to."""

from __future__ import annotations

from typing import Final, Literal

from beizeng_client.version import __version__

__all__ = ["LARGEST_PAGE", "TIMEOUT", "Language", "headers"]

Language = Literal["zh-CN", "en"]
#: Seconds; the service itself answers within ten.
TIMEOUT: Final = 15.0
LARGEST_PAGE: Final = 200


def headers(language: Language) -> dict[str, str]:
    """What goes with every call."""
    return {"Accept": "*/*", "Accept-Language": language, "User-Agent": f"beizeng-client-python/{__version__}"}
