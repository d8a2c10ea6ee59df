"""``beizeng serve``: tables and policies first, in plain words; then the server, in log entries."""

from __future__ import annotations

import socket
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

import typer
import uvicorn

from app.api.protocol import protocol_for
from app.api.traces import refuse_traces_without_libraries
from app.commands.terminal import CommandError, language, say_error
from app.rules.errors import RulesError
from app.rules.text import Text
from app.services.database import open_database
from app.services.live import LiveRegistry
from app.services.policy_check import message_of
from app.services.publishing import registry_from_disk
from app.services.sources import load_sources, refuse_unknown_facts
from app.settings import load_settings, refuse_open_beyond_loopback
from app.storage.errors import DatabaseTimeoutError, DatabaseUnavailableError, StorageError
from app.storage.messages import storage_message

if TYPE_CHECKING:
    from app.services.publishing import Failure, Startup
    from app.settings import Settings

__all__ = ["protocol", "serve"]


def serve(
    host: Annotated[str, typer.Option(help="在哪个地址上服务 · The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="端口 · The port.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="进程数 · How many processes answer.")] = 1,
) -> None:
    """迁移数据库，首次启动发布随带的政策，然后服务。 Migrate, publish the packaged policies on first start, serve."""
    settings = load_settings()
    refuse_open_beyond_loopback(settings, host)
    refuse_traces_without_libraries(settings)
    _refuse_taken(host, port)
    _prepare(settings)
    _refuse_bad_sources(settings)
    uvicorn.run(
        "app.main:create_app",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        http="app.commands.serve:protocol",  # a name, so that every process can load it
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=round(settings.keep_alive_seconds),
        timeout_graceful_shutdown=max(round(settings.shutdown_seconds - settings.drain_seconds), 1),
    )


def protocol(*args: Any, **kwargs: Any) -> Any:
    """One connection, within the limits of the settings."""
    return _protocol()(*args, **kwargs)


@cache
def _protocol() -> type[Any]:
    return protocol_for(load_settings())


def _prepare(settings: Settings) -> None:
    """Tables and policies. A database that is away or busy is waited for while serving; an unusable file is not."""
    database = open_database(settings)
    try:
        _tell(LiveRegistry(database, settings).prepare())
    except (DatabaseUnavailableError, DatabaseTimeoutError) as error:
        if database.file is not None and isinstance(error, DatabaseUnavailableError):
            raise
        say_error(storage_message(error, language()), _WAITING.in_(language()))
    finally:
        database.close()


def _refuse_bad_sources(settings: Settings) -> None:
    """Told before the server starts; it would only log it."""
    if settings.sources_file is None:
        return
    sources = load_sources(settings.sources_file)
    active = registry_from_disk(settings).get()
    if active is not None:
        refuse_unknown_facts(sources, active.policy.vocabulary)


def _tell(startup: Startup) -> None:
    chosen = language()
    for pack in startup.waiting:
        say_error(_PACK_WAITING.in_(chosen).format(policy=pack.policy_id, version=pack.version))
    for failure in startup.failures:
        say_error(_PACK_FAILS.in_(chosen).format(policy=failure.subject), *_reasons(failure))


def _reasons(failure: Failure) -> list[str]:
    if isinstance(failure.error, StorageError):
        return [storage_message(failure.error, language())]
    assert isinstance(failure.error, RulesError)  # noqa: S101 - the only other kind
    return [f"{'/'.join(map(str, fault.path))}: {message_of(fault, language())}" for fault in failure.error.faults]


def _refuse_taken(host: str, port: int) -> None:
    """Told before anything is prepared; the server would only log it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host.strip("[]"), port))
        except OSError as error:
            raise CommandError(
                f"无法在 {host} 的端口 {port} 上服务，可能已被占用；请用 --port 换一个。",
                f"Port {port} of {host} cannot be used, perhaps it is taken; choose another with --port.",
            ) from error


_WAITING = Text(
    "先启动，连上数据库后才会作答。", "Starting all the same; nothing is answered until the database is there."
)
_PACK_WAITING = Text(
    "政策 {policy} 的新版本 {version} 尚未发布；需要时运行 beizeng policy publish {policy}。",
    "Version {version} of policy {policy} is not published; run beizeng policy publish {policy} when it should be.",
)
_PACK_FAILS = Text(
    "政策包 {policy} 没有采用，继续使用已发布的版本：",
    "The pack {policy} is not used; what is published goes on answering:",
)
