"""``{"code", "msg", "data"}`` around an answer, ``{"code", "msg", "rows", "total"}`` around a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import orjson

from app.rules.text import Text

if TYPE_CHECKING:
    from app.api.ruoyi.paging import Pages
    from app.rules.text import Language

__all__ = ["CODE_OF_SUCCESS", "failure", "success"]

CODE_OF_SUCCESS: Final = 200
_SUCCESS: Final = Text("操作成功", "Success")
_COLON: Final = Text("：", ": ")


def success(body: bytes, language: Language, pages: Pages) -> bytes:
    """The envelope of a good answer in JSON; an empty one has null for ``data``."""
    opened = b'{"code":%d,"msg":%b' % (CODE_OF_SUCCESS, orjson.dumps(_SUCCESS.in_(language)))
    if not pages.are_of_a_list:
        return b'%b,"data":%b}' % (opened, body or b"null")
    answer = orjson.loads(body)
    rows, total = pages.cut(answer.pop("items")), answer.pop("total", None)
    return opened + b"," + orjson.dumps({"rows": rows, "total": total, **answer})[1:]


def failure(problem: bytes, language: Language) -> bytes:
    """The envelope of a problem: its status as ``code``, its title and detail as ``msg``, all of it as ``data``."""
    said = orjson.loads(problem)
    message = said["title"] + _COLON.in_(language) + said["detail"]
    return orjson.dumps({"code": said["status"], "msg": message, "data": said})
