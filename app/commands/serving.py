"""``beizeng serve``."""

from __future__ import annotations

from typing import Annotated, Final

import typer
import uvicorn

from app.commands.console import FAILED, failing_in_words, language_of, say, settings_or_exit
from app.logging_setup import set_up_logging
from app.services.database import open_database
from app.settings import refuse_open_beyond_loopback
from app.storage.errors import DatabaseTimeoutError, DatabaseUnavailableError, StorageError
from app.storage.messages import storage_message
from app.storage.migrating import migrate

__all__ = ["serve"]

#: The server starts without these and says in ``/readyz`` what is missing.
_PASSING: Final = (DatabaseUnavailableError, DatabaseTimeoutError)


def serve(
    host: Annotated[str, typer.Option(help="监听地址 / address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="监听端口 / port to listen on")] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="工作进程数 / worker processes")] = 1,
) -> None:
    """启动服务(先迁移数据库、首次启动时发布随附政策) / Serve; migrate and publish the packaged policies first."""
    settings = settings_or_exit()
    with failing_in_words(language_of()):
        refuse_open_beyond_loopback(settings, host)
        set_up_logging(settings)
        _prepare_database()
    uvicorn.run(
        "app.commands.worker:application",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        http="app.commands.worker:Protocol",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=int(settings.keep_alive_seconds),
        timeout_graceful_shutdown=int(settings.shutdown_seconds),
    )


def _prepare_database() -> None:
    """Migrate before the first worker starts; a database that is only away does not keep the server from starting."""
    database = open_database(settings_or_exit())
    try:
        migrate(database)
    except _PASSING as error:
        say(storage_message(error, language_of()))
    except StorageError as error:
        say(storage_message(error, language_of()))
        raise typer.Exit(FAILED) from error
    finally:
        database.close()
