"""What the documentation and the portal show is run: requests against the live service, commands in a terminal.

Every block of code in the documentation is in :data:`BLOCKS`, by its page and its beginning: how it is run here, which
other test runs it, or why nothing can. A block that is not there fails.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import openpyxl
import pytest
import yaml

from app.main import create_app
from app.settings import Settings
from app.web.portal.start import EXAMPLES, SERVICE
from tests.api.conftest import make_services, serving
from tests.api.offices import open_office
from tests.api.wire import post

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


class Block(NamedTuple):
    page: str
    kind: str
    text: str


class Request(NamedTuple):
    """Sent as it is, and answered 200."""

    path: str


class Curl(NamedTuple):
    """Run by a shell; the answer is the block that begins like this, abridged."""

    answer: str


class Refused(NamedTuple):
    """The answer to a request that is refused."""

    path: str
    body: dict


class Commands(NamedTuple):
    """Run one after the other in an empty folder; ``line``: this one instead, the block being the file it names."""

    line: str | None = None


class Other(NamedTuple):
    """Run by another test, which reads it from the page."""

    test: str


class Because(NamedTuple):
    """Not run, or not by itself."""

    reason: str


#: The id under which the refusal on the page is reported.
REPORTED = {"Content-Type": "application/json", "X-Request-ID": "0b6c01"}
DEVELOPMENT = Because("installs, serves and runs all tests: what CI does")
OUTSIDE = Because("needs a container engine, a cluster, or a package index")
PARTS_OF_A_FILE = Because("an excerpt; the whole example of the page is checked with its cases")
AUTHORS = Other("tests/docs/test_rule_authors.py")
SIGNING = Other("tests/clients/test_signatures.py")
BLOCKS = {
    ("CONTRIBUTING.md", "make install"): DEVELOPMENT,
    ("README.md", "make run     # 安装"): DEVELOPMENT,
    ("README.md", "make run     # installs"): DEVELOPMENT,
    ("README.md", "curl -s"): Curl('{"on": "2023-06-01"'),
    ("README.md", '{"on": "2023-06-01"'): Because("the answer to the block before, compared there"),
    ("docs/errors.md", '{\n  "type"'): Refused("/v1/eligibility", {"facts": {"employes": 5}}),
    ("docs/integrators.md", '{"facts"'): Request("/v1/eligibility"),
    ("docs/integrators.md", '{"started_at"'): Request("/v1/approval-targets/m47-power-low-voltage/deadline"),
    ("docs/operators.md", "docker build"): OUTSIDE,
    ("docs/operators.md", "upstream beizeng"): Because("a proxy of the operator's own"),
    ("docs/policy-officers.md", "beizeng policy set-parameter"): Commands(),
    ("docs/policy-officers.md", 'year: "2027"'): Commands("beizeng calendar import 2027.yaml"),
    ("docs/rule-authors.md", "conditions:"): PARTS_OF_A_FILE,
    ("docs/rule-authors.md", "amount:"): PARTS_OF_A_FILE,
    ("docs/rule-authors.md", "beizeng policy check"): AUTHORS,
    ("docs/rule-authors.md", "# example-plan/manifest.yaml"): AUTHORS,
    ("docs/rule-authors.md", "# example-plan/parameters.yaml"): AUTHORS,
    ("docs/rule-authors.md", "# example-plan/targets.yaml"): AUTHORS,
    ("docs/rule-authors.md", "# example-plan/clauses/m01.yaml"): AUTHORS,
    ("docs/rule-authors.md", "# example-plan/cases/m01.yaml"): AUTHORS,
    ("docs/screening.md", "beizeng screen 名册.xlsx -o 结果 --on"): Because("run below, with the mapping of the page"),
    ("docs/screening.md", "# 映射.yaml"): Because("run below"),
    ("docs/screening.md", "beizeng screen 名册.xlsx -o 结果 --mapping"): Because("run below"),
    ("docs/screening.md", "beizeng screen 各县"): Because("run below, on two counties"),
    ("docs/screening.md", "beizeng screen explain 结果"): Because("run below"),
    ("docs/screening.md", "beizeng screen registry.xlsx"): Because("a synopsis, with options in brackets"),
    ("docs/signing.md", "import hashlib"): SIGNING,
    ("docs/sources.md", '{"facts"'): Because("run below, with the file of the page and an office"),
    ("docs/sources.md", "sources:"): Because("run below"),
    ("docs/spark.md", "pip install"): OUTSIDE,
    ("docs/spark.md", "beizeng screen"): OUTSIDE,
    ("docs/spark.md", "from datetime"): Because("needs a Spark session; tests/screening runs the same function"),
}


def blocks():
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    return [
        Block(path.relative_to(ROOT).as_posix(), kind, text)
        for path in sorted(pages)
        for kind, text in BLOCK.findall(path.read_text(encoding="utf-8"))
    ]


def way(block):
    """How a block is run; None where nobody has decided."""
    found = [key for key in BLOCKS if key[0] == block.page and block.text.startswith(key[1])]
    return max(found, key=lambda key: len(key[1]), default=None)


def run_as(kind):
    """Name, block and way of those that are run in one way."""
    return [
        pytest.param(block, BLOCKS[way(block)], id=f"{block.page}: {block.text.split(chr(10))[0][:30]}")
        for block in blocks()
        if way(block) is not None and isinstance(BLOCKS[way(block)], kind)
    ]


def block_of(page, beginning):
    (found,) = (block for block in blocks() if block.page == page and block.text.startswith(beginning))
    return found.text


def within(shown, given, path=""):
    """Where an abridged answer says something that the full one does not; an ellipsis stands for anything."""
    if isinstance(shown, dict):
        return [fault for key in shown for fault in within(shown[key], given.get(key), f"{path}/{key}")]
    if isinstance(shown, list):
        if len(shown) != len(given):
            return [path]
        return [fault for i, item in enumerate(shown) for fault in within(item, given[i], f"{path}/{i}")]
    if isinstance(shown, str) and "…" in shown:
        return [] if re.fullmatch(".*".join(map(re.escape, shown.split("…"))), given) else [path]
    return [] if shown == given else [path]


@pytest.fixture(scope="module")
def service():
    settings = Settings(auth="open")
    with serving(create_app(settings, make_services(settings)), settings) as port:
        yield port


def run_by_shell(text, port):
    ended = subprocess.run(
        ["bash", "-euc", text.replace(SERVICE, f"http://127.0.0.1:{port}")],  # noqa: S607
        capture_output=True,
        timeout=30,
        check=True,
        env={**os.environ, "no_proxy": "*"},
    )
    return json.loads(ended.stdout)


class TestBlocks:
    def test_every_one_is_accounted_for(self):
        undecided = [f"{block.page}: {block.text[:60]}" for block in blocks() if way(block) is None]
        assert undecided == []

    def test_nothing_is_accounted_for_that_is_not_there(self):
        assert BLOCKS.keys() - {way(block) for block in blocks()} == set()

    def test_what_another_test_runs_it_reads_from_the_page(self):
        for (page, _), how in BLOCKS.items():
            if isinstance(how, Other):
                assert Path(page).name in (ROOT / how.test).read_text(encoding="utf-8"), page

    @pytest.mark.parametrize(("block", "how"), run_as(Request))
    def test_requests(self, service, block, how):
        answer = post(service, how.path, block.text.encode())
        assert answer.status == 200, answer.body

    @pytest.mark.parametrize(("block", "how"), run_as(Curl))
    def test_calls_and_their_answers(self, service, block, how):
        given = run_by_shell(block.text, service)
        assert within(json.loads(block_of(block.page, how.answer)), given) == []

    @pytest.mark.parametrize(("block", "how"), run_as(Refused))
    def test_refusals(self, service, block, how):
        assert within(json.loads(block.text), post(service, how.path, how.body, REPORTED).json) == []

    @pytest.mark.parametrize(("block", "how"), run_as(Commands))
    def test_commands(self, command, block, how):
        if how.line is not None:
            Path(how.line.split()[-1]).write_text(block.text, encoding="utf-8")
        for line in (how.line or block.text).strip().splitlines():
            ended = command(*shlex.split(line)[1:])
            assert ended.code == 0, ended.err


class TestSources:
    def test_the_file_and_the_request_of_the_page(self, tmp_path):
        written = block_of("docs/sources.md", "sources:")
        with open_office() as (_, address):
            there = written.replace("https://share.example.invalid/entities", f"{address}/ok")
            token = tmp_path / "token"
            token.write_text("key", encoding="utf-8")
            there = there.replace("/run/secrets/market-registry", str(token)).replace("[a-portal]", "all")
            assert yaml.safe_load(there) != yaml.safe_load(written)
            (tmp_path / "sources.yaml").write_text(there, encoding="utf-8")
            settings = Settings(
                auth="open",
                database_url=f"sqlite:///{tmp_path / 'beizeng.db'}",
                data_dir=tmp_path / "var",
                sources_file=tmp_path / "sources.yaml",
            )
            with serving(create_app(settings), settings) as port:
                answer = post(port, "/v1/eligibility", block_of("docs/sources.md", '{"facts"').encode())
        assert answer.status == 200, answer.body
        assert [item["state"] for item in answer.json["sources"]] == ["ok"]
        assert {entry["fact"] for entry in answer.json["sourced"]} == {"employees", "annual_revenue", "business_state"}


class TestScreening:
    CODE = "91140722MA0K0001XR"

    def registry(self, *rows):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        book.save("名册.xlsx")

    def run(self, command, beginning):
        line = block_of("docs/screening.md", beginning)
        ended = command(*shlex.split(line, comments=True)[1:])
        assert ended.code == 0, ended.err
        return ended.out

    def test_the_commands_and_the_mapping_of_the_page(self, command):
        self.registry(["统一社会信用代码", "entity_type"], [self.CODE, "enterprise"])
        self.run(command, "beizeng screen 名册.xlsx -o 结果 --on")
        first = json.loads(self.run(command, "beizeng screen explain"))
        shutil.rmtree("结果")
        Path("映射.yaml").write_text(block_of("docs/screening.md", "# 映射.yaml"), encoding="utf-8")
        heading = ["统一社会信用代码", "营业收入", "主体类型", "法定代表人"]
        self.registry(["左权县名册"], [], heading, [self.CODE, "不详", "国有独资公司", "-"])
        self.run(command, "beizeng screen 名册.xlsx -o 结果 --mapping")
        second = json.loads(self.run(command, "beizeng screen explain"))
        assert first["on"] == "2023-06-01"
        assert [item["rule_id"] for item in second["results"]] == [item["rule_id"] for item in first["results"]]

    def test_the_counties_of_the_page(self, command):
        Path("各县").mkdir()
        for county, code in (("左权", self.CODE), ("榆社", "91140721MA0K0002XN")):
            self.registry(["统一社会信用代码", "entity_type"], [code, "enterprise"])
            ended = command("screen", "名册.xlsx", "-o", county, "--truths", "--yes")
            assert ended.code == 0, ended.err
            shutil.copy(f"{county}/facts.parquet", f"各县/{county}.parquet")
        self.run(command, "beizeng screen 各县")
        assert json.loads(Path("全省/summary.json").read_text(encoding="utf-8"))["rows"] == 2


class TestPortal:
    """Each example of the portal gets the same figure from the live service."""

    def text(self, example, port):
        (found,) = (item for item in EXAMPLES if item.id == example)
        assert SERVICE in found.text
        return found.text.replace(SERVICE, f"http://127.0.0.1:{port}")

    def test_curl(self, service):
        assert run_by_shell(self.text("curl", service), service)["total"]["value"] == "210000.00"

    def test_python(self, service, tmp_path):
        assert self.run(tmp_path, "a.py", self.text("python", service), sys.executable) == "210000.00"

    @pytest.mark.parts
    def test_typescript(self, service, tmp_path):
        assert self.run(tmp_path, "a.mjs", self.text("typescript", service), "node") == "210000.00"

    @pytest.mark.parts
    def test_miniprogram(self, service, tmp_path):
        assert self.run(tmp_path, "a.mjs", WX + self.text("miniprogram", service), "node") == "210000.00"

    @pytest.mark.parts
    def test_java(self, service, tmp_path):
        status, _, body = self.run(tmp_path, "FirstAnswer.java", self.text("java", service), "java").partition(" ")
        assert (status, json.loads(body)["total"]["value"]) == ("200", "210000.00")

    @pytest.mark.parts
    def test_ruoyi(self, service, tmp_path):
        said = json.loads(self.run(tmp_path, "RuoyiCall.java", self.text("ruoyi", service), "java"))
        assert (said["code"], said["data"]["total"]["value"]) == (200, "210000.00")

    def run(self, folder, name, text, program):
        (folder / name).write_text(text, encoding="utf-8")
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "clients" / "python"), "no_proxy": "*"}
        ended = subprocess.run(
            [program, name], cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        assert ended.returncode == 0, ended.stderr
        return ended.stdout.strip()


#: What the platform gives a mini-program, as far as the example needs it.
WX = """
globalThis.wx = {
  showToast: ({ title }) => console.log(title),
  request: ({ url, method, header, data, success, fail }) =>
    fetch(url, { method, headers: header, body: JSON.stringify(data) })
      .then(async (answer) => success({ statusCode: answer.status, data: await answer.json() }), fail),
};
"""
