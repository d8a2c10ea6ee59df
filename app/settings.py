"""Every ``BEIZENG_*`` setting, read once from the environment and ``.env`` into one frozen :class:`Settings`."""

from __future__ import annotations

import ipaddress
import os
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import AfterValidator, DirectoryPath, Field, FilePath, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.rules.errors import excerpt
from app.rules.text import Text
from app.rules.vocabulary import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from app.rules.text import Language

__all__ = [
    "Auth",
    "LogFormat",
    "LogLevel",
    "Personal",
    "Receipts",
    "SettingFault",
    "Settings",
    "SettingsError",
    "load_settings",
    "refuse_open_beyond_loopback",
]

PREFIX: Final = "BEIZENG_"
ENV_FILE: Final = ".env"


class Auth(StrEnum):
    """Who is answered."""

    REQUIRED = "required"
    OPEN = "open"


class Receipts(StrEnum):
    """Whether a decision may leave without its receipt."""

    REQUIRED = "required"
    OFF = "off"


class Personal(StrEnum):
    """What becomes of personal facts in a receipt."""

    ENCRYPT = "encrypt"
    HASH = "hash"


class LogLevel(StrEnum):
    """The least weighty entry that is written."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogFormat(StrEnum):
    """How log entries are written."""

    JSON = "json"
    CONSOLE = "console"


def _database_url(url: str) -> str:
    """SQLite needs a file of its own; PostgreSQL a server. Drivers are ours to choose and may not be named."""
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in ("sqlite", "postgresql") or not rest.lstrip("/") or ":memory:" in rest:
        raise ValueError(url)
    if scheme == "sqlite" and not rest.startswith("/"):
        raise ValueError(url)
    return url


def _http_url(url: str) -> str:
    """The address of a server, without credentials."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc or parts.query:
        raise ValueError(url)
    return url


def _networks(listed: str) -> str:
    """Addresses or networks, separated by commas."""
    for part in listed.split(","):
        ipaddress.ip_network(part.strip())
    return listed


Seconds = Annotated[float, Field(gt=0, le=3600)]
Count = Annotated[int, Field(ge=1)]


class Settings(BaseSettings):
    """All settings; a field's name in capitals after ``BEIZENG_`` is the name in the environment."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, extra="ignore", frozen=True, hide_input_in_errors=True
    )

    database_url: Annotated[str, AfterValidator(_database_url), Field(repr=False)] = "sqlite:///var/beizeng.db"
    """``sqlite:///file`` (relative to the working folder; four slashes: absolute) or ``postgresql://…``."""
    auth: Auth = Auth.REQUIRED
    """``open`` answers anyone and is refused on an address other than loopback."""
    policy: str = "zuoquan-2022"
    """The policy that answers when a request names none."""
    policy_dir: DirectoryPath | None = None
    """A folder of further packs."""
    docs: bool = True
    """``off`` hides the interactive documentation and the OpenAPI files."""
    otel_endpoint: Annotated[str, AfterValidator(_http_url)] | None = None
    """Where an OpenTelemetry collector takes OTLP over HTTP; needs the extra ``otel``. None: no traces."""
    log_level: LogLevel = LogLevel.INFO
    log_format: LogFormat | None = None
    """None: ``console`` on a terminal, else ``json``."""
    drain_seconds: Annotated[float, Field(gt=0, le=20)] = 1
    """How long after SIGTERM new calls, and ``/readyz``, are still answered 503 ``draining``."""
    shutdown_seconds: Annotated[float, Field(gt=0, le=30)] = 20
    """How long after SIGTERM, the draining included, accepted calls may take to finish."""

    receipts: Receipts = Receipts.REQUIRED
    """``off``: decisions leave without a receipt, and say so."""
    receipt_personal: Personal = Personal.ENCRYPT
    """``hash``: personal facts cannot be read again, and a decision on them not be repeated."""
    receipt_days: Annotated[int, Field(ge=180, le=36_500)] = 1095
    """Younger receipts are not pruned."""
    key_file: Path | None = None
    """The key from which all others are derived, made at the first start. None: ``.key`` beside the SQLite file."""
    anchor_file: Path | None = None
    """Where the chain of receipts is anchored, outside the database. None: ``.anchors`` beside the SQLite file."""

    sources_file: FilePath | None = None
    """The offices that can be asked for facts by company code. None: there are none."""

    data_dir: Path = Path("var")
    """Where uploads and results of screenings are kept; shared by all processes."""
    screening_source_dir: DirectoryPath | None = None
    """A folder whose files a screening may name."""
    screening_lease_seconds: Seconds = 30
    """A piece of a screening whose worker is silent for so long is taken up by another."""
    max_upload_bytes: Count = 20_971_520
    max_unpacked_bytes: Count = 209_715_200
    max_unpacked_ratio: Count = 100
    max_screening_rows: Count = 200_000
    max_screening_columns: Count = 300
    parser_memory_bytes: Count = 1_073_741_824
    """What the process that reads an upload may take beyond what it needs to start."""
    parser_seconds: Seconds = 60

    quota_per_second: Count = 50
    """Calls a second that an application may make in the long run."""
    quota_burst: Count = 100
    """Calls that it may make at once."""
    signature_window_seconds: Seconds = 300
    """How far the time of a signature may be from ours."""
    lockout_failures: Count = 20
    """After so many failed proofs within the lock-out's time an address is refused for the application it claims."""
    lockout_seconds: Seconds = 60
    idempotency_hours: Annotated[int, Field(ge=24, le=720)] = 24
    """How long the answer to an ``Idempotency-Key`` is kept."""
    trusted_proxies: Annotated[str, AfterValidator(_networks)] | None = None
    """Addresses and networks, separated by commas, whose ``X-Forwarded-For`` is believed."""

    max_body_bytes: Count = 262_144
    max_json_depth: Annotated[int, Field(ge=3, le=200)] = 32
    max_header_bytes: Count = 16_384
    max_url_bytes: Count = 8_192
    max_rule_ids: Count = 200
    max_pauses: Count = 200
    max_calls_waiting: Count = 20
    """Calls of a process that may wait for their turn; while so many do, those that come next are refused."""
    max_calls_in_flight: Count = 256
    """Calls of a process whose work may have begun, waiting for the disk, the database or an office."""
    receive_seconds: Seconds = 15
    """How long a request may take to arrive."""
    answer_seconds: Seconds = 10
    """How long an answer may take once the request is there."""
    keep_alive_seconds: Seconds = 75
    """How long a connection without a call stays open."""

    database_pool_size: Annotated[int, Field(ge=1, le=100)] = 5
    """Connections that are kept; ten more may be opened under load."""
    database_connect_seconds: Seconds = 1
    """How long a call waits for a connection."""
    database_statement_seconds: Seconds = 3
    """How long a statement may take on PostgreSQL, an answer that never comes included."""
    database_lock_seconds: Seconds = 2
    """How long SQLite waits for another writer."""
    refresh_seconds: Seconds = 0.5
    """How often a running server looks for newly published policies, figures and holiday notices."""

    @property
    def sqlite_path(self) -> Path | None:
        """The file of an SQLite database; None for a server."""
        scheme, _, rest = self.database_url.partition("://")
        return Path(rest.removeprefix("/")) if scheme == "sqlite" else None

    @cached_property
    def proxies(self) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
        """The networks of the trusted proxies."""
        listed = self.trusted_proxies or ""
        return tuple(ipaddress.ip_network(part.strip()) for part in listed.split(",") if part.strip())

    @property
    def key_path(self) -> Path:
        """Where the master key is."""
        return self.key_file or self._beside_database(".key")

    @property
    def anchor_path(self) -> Path:
        """Where the chain's anchors are."""
        return self.anchor_file or self._beside_database(".anchors")

    def _beside_database(self, suffix: str) -> Path:
        return (self.sqlite_path or Path("var/beizeng.db")).with_suffix(suffix)


@dataclass(frozen=True, slots=True)
class SettingFault:
    """One setting that cannot be: its full name, what is wrong (a code), and what to do instead."""

    name: str
    code: str
    value: str = ""
    expected: Text | None = None
    suggestions: tuple[str, ...] = ()

    def message(self, language: Language) -> str:
        """In words, naming the setting, the value unless it may hold a secret, and the way out."""
        suggest = _SUGGEST.in_(language).format(names=", ".join(self.suggestions)) if self.suggestions else ""
        words = _MESSAGES[self.code].in_(language)
        expected = self.expected.in_(language) if self.expected else ""
        return words.format(name=self.name, value=self.value, expected=expected) + suggest


class SettingsError(Exception):
    """Settings with which the service may not start; every fault is reported."""

    def __init__(self, faults: Iterable[SettingFault]) -> None:
        """Take every fault that was found."""
        self.faults = tuple(faults)
        super().__init__("; ".join(fault.message("en") for fault in self.faults))


def load_settings(env_file: str | Path | None = ENV_FILE) -> Settings:
    """The settings of this process; the environment wins over the file.

    Raises:
        SettingsError: unknown names and bad values, all of them.
    """
    given = _given(env_file)
    known = {PREFIX + name.upper(): name for name in Settings.model_fields}
    faults = [
        SettingFault(name, "unknown_setting", suggestions=nearest(name, known, 1))
        for name in given
        if name not in known
    ]
    try:
        settings = Settings(_env_file=env_file, _env_file_encoding="utf-8")
    except ValidationError as error:
        names = dict.fromkeys(str(item["loc"][0]) for item in error.errors())
        faults += [_bad_value(name, given.get(PREFIX + name.upper(), "")) for name in names]
        raise SettingsError(faults) from error
    if faults:
        raise SettingsError(faults)
    return settings


def refuse_open_beyond_loopback(settings: Settings, host: str) -> None:
    """An open service listens on this machine alone.

    Raises:
        SettingsError: ``BEIZENG_AUTH=open`` with another address.
    """
    if settings.auth is Auth.OPEN and not _is_loopback(host):
        raise SettingsError([SettingFault(f"{PREFIX}AUTH", "open_beyond_loopback", excerpt(host))])


def _given(env_file: str | Path | None) -> Mapping[str, str]:
    """The names after our prefix in the file and the environment, in capitals, with their values."""
    in_file = dotenv_values(env_file, encoding="utf-8") if env_file and Path(env_file).is_file() else {}
    names = {**in_file, **os.environ}
    return {name.upper(): value or "" for name, value in names.items() if name.upper().startswith(PREFIX)}


def _bad_value(name: str, value: str) -> SettingFault:
    shown = "…" if name in _HIDDEN else excerpt(value)
    return SettingFault(PREFIX + name.upper(), "bad_setting", shown, _expected(name))


def _expected(name: str) -> Text:
    """What a setting takes, from its type and bounds."""
    if name in _EXPECTED:
        return _EXPECTED[name]
    field = Settings.model_fields[name]
    bounds: dict[str, Any] = {
        key: getattr(m, key) for m in field.metadata for key in ("gt", "ge", "le") if hasattr(m, key)
    }
    low, high = bounds.get("ge", bounds.get("gt", 0)), bounds.get("le")
    if field.annotation is int:
        limit = (
            Text(f"不小于 {low}", f"{low} or more") if high is None else Text(f"{low} 至 {high}", f"{low} to {high}")
        )
        return Text(f"{limit.zh} 的整数", f"a whole number, {limit.en}")
    return Text(f"大于 {low}、不超过 {high} 的秒数", f"seconds, more than {low} and at most {high}")


def _is_loopback(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _choices(members: Iterable[str]) -> Text:
    listed = list(members)
    return Text("、".join(listed), " or ".join(listed))


_EXPECTED: Final[Mapping[str, Text]] = {
    "database_url": Text(
        "sqlite:///文件路径 或 postgresql://用户：口令@主机/库名（不写驱动名，不用内存库）",
        "sqlite:///path or postgresql://user:password@host/name (no driver named, no in-memory database)",
    ),
    "auth": _choices(Auth),
    "policy_dir": Text("一个已有的文件夹", "a folder that exists"),
    "docs": _choices(("on", "off")),
    "otel_endpoint": Text("http://主机:端口，不带口令", "http://host:port, without credentials"),
    "data_dir": Text("一个文件夹路径", "the path of a folder"),
    "screening_source_dir": Text("一个已有的文件夹", "a folder that exists"),
    "receipts": _choices(Receipts),
    "receipt_personal": _choices(Personal),
    "sources_file": Text("一个已有的文件", "a file that exists"),
    "key_file": Text("一个文件路径", "the path of a file"),
    "anchor_file": Text("一个文件路径", "the path of a file"),
    "trusted_proxies": Text("以逗号分隔的地址或网段", "addresses or networks, separated by commas"),
    "log_level": _choices(LogLevel),
    "log_format": _choices(LogFormat),
}
#: What may hold a password is not repeated.
_HIDDEN: Final = ("database_url", "otel_endpoint")
_SUGGEST: Final = Text("您要写的是不是 {names}？", " Did you mean {names}?")
_MESSAGES: Final[Mapping[str, Text]] = {
    "unknown_setting": Text("没有 {name} 这项设置。", "There is no setting {name}."),
    "bad_setting": Text(
        "{name} 的值“{value}”不可用，应为：{expected}。", "{name} cannot be “{value}”; it takes {expected}."
    ),
    "bad_file": Text(
        "{name} 所指文件的 {value} 不可用，应为：{expected}。", "{value} in the file of {name} takes {expected}."
    ),
    "otel_not_installed": Text(
        "设了 {name}，但没有安装 beizeng[otel]。请安装它，或去掉这项设置。",
        "{name} is set, but beizeng[otel] is not installed. Install it, or leave the setting out.",
    ),
    "open_beyond_loopback": Text(
        "{name}=open 时只能在本机地址（127.0.0.1）上服务，不能用“{value}”。请改用 {name}=required。",
        "With {name}=open the service listens on this machine (127.0.0.1) only, not on “{value}”. Use {name}=required.",
    ),
}
