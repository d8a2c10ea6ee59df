"""Other offices that are asked for facts: the file that describes them, read once at the start.

sources:
  - id: market-registry
    name: {zh: 市场监管局登记库, en: Market registry}
    address: https://share.example.invalid/entities/{uscc}
    applications: [a-portal]          # or: all
    headers: {Authorization: {file: /run/secrets/market-registry}}
    found: /data                      # where nothing is, the office does not know the code
    as_of: /data/updatedOn
    facts:
      employees: /data/staff
      annual_revenue: {at: /data/revenue, unit: 万元}
      business_state: {at: /data/state, values: {存续: operating, 吊销: revoked}}
"""

from __future__ import annotations

import ipaddress
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import urlsplit

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

from app.rules.errors import excerpt
from app.rules.reading import is_clean_text
from app.rules.text import Text
from app.rules.vocabulary import FactType, nearest
from app.screening.units import units_of
from app.screening.yaml_text import read_yaml_text
from app.settings import PREFIX, SettingFault, SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.rules.vocabulary import Fact, Vocabulary

__all__ = ["CODE_PLACE", "Pointer", "Source", "SourcedFact", "at_pointer", "load_sources", "refuse_unknown_facts"]

SETTING: Final = f"{PREFIX}SOURCES_FILE"
EVERY_APPLICATION: Final = "all"
CODE_PLACE: Final = "{uscc}"
MAX_SOURCES: Final = 20
_LARGEST: Final = 262_144
_HEADER_NAME: Final = re.compile(r"[A-Za-z0-9-]{1,60}")
_OURS: Final = frozenset({"host", "content-length", "transfer-encoding", "connection", "accept-encoding"})

Pointer = tuple[str, ...]


def _pointer(written: object) -> Pointer:
    """RFC 6901, from the root of the office's answer."""
    if not isinstance(written, str) or not written.startswith("/"):
        raise ValueError(written)
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in written[1:].split("/"))


def _address(written: str) -> str:
    """https, or http on this machine; the code stands in it once, behind the host."""
    parts = urlsplit(written)
    behind = written.removeprefix(f"{parts.scheme}://{parts.netloc}")
    safe = parts.scheme == "https" or (parts.scheme == "http" and _is_this_machine(parts.hostname or ""))
    if not safe or not parts.hostname or parts.username or parts.fragment or behind.count(CODE_PLACE) != 1:
        raise ValueError(written)
    if set("{}") & set(behind.replace(CODE_PLACE, "")) or parts.port == 0:
        raise ValueError(written)
    return written


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _header(written: object) -> object:
    """A header's value: as written, from a variable of the environment, or from a file."""
    if not isinstance(written, dict):
        found = written
    elif written.keys() == {"env"}:
        found = os.environ.get(written["env"])
    elif written.keys() == {"file"}:
        found = Path(written["file"]).read_text(encoding="utf-8").strip()
    else:
        found = None
    if not isinstance(found, str) or not found or not found.isascii() or not found.isprintable():
        raise ValueError("header")
    return found


def _header_name(name: str) -> str:
    if not _HEADER_NAME.fullmatch(name) or name.lower() in _OURS:
        raise ValueError(name)
    return name


def _words(text: str) -> str:
    if not text.strip() or not is_clean_text(text):
        raise ValueError(text)
    return text


def _applications(written: object) -> object:
    """``all``, or those named."""
    if written == EVERY_APPLICATION:
        return ()
    if not isinstance(written, list) or not written:
        raise ValueError(written)
    return written


def _sourced(written: object) -> object:
    """The short form of a fact is its place alone."""
    return {"at": written} if isinstance(written, str) else written


Words = Annotated[str, AfterValidator(_words), Field(max_length=100)]
Place = Annotated[Pointer, BeforeValidator(_pointer)]
Seconds = Annotated[float, Field(gt=0, le=60)]


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Name(_Written):
    """What an office is called."""

    zh: Words
    en: Words

    @property
    def text(self) -> Text:
        """The same as text of the service."""
        return Text(self.zh, self.en)


class SourcedFact(_Written):
    """Where a fact stands in an answer, in which unit, and which of our values the office's own ones mean."""

    at: Place
    unit: str | None = None
    values: dict[str, str] = Field(default_factory=dict)


class Source(_Written):
    """One office: how it is asked, by whom it may be, and what it knows."""

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)
    name: Name
    address: Annotated[str, AfterValidator(_address), Field(max_length=500)]
    applications: Annotated[frozenset[str], BeforeValidator(_applications)]
    """Those that may have it asked; empty: all."""
    headers: dict[Annotated[str, AfterValidator(_header_name)], Annotated[SecretStr, BeforeValidator(_header)]] = Field(
        default_factory=dict
    )
    ca_file: Annotated[Path, AfterValidator(lambda path: path.resolve(strict=True))] | None = None
    facts: Annotated[dict[str, Annotated[SourcedFact, BeforeValidator(_sourced)]], Field(min_length=1, max_length=100)]
    found: Place | None = None
    as_of: Place | None = None
    connect_seconds: Seconds = 1
    seconds: Seconds = 2
    """All tries together."""
    retries: Annotated[int, Field(ge=0, le=2)] = 2
    failures: Annotated[int, Field(ge=1, le=100)] = 5
    """After so many in a row the office is left alone."""
    pause_seconds: Annotated[float, Field(gt=0, le=3600)] = 30
    """For so long; then one call tries again."""

    def may_be_asked_by(self, application: str) -> bool:
        """Whether the office has agreed to answer this application."""
        return not self.applications or application in self.applications


class _File(_Written):
    sources: Annotated[tuple[Source, ...], Field(min_length=1, max_length=MAX_SOURCES)]


def load_sources(path: Path) -> tuple[Source, ...]:
    """The sources in a file, in its order.

    Raises:
        SettingsError: the file cannot be read, or something in it cannot be; every place is named, never a secret.
    """
    try:
        if path.stat().st_size > _LARGEST:
            raise _unreadable()
        document = read_yaml_text(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        raise _unreadable() from error
    try:
        found = _File.model_validate(document).sources
    except (ValidationError, OSError) as error:
        raise SettingsError(_faults(error)) from error
    ids = [source.id for source in found]
    repeated = [place for place, name in enumerate(ids) if name in ids[:place]]
    if repeated:
        raise SettingsError(_fault(("sources", place, "id"), _EXPECTED["id"]) for place in repeated)
    return found


def refuse_unknown_facts(sources: tuple[Source, ...], vocabulary: Vocabulary) -> None:
    """Whether each fact, unit and value of the file is one of the vocabulary.

    Raises:
        SettingsError: every place that is not.
    """
    faults = [
        fault
        for place, source in enumerate(sources)
        for name, sourced in source.facts.items()
        for fault in _fact_faults(("sources", place, "facts", name), vocabulary.get(name), name, sourced, vocabulary)
    ]
    if faults:
        raise SettingsError(faults)


def at_pointer(document: Any, pointer: Pointer) -> Any:
    """What stands at a place of a document; None where nothing does."""
    for part in pointer:
        if isinstance(document, dict):
            document = document.get(part)
        elif isinstance(document, list) and part.isascii() and part.isdigit() and int(part[:6]) < len(document):
            document = document[int(part[:6])]
        else:
            return None
    return document


def _fact_faults(
    path: tuple[str | int, ...], fact: Fact | None, name: str, sourced: SourcedFact, vocabulary: Vocabulary
) -> list[SettingFault]:
    if fact is None:
        near = nearest(name, [known.id for known in vocabulary.facts])
        return [_fault(path, Text("一个事实的编号", "the id of a fact"), near)]
    faults: list[SettingFault] = []
    if sourced.unit is not None and sourced.unit.lower() not in units_of(fact):
        faults.append(_fault((*path, "unit"), _listed(units_of(fact))))
    allowed = ("true", "false") if fact.type is FactType.BOOL else tuple(member.value for member in fact.members)
    if sourced.values and not set(sourced.values.values()) <= set(allowed):
        faults.append(_fault((*path, "values"), _listed(dict.fromkeys(allowed))))
    return faults


def _listed(names: Mapping[str, object]) -> Text:
    return Text("、".join(names) or "无", ", ".join(names) or "none")


def _unreadable() -> SettingsError:
    return SettingsError([_fault((), Text("一份 UTF-8 的 YAML 文件", "a YAML file in UTF-8"))])


def _faults(error: ValidationError | OSError) -> list[SettingFault]:
    """One for each place; the file's own words are not repeated, since they may hold a secret."""
    if isinstance(error, OSError):
        return [_fault((excerpt(error.filename),), _EXPECTED["file"])]
    places = dict.fromkeys(tuple(part for part in item["loc"] if part != "[key]") for item in error.errors())
    return [
        _fault(place, _expected(place))
        for place in places
        if not any(other != place and other[: len(place)] == place for other in places)
    ]


def _fault(place: tuple[str | int, ...], expected: Text, suggestions: tuple[str, ...] = ()) -> SettingFault:
    return SettingFault(SETTING, "bad_file", ".".join(map(excerpt, place)) or "/", expected, suggestions)


def _expected(place: tuple[Any, ...]) -> Text:
    named = (part for part in reversed(place) if part in _EXPECTED)
    return _EXPECTED[next(named, "sources")]


_EXPECTED: Final[Mapping[str, Text]] = {
    "sources": Text(
        "已列出的键（见 docs/sources.md），至少一个来源", "the keys of docs/sources.md, one source or more"
    ),
    "id": Text(
        "小写字母、数字和连字符组成的编号，不重复", "an id of lower-case letters, digits and hyphens, not used twice"
    ),
    "name": Text("zh 和 en 两个名称", "a name as zh and en"),
    "address": Text(
        "https 网址（本机可用 http），含一个 {uscc}，不含口令",
        "an https address (http on this machine), with one {uscc} and no password",
    ),
    "applications": Text("应用编号的列表，或 all", "a list of application ids, or all"),
    "headers": Text(
        "请求头名称和值；值是文本、{env: 变量} 或 {file: 路径}，不为空",
        "names and values; a value is text, {env: NAME} or {file: PATH}, and not empty",
    ),
    "file": Text("一个可读的文件", "a file that can be read"),
    "ca_file": Text("一个已有的证书文件", "a file of certificates"),
    "facts": Text(
        "事实编号和它在回答中的位置（/ 开头的 JSON 指针）",
        "ids of facts, each with its place in the answer (a JSON pointer)",
    ),
    "found": Text("/ 开头的 JSON 指针", "a JSON pointer, beginning with /"),
    "as_of": Text("/ 开头的 JSON 指针", "a JSON pointer, beginning with /"),
    "connect_seconds": Text("大于 0、不超过 60 的秒数", "seconds, more than 0 and at most 60"),
    "seconds": Text("大于 0、不超过 60 的秒数", "seconds, more than 0 and at most 60"),
    "retries": Text("0 至 2 的整数", "a whole number, 0 to 2"),
    "failures": Text("1 至 100 的整数", "a whole number, 1 to 100"),
    "pause_seconds": Text("大于 0、不超过 3600 的秒数", "seconds, more than 0 and at most 3600"),
}
