"""A program in the habits of the RuoYi family, in Java, against the live service: open, and with signed calls."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from app.main import create_app
from app.services.database import open_database
from app.services.master_key import load_master_key
from app.settings import Settings
from app.storage.migrating import migrate
from tests.api.callers import enter
from tests.api.conftest import serving

SOURCE = Path(__file__).parents[2] / "clients" / "ruoyi" / "RuoYiCaller.java"

pytestmark = pytest.mark.parts


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    """Runs the program; what it wrote, by the names of its lines."""
    assert shutil.which("javac"), "needs a JDK"
    folder = tmp_path_factory.mktemp("ruoyi")
    subprocess.run(["javac", "-encoding", "UTF-8", "-d", folder, SOURCE], check=True, timeout=120)  # noqa: S607

    def run(*arguments):
        command = ["java", "-cp", folder, "RuoYiCaller", *arguments]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120, check=True)
        return dict((part.strip() for part in line.split(":", 1)) for line in done.stdout.splitlines())

    return run


@pytest.fixture(params=["open", "signed"])
def credentials(request, tmp_path):
    """The arguments for a service that asks for nothing, and for one that asks for signatures."""
    settings = Settings(
        _env_file=None,
        auth="open" if request.param == "open" else "required",
        database_url=f"sqlite:///{tmp_path / 'beizeng.db'}",
        data_dir=tmp_path / "var",
    )
    database = open_database(settings)
    migrate(database)
    app = enter(database, load_master_key(settings), "decide")
    database.close()
    with serving(create_app(settings), settings) as port:
        address = f"http://127.0.0.1:{port}"
        yield [address] if request.param == "open" else [address, app.app_id, app.secret]


def test_the_program_gets_the_figure_and_the_words(program, credentials):
    said = program(*credentials)
    assert said["total"] == "200 210000.00"
    assert said["page"] == "200 total 64"
    assert said["form"].startswith("415 内容类型应为 JSON：请以 Content-Type: application/json")
    assert said["gbk"].startswith("400 请求内容不是 UTF-8：")
    assert "GBK" in said["gbk"]
    assert said["bad"] == "422 填写的内容有误：" + said["bad"].partition("：")[2]
    assert "很多" in said["bad"]
    assert said["native"] == "[]"


@pytest.mark.parametrize("credentials", ["signed"], indirect=True)
def test_wrong_credentials_are_told_as_well(program, credentials):
    said = program(credentials[0], "nobody", "0" * 64)
    assert said["total"] == "401"
    assert said["bad"].startswith("401 访问凭证无效：")
